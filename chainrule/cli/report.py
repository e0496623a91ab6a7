"""What was understood of a table, what came out of the training, and what to type next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from chainrule.cli.fitting import HALVED_AFTER
from chainrule.cli.invocation import typed
from chainrule.cli.model import TableModel
from chainrule.cli.network import parameters
from chainrule.cli.options import Options
from chainrule.cli.scores import AmountScores, ClassScores, classification, regression
from chainrule.nn.summary import in_units
from chainrule.table.categorical import Categorical
from chainrule.table.column import Column
from chainrule.table.prepare import Examples, Prepared
from chainrule.table.target import Amount, Classes
from chainrule.train.history import History
from chainrule.train.progress import readable

MOST_NAMES = 24
MOST_CLASSES = 6

Fact = tuple[str, str]


def understood(prepared: Prepared) -> Iterator[Fact]:
    """Go through what the table holds: target, task, columns by kind, those ignored, rows."""
    schema = prepared.schema
    yield "target", _target(prepared)
    yield "task", f"{schema.task} (--task overrides)"
    for kind in dict.fromkeys(column.kind for column in schema.columns):
        names = [_named(column) for column in schema.columns if column.kind == kind]
        yield kind, shortened(names, MOST_NAMES)
    for note in prepared.notes:
        yield "note", note
    training, held_out = len(prepared.training.rows), len(prepared.validation.rows)
    yield "rows", f"{training:,} to train on, {held_out:,} to validate"


def _target(prepared: Prepared) -> str:
    target = prepared.schema.target
    if isinstance(target, Amount):
        return f"{target.name}: mean {target.mean:,.6g}, deviation {target.deviation:,.6g}"
    shares = [f"{label} {share:.1%}" for label, share in _shares(target, prepared.training)]
    return f"{target.name}: {len(shares)} classes, {shortened(shares, MOST_CLASSES)}"


def _shares(target: Classes, examples: Examples) -> list[tuple[str, float]]:
    counts = np.bincount(examples.target.astype(np.int64), minlength=len(target.labels))
    return [*zip(target.labels, (counts / counts.sum()).tolist(), strict=True)]


def _named(column: Column) -> str:
    if isinstance(column, Categorical):
        return f"{column.name} ({len(column.categories)})"
    return column.name


def counted(count: int, name: str) -> str:
    """Return a count with its noun, in the plural where it needs one.

    >>> counted(1, "epoch"), counted(1200, "row")
    ('1 epoch', '1,200 rows')
    """
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def shortened(names: Iterable[str], most: int) -> str:
    """Return names joined by commas, with a count in place of those past `most`.

    >>> shortened(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    every = list(names)
    left_out = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + left_out


def planned(model: TableModel, options: Options, rows: int) -> Iterator[Fact]:
    """Go through the network and how it will be trained on `rows` rows."""
    count = parameters(model.network)
    yield "network", f"{model.shape}: {count:,} parameters ({in_units(4 * count)})"
    yield (
        "training",
        f"{options.optimizer}, learning rate {options.rate():g} (halved after {HALVED_AFTER} "
        f"epochs without progress), batches of {options.batch(rows)}, at most "
        f"{counted(options.epochs, 'epoch')}, done after {options.patience} without progress",
    )


def ended(history: History) -> str:
    """Return how the training ended, and which weights were kept."""
    done = counted(len(history), "epoch")
    kept = f"the best weights, of epoch {history.best_epoch}, are kept"
    if not history.best_epoch:
        kept = f"no epoch was finished: the weights of step {history.steps} are kept"
    if history.interrupted:
        return f"Interrupted after {done}; {kept}."
    reason = history.stopped.replace("_", " ")
    return f"Ended after {done}: {reason}; {kept}."


def judged(model: TableModel, examples: Examples) -> ClassScores | AmountScores:
    """Return how good a model is on examples."""
    outputs, target = model.outputs_for(examples.features), model.schema.target
    if isinstance(target, Amount):
        return regression(outputs, examples.target.astype(np.float32), target)
    return classification(outputs, examples.target.astype(np.int64), target)


def scored(scores: ClassScores | AmountScores, target: Classes | Amount) -> Iterator[Fact]:
    """Go through the scores, each with what it is to be compared with."""
    if isinstance(scores, ClassScores):
        index, share = scores.commonest
        label = target.labels[index] if isinstance(target, Classes) else ""
        yield "accuracy", f"{scores.accuracy:.2%}   (always saying {label}: {share:.2%})"
        yield "log loss", f"{readable(scores.log_loss)}   (natural logarithm, lower is better)"
    else:
        yield "RMSE", f"{in_digits(scores.rmse)}   (root of the mean squared error)"
        yield "MAE", f"{in_digits(scores.mae)}   (mean absolute error)"
        yield "R²", f"{scores.r2:.4f}   (1 is perfect, always saying the mean is 0)"


def in_digits(value: float) -> str:
    """Return an amount with five digits or more.

    >>> in_digits(47216.04), in_digits(0.65432109)
    ('47,216', '0.65432')
    """
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.5g}"


def next_steps(folder: Path, table: str) -> list[Fact]:
    """Return what to type next, after what it does; `table` stands for a table of new rows."""
    return [
        ("see how good it is on rows that it has not seen", typed("evaluate", folder, table)),
        ("get its predictions, as CSV", typed("predict", folder, table)),
    ]
