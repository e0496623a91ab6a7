"""Metrics of decisions: which class was said, and which was meant.

A prediction is logits (n, …, K) for labels (n, …) or for shares (n, K), whose largest is the class
that is meant; or it is one logit for each target, whose sign decides between 0 and 1.

The metrics are made of the confusion matrix C, rows meant, columns said. Of two classes they are
those of class 1; of more, they are the means over the classes ("macro"), in which a class that was
never said has precision 0. In every ratio, 0 / 0 counts as 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from chainrule.errors import OptionError, ShapeError
from chainrule.train.metric import Array, Metric, mean_of


def confusion_matrix(prediction: Array, target: Array) -> Array:
    """Return how often class i was meant and class j said, C_ij. Shapes: in the module's text.

    Errors: `ShapeError` where prediction and target do not fit.

    >>> confusion_matrix(np.array([[3.0, 1.0], [0.0, 2.0], [5.0, 0.0]]), np.array([0, 1, 1]))
    array([[1., 0.],
           [1., 1.]])
    """
    said, meant, classes = decided("the confusion matrix", prediction, target)
    counts = np.bincount(meant.ravel() * classes + said.ravel(), minlength=classes**2)
    return counts.reshape(classes, classes).astype(np.float64)


def decided(what: str, prediction: Array, target: Array) -> tuple[Array, Array, int]:
    """Return the classes that were said, those that were meant, and how many there are."""
    if prediction.shape == target.shape and prediction.shape[1:] in {(), (1,)}:
        return (prediction > 0).astype(np.int64), (target > 0.5).astype(np.int64), 2
    classes = prediction.shape[-1] if prediction.ndim else 0
    if prediction.shape == target.shape:
        return prediction.argmax(axis=-1), target.argmax(axis=-1), classes
    if prediction.shape[:-1] == target.shape:
        return prediction.argmax(axis=-1), target.astype(np.int64), classes
    raise ShapeError(
        f"{what} compares logits (n, classes) with labels (n,), got {prediction.shape} and "
        f"{target.shape}"
    )


def _matches(prediction: Array, target: Array) -> Array:
    """How many are right, and how many there are."""
    said, meant, _ = decided("accuracy", prediction, target)
    return np.array([np.sum(said == meant), said.size], np.float64)


def top_k_accuracy(k: int) -> Metric:
    """Return the metric `top_k_accuracy`: the share whose class is among the k largest logits.

    Of equal logits the first classes come first. Errors: `OptionError` for k below 1; `ShapeError`,
    when it measures, for fewer than k classes.

    >>> top_k_accuracy(5).name
    'top_5_accuracy'
    """
    if k < 1:
        raise OptionError(f"top_k_accuracy: k must be 1 or more, got {k}")
    return Metric(f"top_{k}_accuracy", partial(_among, k), mean_of, larger_is_better=True)


def _among(k: int, prediction: Array, target: Array) -> Array:
    _, meant, classes = decided(f"top_{k}_accuracy", prediction, target)
    if prediction.ndim < 2 or classes < k:
        raise ShapeError(f"top_{k}_accuracy needs {k} classes or more, got {prediction.shape}")
    largest = np.argsort(-prediction, axis=-1, kind="stable")[..., :k]
    return np.array([np.sum(largest == meant[..., None]), meant.size], np.float64)


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)


def _precisions(counts: Array) -> Array:
    return _ratio(np.diag(counts), counts.sum(axis=0))


def _recalls(counts: Array) -> Array:
    return _ratio(np.diag(counts), counts.sum(axis=1))


def _f1s(counts: Array) -> Array:
    return _ratio(2 * np.diag(counts), counts.sum(axis=0) + counts.sum(axis=1))


def _overlaps(counts: Array) -> Array:
    right = np.diag(counts)
    return _ratio(right, counts.sum(axis=0) + counts.sum(axis=1) - right)


def _of_class_one(each: Callable[[Array], Array]) -> Callable[[Array], float]:
    """The number of class 1 of two, or the mean over more."""
    return lambda counts: float(each(counts)[1] if len(counts) == 2 else each(counts).mean())


def _of_all(each: Callable[[Array], Array]) -> Callable[[Array], float]:
    """The mean over the classes that were meant or said at all."""

    def finish(counts: Array) -> float:
        is_there = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
        return float(each(counts)[is_there].mean())

    return finish


def _correlation(counts: Array) -> float:
    """Matthews' φ = (s Σ C_kk − Σ t_k p_k) / √((s² − Σ p_k²)(s² − Σ t_k²)), s the number of all."""
    meant, said, total = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    spreads = (total**2 - said @ said) * (total**2 - meant @ meant)
    above = total * np.trace(counts) - meant @ said
    return float(above / np.sqrt(spreads)) if spreads > 0 else 0.0


accuracy = Metric("accuracy", _matches, mean_of, larger_is_better=True)
top_5_accuracy = top_k_accuracy(5)
precision = Metric("precision", confusion_matrix, _of_class_one(_precisions), larger_is_better=True)
recall = Metric("recall", confusion_matrix, _of_class_one(_recalls), larger_is_better=True)
f1 = Metric("f1", confusion_matrix, _of_class_one(_f1s), larger_is_better=True)
balanced_accuracy = Metric(
    "balanced_accuracy", confusion_matrix, _of_all(_recalls), larger_is_better=True
)
mean_iou = Metric("mean_iou", confusion_matrix, _of_all(_overlaps), larger_is_better=True)
matthews = Metric("matthews", confusion_matrix, _correlation, larger_is_better=True)
