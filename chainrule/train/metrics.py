"""The metrics there are, by name, and those of numbers: mean errors, and the part explained."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import numpy as np

from chainrule.errors import OptionError, ShapeError
from chainrule.train.decisions import (
    accuracy,
    balanced_accuracy,
    f1,
    matthews,
    mean_iou,
    precision,
    recall,
    top_5_accuracy,
)
from chainrule.train.metric import (
    Array,
    Metric,
    mean_of,
    root_of_mean,
)
from chainrule.train.rankings import average_precision, calibration_error, perplexity, roc_auc

LEAST_SIZE = 1e-7  # what a target of 0 counts as where an error is divided by it


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


def _relatives(prediction: Array, target: Array) -> Array:
    sizes = np.maximum(np.abs(target.astype(np.float64)), LEAST_SIZE)
    error = _error(prediction, target)
    return np.array([np.sum(np.abs(error) / sizes), error.size])


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


mse = Metric("mse", _squares, mean_of)
rmse = Metric("rmse", _squares, root_of_mean)
mae = Metric("mae", _absolutes, mean_of)
mape = Metric("mape", _relatives, mean_of)
r2 = Metric("r2", _moments, _explained, larger_is_better=True, merge=_merged)

OF_CLASSES = (
    accuracy,
    top_5_accuracy,
    balanced_accuracy,
    precision,
    recall,
    f1,
    matthews,
    mean_iou,
    roc_auc,
    average_precision,
    perplexity,
    calibration_error,
)
OF_NUMBERS = (mse, rmse, mae, mape, r2)
METRICS = {metric.name: metric for metric in (*OF_CLASSES, *OF_NUMBERS)}


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
