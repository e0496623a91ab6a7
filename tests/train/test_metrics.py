"""Metrics: against their definitions on all examples at once, however the batches are cut."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from numpy.typing import NDArray

from chainrule.errors import OptionError, ShapeError
from chainrule.train.decisions import accuracy
from chainrule.train.metric import Metric, Running
from chainrule.train.metrics import METRICS, as_metrics, r2

Array = NDArray[Any]


def measured(metric: Metric, prediction: Array, target: Array, cuts: list[int]) -> float:
    running = Running(metric)
    for p, t in zip(np.split(prediction, cuts), np.split(target, cuts), strict=True):
        if len(p):
            running.update(p, t)
    return running.value()


def by_definition(name: str, p: Array, t: Array) -> float:
    p, t = p.astype(np.float64), t.astype(np.float64)
    error = p - t
    return float(
        {
            "mse": np.mean(error**2),
            "rmse": np.sqrt(np.mean(error**2)),
            "mae": np.mean(np.abs(error)),
            "mape": np.mean(np.abs(error / t)),
            "r2": 1 - np.sum(error**2) / np.sum((t - t.mean()) ** 2),
        }[name]
    )


@pytest.mark.parametrize("shape", [(40,), (40, 1), (40, 3)])
@pytest.mark.parametrize("name", ["mse", "rmse", "mae", "mape", "r2"])
@given(cuts=st.lists(st.integers(0, 40), max_size=4), seed=st.integers(0, 100))
def test_errors_of_amounts(name: str, shape: tuple[int, ...], cuts: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    p, t = (chance.normal(size=shape).astype(np.float32) for _ in range(2))
    found = measured(METRICS[name], p, t, sorted(cuts))
    np.testing.assert_allclose(found, by_definition(name, p, t), rtol=1e-10)


def test_r2_survives_targets_far_from_zero() -> None:
    t = 1e9 + np.arange(100.0)
    p = t + np.tile([0.5, -0.5], 50)
    np.testing.assert_allclose(measured(r2, p, t, [7, 50]), by_definition("r2", p, t), rtol=1e-6)


def test_r2_of_equal_targets_is_no_number() -> None:
    assert np.isnan(measured(r2, np.arange(3.0), np.ones(3), []))


@pytest.mark.parametrize(
    ("prediction", "target", "wanted"),
    [
        ([[1, 2, 3], [3, 2, 1], [1, 3, 2], [9, 1, 1]], [2, 0, 1, 1], 0.75),
        ([[1, 2], [2, 1]], [[0.1, 0.9], [0.2, 0.8]], 0.5),
        ([1.5, -0.5, 0.1, -3.0], [1, 0, 0, 1], 0.5),
        ([[1.5], [-0.5]], [[1.0], [0.0]], 1.0),
        ([[[0, 1], [1, 0]]], [[1, 1]], 0.5),
    ],
)
def test_accuracy(prediction: Any, target: Any, wanted: float) -> None:
    assert measured(accuracy, np.array(prediction), np.array(target), []) == wanted


@pytest.mark.parametrize("cuts", [[1], [1, 2], [3]])
def test_accuracy_over_uneven_batches(cuts: list[int]) -> None:
    prediction, target = np.eye(4)[[0, 1, 2, 2]], np.arange(4)
    assert measured(accuracy, prediction, target, cuts) == 0.75


@pytest.mark.parametrize("shapes", [((4, 1), (4,)), ((4,), (4, 1)), ((4, 2), (3,))])
@pytest.mark.parametrize("name", ["mse", "rmse", "mae", "r2"])
def test_nothing_is_broadcast(name: str, shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ShapeError, match="compares equal shapes"):
        METRICS[name].totals(*map(np.zeros, shapes))


@pytest.mark.parametrize("shapes", [((4,), (4, 1)), ((4, 2), (3,)), ((4, 2), (4, 3))])
def test_accuracy_needs_fitting_shapes(shapes: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ShapeError, match="accuracy compares logits"):
        accuracy.totals(*map(np.zeros, shapes))


def test_nothing_added_is_no_number() -> None:
    assert np.isnan(Running(accuracy).value())


def test_names_become_metrics() -> None:
    own = Metric("half", lambda p, t: np.array([len(p), 2 * len(t)]), lambda n: float(n[0] / n[1]))
    assert as_metrics(["mae", own]) == (METRICS["mae"], own)
    assert measured(own, np.zeros(4), np.zeros(4), [1]) == 0.5


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        (["acuracy"], "no metric is called 'acuracy'; did you mean 'accuracy'?"),
        (["zzz"], r"no metric is called 'zzz' \(known: accuracy, .*, mae, mape, r2\)"),
        ("accuracy", r"write metrics=\['accuracy'\]"),
        (["mae", "mae"], "two numbers of the history would be called 'mae'"),
    ],
)
def test_what_is_no_list_of_metrics_is_refused(metrics: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        as_metrics(metrics)
