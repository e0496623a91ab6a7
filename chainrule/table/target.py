"""The column to predict: classes, or an amount, and which of the two it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chainrule.errors import DataError, OptionError
from chainrule.table.cells import Numbers, is_readable, missing, numbers, texts
from chainrule.table.nearest import did_you_mean, listed
from chainrule.table.numeric import deviation_of
from chainrule.table.record import Record
from chainrule.table.split import Rows

if TYPE_CHECKING:
    from polars import Series

Task = Literal["classification", "regression"]
TASKS: tuple[Task, ...] = ("classification", "regression")

# Whole numbers are classes if they are so few, and each comes back so often on average.
MOST_NUMBERED_CLASSES = 20
LEAST_ROWS_A_CLASS = 5


@dataclass(frozen=True, slots=True)
class Classes:
    """A target that is one of some classes, each spelled as in the table, in order.

    >>> import polars
    >>> Classes("species", ("fig", "plum")).encode(polars.Series("species", ["plum", "fig"]))
    array([1, 0])
    """

    name: str
    labels: tuple[str, ...]
    task: ClassVar[Task] = "classification"

    def encode(self, series: Series) -> NDArray[np.int64]:
        """Return the class indices (rows,); DataError names a cell that is of no known class."""
        places = {label: index for index, label in enumerate(self.labels)}
        cells = texts(series)
        for row, cell in enumerate(cells):
            if cell not in places:
                raise self._unknown(cell, row)
        return np.array([places[cell] for cell in cells if cell is not None], np.int64)

    def _unknown(self, cell: str | None, row: int) -> DataError:
        found = "no value" if cell is None else f"{cell!r}"
        return DataError(
            f"target {self.name!r} has {found} in row {row + 1}, expected one of "
            f"{listed(self.labels)}.{did_you_mean(cell or '', self.labels)}"
        )

    def decode(self, indices: ArrayLike) -> list[str]:
        """Return the labels of class indices (rows,); DataError for one out of range."""
        whole = np.asarray(indices)
        if whole.ndim != 1 or not np.issubdtype(whole.dtype, np.integer):
            raise DataError(f"class indices must be whole (rows,), not {whole.dtype} {whole.shape}")
        if len(whole) and not 0 <= whole.min() <= whole.max() < len(self.labels):
            raise DataError(
                f"class indices run from {whole.min()} to {whole.max()}, but there are "
                f"{len(self.labels)} classes: 0 to {len(self.labels) - 1}"
            )
        return [self.labels[index] for index in whole]

    def to_record(self) -> dict[str, object]:
        """Return what `target_from_record` takes."""
        return {"task": self.task, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Amount:
    """A target that is a number; the network learns (x − mean) / deviation.

    >>> import polars
    >>> Amount("price", mean=300.0, deviation=50.0).encode(polars.Series("price", [326, 275]))
    array([ 0.52, -0.5 ], dtype=float32)
    """

    name: str
    mean: float
    deviation: float
    task: ClassVar[Task] = "regression"

    def encode(self, series: Series) -> NDArray[np.float32]:
        """Return standardized float32 (rows,); DataError names a cell without a finite number."""
        values = numbers(series)
        for row in np.flatnonzero(np.isnan(values))[:1]:
            raise DataError(f"target {self.name!r} has no value in row {row + 1}")
        return ((values - self.mean) / self.deviation).astype(np.float32)

    def decode(self, standardized: ArrayLike) -> Numbers:
        """Return float64 (rows,) in the target's own units."""
        return np.asarray(standardized, np.float64) * self.deviation + self.mean

    def to_record(self) -> dict[str, object]:
        """Return what `target_from_record` takes."""
        return {"task": self.task, **asdict(self)}


Target = Classes | Amount


