"""A column of dates or times: how long ago, and where in the day, the week and the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from chainrule.table.cells import Numbers, days
from chainrule.table.numeric import Features, Numeric, learn_numeric
from chainrule.table.record import Record

if TYPE_CHECKING:
    from polars import Series

DAYS_OF = {"day": 1.0, "week": 7.0, "year": 365.2425}


@dataclass(frozen=True, slots=True)
class Moment:
    """What was learnt of a column of dates or times.

    `trend` encodes the days since 1970 as a number; every cycle of length T adds the cosine and
    the sine of 2π·days/T, both 0 where the moment is missing.

    >>> import polars
    >>> sold = polars.Series("sold", ["2024-01-01", "2024-01-08", "2024-01-12"]).str.to_date()
    >>> learn_moment("sold", days(sold)).feature_names
    ('sold', 'sold in the week (cosine)', 'sold in the week (sine)')
    """

    trend: Numeric
    cycles: tuple[str, ...]
    kind: ClassVar[str] = "moment"

    @property
    def name(self) -> str:
        """The column's name."""
        return self.trend.name

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in order."""
        waves = ("cosine", "sine")
        places = (f"{self.name} in the {cycle} ({w})" for cycle in self.cycles for w in waves)
        return (*self.trend.feature_names, *places)

    def encode(self, series: Series) -> Features:
        """Return float32 (rows, features); DataError where cells are anything but moments."""
        moments = days(series)
        angles = (phase(moments, cycle) for cycle in self.cycles)
        waves = [np.nan_to_num(wave(angle)) for angle in angles for wave in (np.cos, np.sin)]
        features = [self.trend.encode_numbers(moments), *(wave[:, None] for wave in waves)]
        return np.concatenate(features, axis=1, dtype=np.float32)

    def to_record(self) -> dict[str, object]:
        """Return what `from_record` takes."""
        return {"kind": self.kind, "trend": self.trend.to_record(), "cycles": list(self.cycles)}

    @classmethod
    def from_record(cls, record: Record) -> Moment:
        """Return the column that a record describes; FileError where it is not sound."""
        trend = Record(record.take("trend"), f"{record.where}, trend")
        trend.insist(trend.text("kind") == Numeric.kind, "the trend must be numeric")
        column = cls(Numeric.from_record(trend), record.texts("cycles"))
        record.end()
        record.insist(set(column.cycles) <= set(DAYS_OF), f"the cycles must be of {list(DAYS_OF)}")
        return column


def phase(moments: Numbers, cycle: str) -> Numbers:
    """Return where in a cycle moments (rows,), in days since 1970, lie: radians, 0 to 2π.

    >>> phase(np.array([0.0, 0.25]), "day")
    array([0.        , 1.57079633])
    """
    length = DAYS_OF[cycle]
    return 2 * np.pi / length * np.mod(moments, length)


def learn_moment(name: str, moments: Numbers) -> Moment:
    """Return the column that days since 1970 (rows,) teach, NaN for missing, at least one not.

    A cycle counts where the moments span it once and do not all lie at the same place of it.
    """
    present = moments[~np.isnan(moments)]
    cycles = (cycle for cycle, length in DAYS_OF.items() if np.ptp(present) >= length)
    telling = tuple(cycle for cycle in cycles if np.ptp(phase(present, cycle)) > 0)
    return Moment(learn_numeric(name, moments), telling)
