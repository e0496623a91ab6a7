"""`chainrule` alone: the digits classifier, from the data to what to type next.

The digits model is a table model like any other: 64 columns pixel_0_0 … pixel_7_7, whose values go
from 0 to 16, and the target digit.
"""

from __future__ import annotations

import csv
from importlib.util import find_spec
from io import StringIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chainrule.cli.fitting import fit, untrained
from chainrule.cli.invocation import typed
from chainrule.cli.keeping import CURVES, MODELS, draw, keep
from chainrule.cli.model import TableModel
from chainrule.cli.options import Options
from chainrule.cli.picture import misread
from chainrule.cli.report import Fact, ended, judged, next_steps, planned, scored
from chainrule.cli.reporting import end
from chainrule.cli.screen import facts, heading, output, suggest
from chainrule.table.digits import BRIGHTEST, load_digits
from chainrule.table.numeric import Numeric
from chainrule.table.prepare import Examples
from chainrule.table.schema import Schema
from chainrule.table.split import Rows, split_rows
from chainrule.table.target import Classes
from chainrule.train.folder import check_replaceable, write_whole

FOLDER = MODELS / "digits"
TEST = "test.csv"
SIDE = 8
HELD_OUT = 0.2
NAMES = [f"pixel_{row}_{column}" for row in range(SIDE) for column in range(SIDE)]
TARGET = Classes("digit", tuple(map(str, range(10))))


class Digits(NamedTuple):
    """Examples to train on, to validate with, and to test with at the end."""

    schema: Schema
    training: Examples
    validation: Examples
    test: Examples


def run() -> None:
    """Train on four fifths of the digits, test on the others, save the model and say what next."""
    options = Options()
    check_replaceable(FOLDER)
    digits, console = divided(options), output()
    model = untrained(digits.schema, options)
    console.print(heading("1,797 handwritten digits of 8 × 8 pixels"))
    rows = [("rows", _rows(digits)), *planned(model, options, len(digits.training.rows))]
    console.print(facts(rows), "", sep="\n")
    history = fit(model, digits.training, digits.validation, options)
    console.print(ended(history), "", sep="\n")
    _test(model, digits.test)
    keep(model, FOLDER, options, history, "scikit-learn's digits")
    write_whole(FOLDER / TEST, as_csv(digits.test))
    console.print(f"The {len(digits.test.rows)} test digits in {FOLDER / TEST}")
    if len(history) and find_spec("matplotlib") is not None:
        draw(history, FOLDER / CURVES)
    suggest(console, _next())
    end(interrupted=history.interrupted)


def divided(options: Options) -> Digits:
    """Return the digits in three parts, every digit with its share in each."""
    images, labels = load_digits()
    kept, test = split_rows(len(labels), HELD_OUT, options.seed, labels)
    order, validated = split_rows(len(kept), options.validation, options.seed, labels[kept])
    schema = schema_of(images[kept[order]] * BRIGHTEST)
    parts = (_examples(schema, rows) for rows in (kept[order], kept[validated], test))
    return Digits(schema, *parts)


def schema_of(pixels: NDArray[np.float32]) -> Schema:
    """Return the schema of pixels (rows, 64): all with one mean and deviation, unlike in a table.

    So a pixel that is nearly always blank does not weigh more than the others.
    """
    mean, deviation = float(pixels.mean()), float(pixels.std())
    columns = (
        Numeric(name, mean, deviation, 0.0, BRIGHTEST, edges=(), centers=(), missing=False)
        for name in NAMES
    )
    return Schema(tuple(columns), TARGET, ignored=())


def _examples(schema: Schema, rows: Rows) -> Examples:
    images, labels = load_digits()
    pixels = (images[rows] * BRIGHTEST).astype(np.float64)
    blocks = [
        column.encode_numbers(pixels[:, index])
        for index, column in enumerate(schema.columns)
        if isinstance(column, Numeric)
    ]
    return Examples(rows, np.concatenate(blocks, axis=1), labels[rows])


def _rows(digits: Digits) -> str:
    training, validation, test = (len(part.rows) for part in digits[1:])
    return f"{training:,} to train on, {validation:,} to validate, {test:,} held out to test"


def _test(model: TableModel, test: Examples) -> None:
    console = output()
    console.print(heading(f"On the {len(test.rows)} test digits, which it has never seen"))
    console.print(facts([*scored(judged(model, test), TARGET)]), "", sep="\n")
    if console.is_terminal:
        images, labels = load_digits()
        guesses = model.outputs_for(test.features).argmax(axis=1)
        console.print(misread(images[test.rows], labels[test.rows], guesses))


def as_csv(examples: Examples) -> bytes:
    """Return digits as CSV, the pixels from 0 to 16 and then the digit."""
    images, labels = load_digits()
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*NAMES, TARGET.name])
    for row in examples.rows:
        writer.writerow([*np.rint(images[row] * BRIGHTEST).astype(int).tolist(), labels[row]])
    return text.getvalue().encode()


def _next() -> list[Fact]:
    return [
        *next_steps(FOLDER, str(FOLDER / TEST)),
        ("follow the four steps of backpropagation, number by number", typed("walkthrough")),
        ("train on a table of your own", typed("train", "FILE.csv", "--target", "COLUMN")),
    ]