def target_from_record(record: Record) -> Target:
    """Return the target that a record describes; FileError where it is not sound."""
    task = record.text("task")
    record.insist(task in TASKS, f"{task!r} is no task; expected {' or '.join(TASKS)}")
    name = record.text("name")
    if task == Classes.task:
        labels = record.texts("labels")
        record.insist(len(set(labels)) == len(labels) > 1, "there must be two classes or more")
        record.end()
        return Classes(name, labels)
    mean, deviation = record.number("mean"), record.number("deviation")
    record.insist(deviation > 0, "the deviation must be above 0")
    record.end()
    return Amount(name, mean, deviation)


def learn_target(series: Series, rows: Rows, task: str | None = None) -> Target:
    """Return the target that a column teaches: its classes, or mean and deviation of these rows.

    Classes are taken from all rows. Missing cells are passed over. Raises OptionError for an
    unknown task, and DataError where all values are missing or the same, where a class has one
    row, and for a regression on what is not numbers.

    >>> import polars
    >>> learn_target(polars.Series("sex", ["M", "F", "M", "F"]), np.arange(4))
    Classes(name='sex', labels=('F', 'M'))
    """
    check_target(series)
    task = find_task(series) if task is None else task
    if task not in TASKS:
        raise OptionError(f"{task!r} is no task; expected {' or '.join(TASKS)}")
    if task == Classes.task:
        return _learn_classes(series)
    return _learn_amount(series.name, numbers(series), rows)


def check_target(series: Series) -> None:
    """Raise DataError where a column cannot be a target: one row or value, dates, lists."""
    if len(series) < 2:
        raise DataError(f"the table has {len(series)} row(s): learning takes two, better hundreds")
    kind = series.dtype.to_python()
    if not is_readable(series) or kind in {date, datetime, timedelta}:
        raise DataError(
            f"target {series.name!r} holds {series.dtype}: only numbers, texts and truth values "
            "can be predicted"
        )
    present = series.filter(~missing(series))
    if len(present) == 0:
        raise DataError(f"target {series.name!r} has no value in any row")
    if present.n_unique() == 1:
        raise DataError(
            f"target {series.name!r} is {present[0]!r} in all {len(present)} rows that have one: "
            "there is nothing to learn"
        )


def find_task(series: Series) -> Task:
    """Return which task a column poses: regression for numbers, unless they are few whole ones.

    Whole numbers are classes if there are two of them, or up to 20 that come five times each on
    average.

    >>> import polars
    >>> find_task(polars.Series([3, 7, 5, 9])), find_task(polars.Series([0, 1, 1, 0]))
    ('regression', 'classification')
    """
    if series.dtype.to_python() in {str, bool}:
        return "classification"
    values = numbers(series)
    present = values[~np.isnan(values)]
    distinct = np.unique(present)
    few = len(distinct) <= min(MOST_NUMBERED_CLASSES, len(present) // LEAST_ROWS_A_CLASS)
    whole = bool((distinct == np.round(distinct)).all())
    return "classification" if whole and (few or len(distinct) == 2) else "regression"


def _learn_classes(series: Series) -> Classes:
    counts = Counter(cell for cell in texts(series) if cell is not None)
    single = [label for label, count in counts.items() if count == 1]
    if single:
        raise DataError(
            f"target {series.name!r}: of its {len(counts)} classes {len(single)} have one row only "
            f"({listed(single, most=3)}), too few to learn and to check. Join or remove these "
            "rows, or, where the target is an amount, ask for regression"
        )
    return Classes(series.name, tuple(sorted(counts, key=_class_order)))


def _class_order(label: str) -> tuple[float, str]:
    """Return what puts numbers in their order, before words in theirs."""
    try:
        number = float(label)
    except ValueError:
        return np.inf, label
    return (np.inf if np.isnan(number) else number), label


def _learn_amount(name: str, values: Numbers, rows: Rows) -> Amount:
    known = values[rows][~np.isnan(values[rows])]
    deviation = deviation_of(known)
    if deviation == 0:
        raise DataError(
            f"target {name!r} does not differ among the {len(known)} rows to learn from"
        )
    return Amount(name, float(known.mean()), deviation)
