"""Metrics: numbers that say how good predictions are, gathered batch by batch.

A metric is what is gathered of a batch, a way to merge that of two parts, and a way to finish it,
so that batches of any size come to the same number as all examples at once.
"""

from __future__ import annotations

import difflib
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import OptionError, ShapeError

Array = NDArray[Any]


@dataclass(frozen=True)
class Metric:
    """`finish(total)`, where `total` is the `merge` of `totals(prediction, target)` of all batches.

    Shapes: prediction and target (n, …), as the loss takes them; `totals` returns a float64 array
    of any one shape. `larger_is_better` says which way is up.
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


def _matches(prediction: Array, target: Array) -> Array:
    """How many rows are classified right, and how many there are.

    The prediction is logits (n, classes) for labels (n,) or shares (n, classes); or one logit for
    each target, whose sign decides between 0 and 1.
    """
    if prediction.shape == target.shape and prediction.shape[1:] in {(), (1,)}:
        right = (prediction > 0) == (target > 0.5)
    elif prediction.shape == target.shape:
        right = prediction.argmax(axis=-1) == target.argmax(axis=-1)
    elif prediction.shape[:-1] == target.shape:
        right = prediction.argmax(axis=-1) == target
    else:
        raise ShapeError(
            f"accuracy compares logits (n, classes) with labels (n,), got {prediction.shape} and "
            f"{target.shape}"
        )
    return np.array([np.sum(right), right.size], np.float64)


def _error(prediction: Array, target: Array) -> Array:
    if prediction.shape != target.shape:
        raise ShapeError(
            f"a metric compares equal shapes, got prediction {prediction.shape} and "
            f"target {target.shape}; reshape one of them"
        )
    return prediction.astype(np.float64) - target


def _squares(prediction: Array, target: Array) -> Array:
    error = _error(prediction, target)
    return np.array([np.sum(error**2), error.size])


def _absolutes(prediction: Array, target: Array) -> Array:
    error = _error(prediction, target)
    return np.array([np.sum(np.abs(error)), error.size])


def _moments(prediction: Array, target: Array) -> Array:
    """Squared error, count, mean of the target, and its squared deviations from that mean."""
    exact = target.astype(np.float64)
    mean = exact.mean()
    return np.array([*_squares(prediction, target), mean, np.sum((exact - mean) ** 2)])


def _merged(a: Array, b: Array) -> Array:
    """Moments of two parts together (Chan, Golub & LeVeque 1979): no large numbers cancel."""
    squares, count = a[:2] + b[:2]
    apart = b[2] - a[2]
    mean = a[2] + apart * b[1] / count
    return np.array([squares, count, mean, a[3] + b[3] + apart**2 * a[1] * b[1] / count])


def _explained(moments: Array) -> float:
    """R² = 1 − Σ (p − t)² / Σ (t − mean t)², NaN where all targets are the same."""
    squares, _, _, spread = moments
    return float(1.0 - squares / spread) if spread > 0 else float("nan")


accuracy = Metric("accuracy", _matches, mean_of, larger_is_better=True)
mse = Metric("mse", _squares, mean_of)
rmse = Metric("rmse", _squares, root_of_mean)
mae = Metric("mae", _absolutes, mean_of)
r2 = Metric("r2", _moments, _explained, larger_is_better=True, merge=_merged)

METRICS = {metric.name: metric for metric in (accuracy, mse, rmse, mae, r2)}


def as_metrics(chosen: Sequence[str | Metric]) -> tuple[Metric, ...]:
    """Return the metrics that are named or given; raise `OptionError` for an unknown name.

    >>> [metric.name for metric in as_metrics(["accuracy", rmse])]
    ['accuracy', 'rmse']
    """
    if isinstance(chosen, str):
        raise OptionError(f"metrics is a list, got {chosen!r}; write metrics=[{chosen!r}]")
    metrics = tuple(item if isinstance(item, Metric) else _by_name(item) for item in chosen)
    names = [metric.name for metric in metrics]
    for name in names:
        if name == "loss" or names.count(name) > 1:
            raise OptionError(f"two numbers of the history would be called {name!r}; rename one")
    return metrics


def _by_name(name: str) -> Metric:
    if name in METRICS:
        return METRICS[name]
    near = difflib.get_close_matches(str(name), METRICS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise OptionError(f"no metric is called {name!r}{hint} (known: {', '.join(METRICS)})")
