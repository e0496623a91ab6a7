"""A column of numbers: standardized, spread over bins, and marked where a number is missing.

With the mean m, the deviation s and the edges e of the bins, all learnt, a number x becomes

    (x − m) / s   and   clip((x − eⱼ) / (eⱼ₊₁ − eⱼ), 0, 1) − cⱼ   for every bin j,

where cⱼ is the mean of the clipped fraction, so that all features have the mean 0 that a missing
number is given. The bins are the piecewise-linear encoding of Gorishniy, Rubachev & Babenko 2022,
"On Embeddings for Numerical Features in Tabular Deep Learning".
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from chainrule.table.cells import Numbers, numbers
from chainrule.table.record import Record

if TYPE_CHECKING:
    from polars import Series

Features = NDArray[np.float32]

MOST_BINS = 64


@dataclass(frozen=True, slots=True)
class Numeric:
    """What was learnt of a column of numbers; `missing` says whether some were not there.

    >>> import polars
    >>> heights = polars.Series("height", [1.6, 1.7, 1.8])
    >>> learn_numeric("height", numbers(heights)).encode(heights)
    array([[-1.2247449],
           [ 0.       ],
           [ 1.2247449]], dtype=float32)
    """

    name: str
    mean: float
    deviation: float
    low: float
    high: float
    edges: tuple[float, ...]
    centers: tuple[float, ...]
    missing: bool
    kind: ClassVar[str] = "numeric"

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, in order."""
        bins = (f"{self.name} from {low:g} to {high:g}" for low, high in pairwise(self.edges))
        return (self.name, *bins, *[f"{self.name} is missing"] * self.missing)

    def encode(self, series: Series) -> Features:
        """Return float32 (rows, features); DataError for a cell that is no finite number."""
        return self.encode_numbers(numbers(series))

    def encode_numbers(self, values: Numbers) -> Features:
        """Return float32 (rows, features) of numbers (rows,), NaN where one is missing.

        A number further outside what was learnt than its whole range is wide is held there.
        """
        span = self.high - self.low
        known = np.clip(values, self.low - span, self.high + span)
        features = np.zeros((len(values), len(self.feature_names)), np.float32)
        features[:, 0] = (known - self.mean) / self.deviation
        for column, center in enumerate(self.centers, start=1):
            low, high = self.edges[column - 1 : column + 1]
            features[:, column] = np.clip((known - low) / (high - low), 0, 1) - center
        absent = np.isnan(values)
        features[absent] = 0
        if self.missing:
            features[:, -1] = absent
        return features

    def to_record(self) -> dict[str, object]:
        """Return what `from_record` takes."""
        return {"kind": self.kind, **asdict(self)}

    @classmethod
    def from_record(cls, record: Record) -> Numeric:
        """Return the column that a record describes; FileError where it is not sound."""
        column = cls(
            name=record.text("name"),
            mean=record.number("mean"),
            deviation=record.number("deviation"),
            low=record.number("low"),
            high=record.number("high"),
            edges=record.numbers("edges"),
            centers=record.numbers("centers"),
            missing=record.flag("missing"),
        )
        record.end()
        record.insist(column.deviation > 0, "the deviation must be above 0")
        record.insist(column.low <= column.high, "low must not be above high")
        record.insist(all(a < b for a, b in pairwise(column.edges)), "the edges must rise")
        bins = max(len(column.edges) - 1, 0)
        record.insist(len(column.centers) == bins, "there must be one center a bin")
        return column


def learn_numeric(name: str, values: Numbers) -> Numeric:
    """Return the column that these numbers (rows,) teach, NaN for missing, at least one not."""
    present = values[~np.isnan(values)]
    edges = learn_edges(present)
    return Numeric(
        name=name,
        mean=float(present.mean()),
        deviation=deviation_of(present) or 1.0,
        low=float(present.min()),
        high=float(present.max()),
        edges=edges,
        centers=tuple(
            float(np.clip((present - low) / (high - low), 0, 1).mean())
            for low, high in pairwise(edges)
        ),
        missing=len(present) < len(values),
    )


def deviation_of(values: Numbers) -> float:
    """Return the standard deviation of numbers (rows,), 0 where all are the same or there is none.

    It is found at a scale where no square under- or overflows and equal numbers differ by nothing.

    >>> deviation_of(np.array([1.0, 3.0])), deviation_of(np.array([0.1, 0.1, 0.1]))
    (1.0, 0.0)
    """
    scale = float(np.abs(values).max(initial=0)) or 1.0
    return float((values / scale).std()) * scale if len(values) else 0.0


def learn_edges(values: Numbers, most: int = MOST_BINS) -> tuple[float, ...]:
    """Return the edges, rising, of at most `most` bins, and of no more than √rows / 2.

    Every distinct value weighs the root of its count, and the bins divide the weight evenly: a
    mean between quantiles of the rows, blind to the rare large values of a skewed column, and
    quantiles of the distinct values, blind to where the rows are. Two values need no bins: ().

    >>> learn_edges(np.repeat([0.0, 1.0, 5.0], 12))
    (0.0, 1.0, 5.0)
    """
    distinct, counts = np.unique(values, return_counts=True)
    weight = np.cumsum(np.sqrt(counts))
    steps = np.linspace(weight[0], weight[-1], min(most, isqrt(len(values)) // 2) + 1)
    edges = np.unique(distinct[np.searchsorted(weight, steps).clip(max=len(distinct) - 1)])
    return tuple(edges.tolist()) if len(edges) > 2 else ()
