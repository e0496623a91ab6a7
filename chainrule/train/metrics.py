"""Metrics: numbers that say how good predictions are, summed up batch by batch.

A metric is a sum over examples and a way to finish it, so that batches of any size add up to the
same number as all examples at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import OptionError, ShapeError

Array = NDArray[Any]


@dataclass(frozen=True)
class Metric:
    """`finish(Σ totals(prediction, target), count)`, over all examples seen.

    `totals` returns sums over one batch; `larger_is_better` says which way is up.
    """

    name: str
    totals: Callable[[Array, Array], Array]
    finish: Callable[[Array, int], float]
    larger_is_better: bool = False


@dataclass
class Running:
    """A metric with what it has summed so far."""

    metric: Metric
    total: Any = 0.0
    count: int = field(default=0)

    def update(self, prediction: Array, target: Array) -> None:
        """Add one batch."""
        self.total = self.total + self.metric.totals(prediction, target)
        self.count += len(target)

    def value(self) -> float:
        """Return the metric over everything added."""
        return self.metric.finish(self.total, self.count) if self.count else float("nan")


def mean_of(total: Array, count: int) -> float:
    """Return total / count."""
    return float(total) / count


def _matches(prediction: Array, target: Array) -> Array:
    """How many rows are classified right: by the largest logit, or a single logit's sign."""
    if prediction.ndim == target.ndim:
        return np.sum((prediction > 0) == (target > 0.5))
    return np.sum(np.argmax(prediction, axis=-1) == target)


def _error(prediction: Array, target: Array) -> Array:
    if prediction.shape != target.shape:
        raise ShapeError(
            f"a metric compares equal shapes, got prediction {prediction.shape} and "
            f"target {target.shape}; reshape one of them"
        )
    return prediction.astype(np.float64) - target


def _squares(prediction: Array, target: Array) -> Array:
    return np.sum(_row_means(_error(prediction, target) ** 2))


def _absolutes(prediction: Array, target: Array) -> Array:
    return np.sum(_row_means(np.abs(_error(prediction, target))))


def _row_means(values: Array) -> Array:
    return values.reshape(len(values), -1).mean(axis=1)


def _moments(prediction: Array, target: Array) -> Array:
    squares = float(_squares(prediction, target))
    rows = _row_means(target.astype(np.float64))
    return np.array([squares, np.sum(rows), np.sum(_row_means(target.astype(np.float64) ** 2))])


def _explained(total: Array, count: int) -> float:
    squares, first, second = (float(number) for number in total)
    spread = second - first * first / count
    return 1.0 - squares / spread if spread > 0 else float("nan")


accuracy = Metric("accuracy", _matches, mean_of, larger_is_better=True)
mse = Metric("mse", _squares, mean_of)
rmse = Metric("rmse", _squares, lambda total, count: float(np.sqrt(total / count)))
mae = Metric("mae", _absolutes, mean_of)
r2 = Metric("r2", _moments, _explained, larger_is_better=True)

METRICS = {metric.name: metric for metric in (accuracy, mse, rmse, mae, r2)}


def as_metrics(chosen: Sequence[str | Metric]) -> tuple[Metric, ...]:
    """Return the metrics that are named or given; raise `OptionError` for an unknown name."""
    return tuple(item if isinstance(item, Metric) else _by_name(item) for item in chosen)


def _by_name(name: str) -> Metric:
    if name in METRICS:
        return METRICS[name]
    near = difflib.get_close_matches(str(name), METRICS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise OptionError(f"no metric is called {name!r}{hint} (known: {', '.join(METRICS)})")
