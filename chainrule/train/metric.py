"""What a metric is: numbers gathered batch by batch, which say how good predictions are.

A metric is what is gathered of a batch, a way to merge that of two parts, and a way to finish it,
so that batches of any size come to the same number as all examples at once.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Metric:
    """`finish(total)`, where `total` is the `merge` of `totals(prediction, target)` of all batches.

    Shapes: prediction and target (n, …), as the loss takes them; `totals` returns a float64 array
    of a shape that `merge` takes. `larger_is_better` says which way is up.
    """

    name: str
    totals: Callable[[Array, Array], Array]
    finish: Callable[[Array], float]
    larger_is_better: bool = False
    merge: Callable[[Array, Array], Array] = operator.add


@dataclass
class Running:
    """A metric with what it has gathered so far."""

    metric: Metric
    total: Array | None = None

    def update(self, prediction: Array, target: Array) -> None:
        """Add one batch."""
        new = self.metric.totals(prediction, target)
        self.total = new if self.total is None else self.metric.merge(self.total, new)

    def value(self) -> float:
        """Return the metric over everything added, NaN where nothing was."""
        return float("nan") if self.total is None else self.metric.finish(self.total)


def mean_of(sums: Array) -> float:
    """Return Σ values / count, given these two."""
    return float(sums[0] / sums[1])


def root_of_mean(sums: Array) -> float:
    """Return √(Σ values / count), given these two."""
    return math.sqrt(mean_of(sums))
