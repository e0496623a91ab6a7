"""A feature column of any kind: what all kinds have in common, and which kind a column is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np

from chainrule.table.boolean import Boolean, learn_boolean
from chainrule.table.categorical import Categorical, learn_categorical
from chainrule.table.cells import (
    Numbers,
    Texts,
    days,
    is_readable,
    numbers,
    spells_truth,
    texts,
    truths,
)
from chainrule.table.moment import Moment, learn_moment
from chainrule.table.numeric import Features, Numeric, learn_numeric
from chainrule.table.record import Record
from chainrule.table.split import Rows

if TYPE_CHECKING:
    from polars import Series


class Column(Protocol):
    """What was learnt of a feature column, enough to encode it."""

    @property
    def name(self) -> str:
        """The column's name in the table."""

    @property
    def kind(self) -> str:
        """Numeric, categorical, boolean or moment."""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in order."""

    def encode(self, series: Series) -> Features:
        """Return float32 (rows, features); DataError names a cell that does not fit."""

    def to_record(self) -> dict[str, object]:
        """Return the column as what JSON can hold."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A column from which nothing can be learnt, and why."""

    name: str
    reason: str


KINDS = {kind.kind: kind.from_record for kind in (Numeric, Categorical, Boolean, Moment)}


def column_from_record(record: Record) -> Column:
    """Return the column that a record describes; FileError where it is not sound."""
    kind = record.text("kind")
    record.insist(kind in KINDS, f"{kind!r} is no kind of column; expected {', '.join(KINDS)}")
    return KINDS[kind](record)


def learn_column(series: Series, rows: Rows) -> Column | Ignored:
    """Return what these rows of a column teach, or why they teach nothing.

    All rows are checked: DataError names a number that is not finite, with its row.

    >>> import polars
    >>> learn_column(polars.Series("name", ["Ann", "Bob", "Eve"]), np.arange(3))
    Ignored(name='name', reason='none of its 3 values comes back often enough')
    """
    name, kind = series.name, series.dtype.to_python()
    if not is_readable(series):
        return Ignored(name, f"cells of type {series.dtype} cannot be learnt from")
    if kind in {date, datetime}:
        return _learn_values(name, days(series)[rows], learn_moment)
    if kind is bool or spells_truth(series):
        return _learn_values(name, truths(series)[rows], learn_boolean)
    if kind is str or series.null_count() == len(series):
        cells = texts(series)
        return _learn_texts(name, [cells[row] for row in rows])
    return _learn_values(name, numbers(series)[rows], learn_numeric)


def _learn_values(
    name: str, values: Numbers, learn: Callable[[str, Numbers], Column]
) -> Column | Ignored:
    present = values[~np.isnan(values)]
    if len(present) == 0:
        return Ignored(name, "all its values are missing")
    if len(present) == len(values) and np.ptp(present) == 0:
        return Ignored(name, "all its values are the same")
    return learn(name, values)


def _learn_texts(name: str, cells: Texts) -> Column | Ignored:
    distinct = set(cells) - {None}
    if not distinct:
        return Ignored(name, "all its values are missing")
    if len(set(cells)) == 1:
        return Ignored(name, f"all its values are {cells[0]!r}")
    column = learn_categorical(name, cells)
    if not column.categories:
        return Ignored(name, f"none of its {len(distinct)} values comes back often enough")
    return column
