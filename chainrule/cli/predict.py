"""`chainrule predict`: a model's predictions for the rows of a table, as CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chainrule.cli.model import TableModel, load_model, log_probabilities
from chainrule.cli.report import counted
from chainrule.cli.screen import errors
from chainrule.errors import FileError
from chainrule.table.read import read_table
from chainrule.table.schema import Schema
from chainrule.train.folder import reason, write_whole

PREDICTION = "prediction"


def run(folder: Path, file: Path, destination: Path | None) -> None:
    """Write the predictions to `destination`, or to standard output, and nothing else there."""
    if destination is not None:
        check_destination(destination)
    model = load_model(folder)
    outputs = model.outputs(read_table(file))
    content = as_csv(header(model.schema), rows(model, outputs)).encode()
    if destination is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        _write(destination, content)
        errors().print(f"{counted(len(outputs), 'prediction')} in {destination}", soft_wrap=True)


def header(schema: Schema) -> list[str]:
    """Return the names of the columns: the prediction, and for classes their probabilities."""
    return [PREDICTION, *(f"probability of {label}" for label in schema.classes)]


def rows(model: TableModel, outputs: NDArray[np.float32]) -> Iterator[list[str]]:
    """Go through the cells of every row: with the digits that float32 has."""
    schema = model.schema
    if schema.classes:
        labels = schema.decode_classes(outputs.argmax(axis=1))
        chances = np.exp(log_probabilities(outputs))
        for label, chance in zip(labels, chances.tolist(), strict=True):
            yield [label, *(f"{value:.6g}" for value in chance)]
    else:
        for value in schema.decode_regression(outputs[:, 0]).tolist():
            yield [f"{value:.7g}"]


def as_csv(head: list[str], body: Iterable[list[str]]) -> str:
    """Return a table as CSV.

    >>> as_csv(["a"], [["1,5"]]).splitlines()
    ['a', '"1,5"']
    """
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *body])
    return text.getvalue()


def check_destination(path: Path) -> None:
    """Raise FileError where a file cannot be written, as far as that shows beforehand."""
    if path.is_dir():
        raise FileError(f"{path} is a folder; give --output the name of a file")
    if not path.parent.is_dir():
        raise FileError(f"cannot write {path}: there is no folder {path.parent}")


def _write(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as error:
        raise FileError(f"cannot write {path}: {reason(error)}") from error
