"""Reduce on plateau: against PyTorch, and by hand where its rule makes no sense."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from chainrule.build.record import record
from chainrule.build.variable import Variable
from chainrule.errors import OptionError, ValueUnknownError
from chainrule.optim import SGD, Constant, Plateau
from chainrule.optim.schedules.plateau import plateaus
from tests.optim.problems import SCHEDULES

METRICS: list[float] = SCHEDULES["metrics"]["observed"]
RECORDED: dict[str, Any] = SCHEDULES["plateaus"]
TORCH: dict[str, dict[str, Any]] = {
    "relative": {"factor": 0.5, "patience": 2},
    "absolute": {"factor": 0.3, "patience": 1, "relative": False, "threshold": 0.05},
    "cooldown": {"factor": 0.5, "patience": 0, "cooldown": 3, "minimum": 0.01},
    "max": {"factor": 0.5, "patience": 3, "mode": "max"},
}


def rates(plateau: Plateau, metrics: list[float]) -> list[float]:
    found = []
    for metric in metrics:
        plateau.observe(metric)
        found.append(float(plateau(0)))
    return found


@pytest.mark.parametrize("name", RECORDED)
def test_pytorch(name: str) -> None:
    found = rates(Plateau(0.5, **TORCH[name]), METRICS)
    np.testing.assert_allclose(found, RECORDED[name]["rates"], rtol=1e-12)
    assert len(set(found)) > 2


def test_below_zero_standing_still_is_no_progress() -> None:
    assert rates(Plateau(1.0, factor=0.5, patience=1), [-1.0] * 3) == [1.0, 1.0, 0.5]


def test_below_zero_going_down_is_progress() -> None:
    assert rates(Plateau(1.0, patience=0), [-1.0, -1.1, -1.2]) == [1.0] * 3


def test_it_never_falls_below_the_minimum() -> None:
    assert rates(Plateau(1.0, factor=0.1, patience=0, minimum=0.05), [1.0] * 4)[-1] == 0.05


def test_nan_is_no_progress() -> None:
    assert rates(Plateau(1.0, factor=0.5, patience=0), [math.nan, 2.0]) == [0.5, 0.5]


def test_the_optimizer_passes_observations_on() -> None:
    schedule = Constant(0.5).then(Plateau(1.0, factor=0.5, patience=0), at=1)
    x = Variable(1.0, trainable=True)
    optimizer = SGD([x], schedule)
    optimizer.step({x: x * 0.0})
    assert optimizer.rate() == 1.0
    optimizer.observe(3.0)
    optimizer.observe(3.0)
    assert optimizer.rate() == 0.5


def test_observing_without_a_plateau_does_nothing() -> None:
    optimizer = SGD([Variable(1.0, trainable=True)], 0.25)
    optimizer.observe(3.0)
    assert optimizer.rate() == 0.25


def test_its_variables_are_the_optimizers() -> None:
    optimizer = SGD([Variable(1.0, trainable=True)], Plateau(0.5))
    names = {"step", "schedule.rate", "schedule.best", "schedule.stale", "schedule.cooling"}
    assert {name for name, _ in optimizer.named_variables()} == names


def test_a_saved_plateau_goes_on() -> None:
    def make() -> SGD:
        return SGD([Variable(1.0, trainable=True)], Plateau(1.0, factor=0.5, patience=1))

    first, second = make(), make()
    first.observe(3.0)
    first.observe(3.0)
    second.load_state(first.state())
    second.observe(3.0)
    assert second.rate() == 0.5


def test_plateaus_are_found_wherever_they_are() -> None:
    inner = Plateau(0.5)
    joined = Constant(0.1).then(inner, at=3).then(Constant(0.2), at=9)
    assert plateaus(joined) == {"schedule.first.second": inner}
    assert plateaus(None) == plateaus(lambda t: t) == {}


def test_it_cannot_observe_inside_a_recording() -> None:
    plateau = Plateau(0.5)
    with pytest.raises(ValueUnknownError):
        record(lambda: plateau.observe(1.0), [])
    assert float(plateau(0)) == 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rate": -1.0}, "rate must not be negative"),
        ({"factor": 0.0}, "factor must be greater than 0"),
        ({"factor": 1.0}, "factor must be less than 1"),
        ({"patience": -1}, "patience must be a whole number of at least 0"),
        ({"threshold": -0.1}, "threshold must not be negative"),
        ({"cooldown": 1.5}, "cooldown must be a whole number"),
        ({"minimum": -0.1}, "minimum must not be negative"),
        ({"mode": "lowest"}, "mode must be 'min' or 'max', got 'lowest'"),
    ],
)
def test_bad_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Plateau(**{"rate": 0.1, **options})


@pytest.mark.parametrize("metric", ["good", None, [1.0, 2.0]])
def test_a_metric_is_a_number(metric: Any) -> None:
    with pytest.raises(OptionError, match=r"observe\(\) takes a number"):
        Plateau(0.1).observe(metric)
