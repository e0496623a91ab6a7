"""Metrics of scores: how well they rank, how sure they are, and how far they can be believed.

The forms of prediction and target are those of `chainrule.train.decisions`. Logits of more than two
classes are judged class by class against all others, and the mean taken over the classes of which
there are both.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from chainrule.train.decisions import decided
from chainrule.train.metric import Array, Metric, mean_of

BINS = 15


def roc_area(scores: Array, positive: Array) -> float:
    """Return the chance that a positive has a larger score than a negative; equals count half.

    It is the area under the ROC curve: Hanley & McNeil, The meaning and use of the area under a
    receiver operating characteristic curve (1982). NaN where there are no positives, or no
    negatives. Shapes: both (n,).

    >>> roc_area(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    above = np.sum(positive)
    below = len(scores) - above
    if not above or not below:
        return math.nan
    return float((np.sum(ranks[positive]) - above * (above + 1) / 2) / (above * below))


def precision_area(scores: Array, positive: Array) -> float:
    """Return the average precision, Σ_k (R_k − R_(k−1)) P_k over falling thresholds k.

    It is the area under the curve of precision P over recall R, in steps. NaN where there are no
    positives. Shapes: both (n,).

    >>> precision_area(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.8333333333333333
    """
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(positive[order])
    last_of_equals = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    if not found[-1]:
        return math.nan
    hits = found[last_of_equals]
    gains = np.diff(hits, prepend=0)
    return float(np.sum(gains * hits / (last_of_equals + 1)) / found[-1])


def _logits(what: str, prediction: Array, target: Array) -> tuple[Array, Array]:
    """The logits of each class, (classes, n), and the classes meant (n,)."""
    _, meant, classes = decided(what, prediction, target)
    if prediction.size == meant.size:
        single = prediction.reshape(1, -1).astype(np.float64)
        return np.concatenate([np.zeros_like(single), single]), meant.reshape(-1)
    return prediction.reshape(-1, classes).T.astype(np.float64), meant.reshape(-1)


def _scored(what: str, prediction: Array, target: Array) -> Array:
    """A row of scores for each class, or one for two classes, and below them the classes meant."""
    rows, meant = _logits(what, prediction, target)
    scores = rows[1:] - rows[:1] if len(rows) == 2 else np.exp(_log_shares(rows))
    return np.concatenate([scores, meant[None]], dtype=np.float64)


def _log_shares(rows: Array) -> Array:
    away = rows - rows.max(axis=0)
    shares: Array = away - np.log(np.exp(away).sum(axis=0))
    return shares


def _mean_area(area: Callable[[Array, Array], float], gathered: Array) -> float:
    scores, meant = gathered[:-1], gathered[-1]
    if len(scores) == 1:
        return area(scores[0], meant == 1)
    areas = [area(row, meant == label) for label, row in enumerate(scores)]
    there = [found for found in areas if not math.isnan(found)]
    return sum(there) / len(there) if there else math.nan


def _believed(what: str, prediction: Array, target: Array) -> Array:
    """The logarithm of the share that each class meant was given."""
    rows, meant = _logits(what, prediction, target)
    found: Array = _log_shares(rows)[meant, np.arange(len(meant))]
    return found


def _surprise(prediction: Array, target: Array) -> Array:
    """Σ −log p of the classes meant, and how many there are."""
    logs = _believed("perplexity", prediction, target)
    return np.array([-np.sum(logs), logs.size])


def _confidences(prediction: Array, target: Array) -> Array:
    """For each bin of confidence: how many, their confidences, how many of them right."""
    said, meant, _ = decided("calibration_error", prediction, target)
    confidence = np.exp(_believed("calibration_error", prediction, said))
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    right = (said == meant).reshape(-1)
    weights = (np.ones(len(bins)), confidence, right)
    return np.stack([np.bincount(bins, weights=w, minlength=BINS) for w in weights])


def _calibration(bins: Array) -> float:
    counts, confidences, right = bins
    return float(np.sum(np.abs(confidences - right)) / np.sum(counts))


def _together(a: Array, b: Array) -> Array:
    return np.concatenate([a, b], axis=1)


roc_auc = Metric(
    "roc_auc",
    partial(_scored, "roc_auc"),
    partial(_mean_area, roc_area),
    larger_is_better=True,
    merge=_together,
)
average_precision = Metric(
    "average_precision",
    partial(_scored, "average_precision"),
    partial(_mean_area, precision_area),
    larger_is_better=True,
    merge=_together,
)
# exp of the mean −log p: among how many equally likely classes one would be as unsure.
perplexity = Metric("perplexity", _surprise, lambda sums: math.exp(mean_of(sums)))
# Σ_b n_b/n |mean confidence − share right| over 15 bins: Guo, Pleiss, Sun & Weinberger, On
# calibration of modern neural networks (ICML 2017).
calibration_error = Metric("calibration_error", _confidences, _calibration)
