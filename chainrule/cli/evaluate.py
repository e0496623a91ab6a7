"""`chainrule evaluate`: how good a model is on the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from chainrule.cli.model import load_model
from chainrule.cli.report import counted, judged, scored
from chainrule.cli.scores import ClassScores
from chainrule.cli.screen import GOOD, LABEL, facts, heading, output
from chainrule.errors import DataError
from chainrule.table.prepare import Examples
from chainrule.table.read import read_table
from chainrule.table.schema import Schema

if TYPE_CHECKING:
    from polars import DataFrame

MOST_CLASSES = 12


def run(folder: Path, file: Path) -> None:
    """Print the metrics, and for few classes which were taken for which."""
    model = load_model(folder)
    frame = read_table(file)
    examples = labelled(model.schema, frame)
    scores, target = judged(model, examples), model.schema.target
    console = output()
    console.print(heading(f"{folder} on {counted(len(examples.rows), 'row')} of {file.name}"))
    if left_out := frame.height - len(examples.rows):
        console.print(f"left out: {counted(left_out, 'row')} without a value of {target.name!r}")
    console.print(facts([*scored(scores, target)]))
    if isinstance(scores, ClassScores) and len(model.schema.classes) <= MOST_CLASSES:
        console.print("", heading("What each row is, and as what it was predicted"), sep="\n")
        console.print(confusion(scores, target.name, model.schema.classes))


def labelled(schema: Schema, frame: DataFrame) -> Examples:
    """Return the rows that have a target, encoded; DataError where there are none."""
    rows = schema.labelled_rows(frame)
    if not len(rows):
        raise DataError(
            f"no row has a value of {schema.target.name!r}: there is nothing to compare with; "
            "to predict without it, use predict"
        )
    part = frame[rows]
    return Examples(rows, schema.encode(part), schema.encode_target(part))


def confusion(scores: ClassScores, target: str, labels: Sequence[str]) -> Table:
    """Return the table of true classes against predicted ones, with the share found of each."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column(target, style=LABEL)
    for label in labels:
        table.add_column(label, justify="right")
    table.add_column("right", justify="right")
    for index, (label, counts) in enumerate(zip(labels, scores.confusion, strict=True)):
        cells = [Text(f"{count:,}" if count else "·") for count in counts.tolist()]
        cells[index].stylize(GOOD)
        total = counts.sum()
        table.add_row(label, *cells, f"{counts[index] / total:.1%}" if total else "")
    return table
