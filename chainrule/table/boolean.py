"""A column of truth values: 1 for true, −1 for false, 0 and a mark for missing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from chainrule.table.cells import Numbers, truths
from chainrule.table.numeric import Features
from chainrule.table.record import Record

if TYPE_CHECKING:
    from polars import Series


@dataclass(frozen=True, slots=True)
class Boolean:
    """A column of truth values; `missing` says whether some were not there.

    >>> import polars
    >>> Boolean("alone", missing=True).encode(polars.Series("alone", [True, False, None]))
    array([[ 1.,  0.],
           [-1.,  0.],
           [ 0.,  1.]], dtype=float32)
    """

    name: str
    missing: bool
    kind: ClassVar[str] = "boolean"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in order."""
        return (self.name, *[f"{self.name} is missing"] * self.missing)

    def encode(self, series: Series) -> Features:
        """Return float32 (rows, features); DataError for a cell that is no truth value."""
        values = truths(series)
        absent = np.isnan(values)
        sign = np.where(absent, 0, 2 * values - 1)
        return np.stack([sign, *[absent] * self.missing], axis=1).astype(np.float32)

    def to_record(self) -> dict[str, object]:
        """Return what `from_record` takes."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_record(cls, record: Record) -> Boolean:
        """Return the column that a record describes; FileError where it is not sound."""
        column = cls(name=record.text("name"), missing=record.flag("missing"))
        record.end()
        return column


def learn_boolean(name: str, values: Numbers) -> Boolean:
    """Return the column that these truth values (rows,) teach: 1 and 0, NaN for missing."""
    return Boolean(name, missing=bool(np.isnan(values).any()))
