"""Metrics of classes: against their definitions counted out, however the batches are cut."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from chainrule.errors import OptionError, ShapeError
from chainrule.train.decisions import confusion_matrix, top_k_accuracy
from chainrule.train.metric import Array, Metric, Running
from chainrule.train.metrics import METRICS, OF_CLASSES
from chainrule.train.rankings import precision_area, roc_area

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(size=(60, 4))
LABELS = RANDOM.integers(0, 4, 60)
SCORES = RANDOM.normal(size=60).round(1)
ANSWERS = (SCORES + RANDOM.normal(size=60) > 0).astype(np.int64)


def measured(metric: Metric, prediction: Array, target: Array, cuts: tuple[int, ...] = ()) -> float:
    running = Running(metric)
    for p, t in zip(np.split(prediction, cuts), np.split(target, cuts), strict=True):
        running.update(p, t)
    return running.value()


def counted(said: Array, meant: Array, label: int) -> tuple[int, int, int]:
    """True positives, false positives, false negatives."""
    hits = int(np.sum((said == label) & (meant == label)))
    return hits, int(np.sum(said == label)) - hits, int(np.sum(meant == label)) - hits


def of_class(name: str, hits: int, false: int, missed: int) -> float:
    wholes = {"precision": hits + false, "recall": hits + missed, "mean_iou": hits + false + missed}
    return 2 * hits / (2 * hits + false + missed) if name == "f1" else hits / wholes[name]


@pytest.mark.parametrize("name", ["precision", "recall", "f1", "mean_iou"])
def test_means_over_the_classes(name: str) -> None:
    said = LOGITS.argmax(axis=1)
    each = [of_class(name, *counted(said, LABELS, label)) for label in range(4)]
    assert measured(METRICS[name], LOGITS, LABELS) == pytest.approx(np.mean(each))
    assert measured(METRICS[name], LOGITS, np.eye(4)[LABELS]) == pytest.approx(np.mean(each))


@pytest.mark.parametrize("name", ["precision", "recall", "f1"])
def test_of_two_classes_the_second_is_judged(name: str) -> None:
    expected = of_class(name, *counted(SCORES > 0, ANSWERS, 1))
    assert measured(METRICS[name], SCORES, ANSWERS) == pytest.approx(expected)
    assert measured(METRICS[name], SCORES[:, None], ANSWERS[:, None]) == pytest.approx(expected)
    two = np.stack([-SCORES, SCORES], axis=1)
    assert measured(METRICS[name], two, ANSWERS) == pytest.approx(expected)


def test_what_was_never_said_has_precision_zero() -> None:
    none = np.full(3, -1.0)
    for name in ("precision", "recall", "f1", "matthews"):
        assert measured(METRICS[name], none, np.array([0, 1, 1])) == 0.0


def test_balanced_accuracy_leaves_out_what_is_not_there() -> None:
    logits = np.eye(4)[[0, 0, 1, 1]]
    assert measured(METRICS["balanced_accuracy"], logits, np.array([0, 0, 0, 1])) == pytest.approx(
        (2 / 3 + 1) / 2
    )


def test_matthews_is_the_correlation_of_two_classes() -> None:
    expected = np.corrcoef(SCORES > 0, ANSWERS)[0, 1]
    assert measured(METRICS["matthews"], SCORES, ANSWERS) == pytest.approx(expected)
    assert measured(METRICS["matthews"], np.eye(4)[LABELS], LABELS) == pytest.approx(1.0)


def test_the_largest_logits() -> None:
    logits = np.array([[3.0, 2.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 3.0]])
    labels = np.array([1, 2, 0])
    shares = [measured(top_k_accuracy(k), logits, labels) for k in (1, 2, 3, 4)]
    np.testing.assert_allclose(shares, [0, 1 / 3, 2 / 3, 1])
    assert measured(top_k_accuracy(1), LOGITS, LABELS) == measured(
        METRICS["accuracy"], LOGITS, LABELS
    )


def test_the_confusion_matrix_counts() -> None:
    found = confusion_matrix(LOGITS, LABELS)
    said = LOGITS.argmax(axis=1)
    for meant, guess in np.ndindex(4, 4):
        assert found[meant, guess] == np.sum((meant == LABELS) & (said == guess))


@pytest.mark.parametrize("metric", [m for m in OF_CLASSES if m.name != "top_5_accuracy"])
@pytest.mark.parametrize("cuts", [(1,), (7, 8, 50)])
def test_batches_make_no_difference(metric: Metric, cuts: tuple[int, ...]) -> None:
    for p, t in ((LOGITS, LABELS), (SCORES, ANSWERS)):
        assert measured(metric, p, t, cuts) == pytest.approx(measured(metric, p, t), rel=1e-12)


def by_pairs(scores: Array, positive: Array) -> float:
    above, below = scores[positive][:, None], scores[~positive]
    return float(np.mean((above > below) + 0.5 * (above == below)))


def by_thresholds(scores: Array, positive: Array) -> float:
    area = before = 0.0
    for threshold in np.unique(scores)[::-1]:
        said = scores >= threshold
        recall = np.sum(said & positive) / np.sum(positive)
        area += (recall - before) * np.sum(said & positive) / np.sum(said)
        before = recall
    return area


@pytest.mark.parametrize(
    ("name", "area"), [("roc_auc", by_pairs), ("average_precision", by_thresholds)]
)
def test_areas(name: str, area: Any) -> None:
    expected = area(SCORES, ANSWERS == 1)
    assert measured(METRICS[name], SCORES, ANSWERS) == pytest.approx(expected)
    shares = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
    each = [area(shares[:, label], label == LABELS) for label in range(4)]
    assert measured(METRICS[name], LOGITS, LABELS) == pytest.approx(np.mean(each))


def test_areas_without_one_of_the_two() -> None:
    scores, none = np.arange(3.0), np.zeros(3, bool)
    assert math.isnan(roc_area(scores, none))
    assert math.isnan(roc_area(scores, ~none))
    assert math.isnan(precision_area(scores, none))
    assert precision_area(scores, ~none) == 1.0
    assert math.isnan(measured(METRICS["roc_auc"], np.zeros((2, 3)), np.array([5, 5])))


def test_perplexity_of_equal_shares_is_their_number() -> None:
    assert measured(METRICS["perplexity"], np.zeros((5, 7)), np.arange(5)) == pytest.approx(7)
    assert measured(METRICS["perplexity"], np.zeros((2, 3, 7)), np.ones((2, 3), int)) == (
        pytest.approx(7)
    )
    expected = np.exp(np.mean(np.log1p(np.exp(np.where(ANSWERS == 1, -SCORES, SCORES)))))
    assert measured(METRICS["perplexity"], SCORES, ANSWERS) == pytest.approx(expected)


def test_calibration() -> None:
    sure = np.full(10, math.log(0.9 / 0.1))
    right_nine_times = np.array([1] * 9 + [0])
    error = METRICS["calibration_error"]
    assert measured(error, sure, right_nine_times) == pytest.approx(0.0)
    assert measured(error, sure, np.ones(10, int)) == pytest.approx(0.1)
    assert measured(error, np.concatenate([sure, -sure]), np.ones(20, int)) == pytest.approx(0.4)


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(OptionError, match="k must be 1 or more, got 0"):
        top_k_accuracy(0)
    with pytest.raises(ShapeError, match="top_5_accuracy needs 5 classes or more"):
        measured(METRICS["top_5_accuracy"], LOGITS, LABELS)
    for metric in OF_CLASSES:
        with pytest.raises(ShapeError, match=r"compares logits|needs 5 classes"):
            measured(metric, np.zeros((3, 2)), np.zeros((4,), int))
