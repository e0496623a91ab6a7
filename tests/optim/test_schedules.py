"""Schedules: against PyTorch's recorded rates, against plain formulas, and after their end."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.interpret import Interpreter
from chainrule.build.record import record
from chainrule.build.tensor import Spec
from chainrule.errors import OptionError
from chainrule.optim import (
    Constant,
    Cosine,
    CosineRestarts,
    Cyclic,
    Exponential,
    InverseSquareRoot,
    LinearWarmup,
    MultiStep,
    OneCycle,
    Polynomial,
    Product,
    Schedule,
    StepDecay,
    Then,
)
from tests.optim.problems import SCHEDULES

RECORDED: dict[str, Any] = SCHEDULES["schedules"]
TORCH: dict[str, Schedule] = {
    "step": StepDecay(0.5, every=7, factor=0.3),
    "multi-step": MultiStep(0.5, [5, 20, 21], factor=0.5),
    "exponential": Exponential(0.5, 0.9),
    "cosine": Cosine(0.5, 40, final=0.01),
    "restarts": CosineRestarts(0.5, 13, final=0.02),
    "growing restarts": CosineRestarts(0.5, 3, growth=3),
    "warm-up": LinearWarmup(0.5, 12, start=0.1),
    "polynomial": Polynomial(0.5, 40, power=1.7),
    "constant": Constant(0.125).then(Constant(0.5), at=7),
    "cyclic": Cyclic(0.1, 0.7, up=7, down=4),
    "cyclic halved": Cyclic(0.1, 0.7, up=6, shrink=0.5),
    "cyclic exponential": Cyclic(0.1, 0.7, up=6, shrink=0.97, each_step=True),
    "inverse root": InverseSquareRoot(0.5, warm_up=10),
    "chained": LinearWarmup(0.5, 8, start=0.125) * Exponential(1.0, 0.9),
    "sequential": LinearWarmup(0.5, 8, start=0.125).then(Cosine(0.5, 30), at=8),
    "one-cycle": OneCycle(0.7, 50),
    "one-cycle linear": OneCycle(
        0.7, 50, warm_up=0.45, divide=10.0, final_divide=100.0, shape="linear"
    ),
    "one-cycle three phases": OneCycle(0.7, 50, warm_up=0.4, three_phases=True),
}


def half_cosine(start: float, end: float, part: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2


def restarted(t: int) -> float:
    begin, length = 0, 5
    while t >= begin + length:
        begin, length = begin + length, length * 2
    return half_cosine(0.5, 0.1, (t - begin) / length)


def one_cycle(t: int) -> float:
    """Up in 8 steps from 0.1 to 1, down in 11 to 0.01."""
    return half_cosine(0.1, 1.0, t / 8) if t <= 8 else half_cosine(1.0, 0.01, min(t - 8, 11) / 11)


FORMULAS: list[tuple[Schedule, Callable[[int], float]]] = [
    (Constant(0.3), lambda _: 0.3),
    (StepDecay(0.5, every=4, factor=0.3), lambda t: 0.5 * 0.3 ** (t // 4)),
    (MultiStep(0.5, (3, 9, 10), 0.2), lambda t: 0.5 * 0.2 ** bisect_right([3, 9, 10], t)),
    (Exponential(0.5, 0.7, every=3), lambda t: 0.5 * 0.7 ** (t / 3)),
    (Polynomial(0.5, 20, 1.5, 0.1), lambda t: 0.1 + 0.4 * (1 - min(t, 20) / 20) ** 1.5),
    (LinearWarmup(0.5, 10, start=0.1), lambda t: 0.1 + 0.4 * min(t, 10) / 10),
    (Cosine(0.5, 20, final=0.1), lambda t: half_cosine(0.5, 0.1, min(t, 20) / 20)),
    (CosineRestarts(0.5, 7, final=0.1), lambda t: half_cosine(0.5, 0.1, (t % 7) / 7)),
    (CosineRestarts(0.5, 5, growth=2, final=0.1), restarted),
    (OneCycle(1.0, 20, warm_up=0.45, divide=10, final_divide=10), one_cycle),
    (InverseSquareRoot(0.5), lambda t: 0.5 / math.sqrt(t + 1)),
    (Cyclic(0.1, 0.4, up=3, down=2), lambda t: 0.1 + 0.3 * [0, 1 / 3, 2 / 3, 1, 0.5][t % 5]),
    (0.5 * Exponential(0.5, 0.7), lambda t: 0.25 * 0.7**t),
    (Exponential(0.5, 0.7) * Constant(0.5), lambda t: 0.25 * 0.7**t),
    (
        Constant(0.5).then(StepDecay(1.0, 3), at=4),
        lambda t: 0.5 if t < 4 else 0.1 ** ((t - 4) // 3),
    ),
]


@pytest.mark.parametrize("name", RECORDED)
def test_pytorch(name: str) -> None:
    expected = RECORDED[name]["rates"]
    found = [float(TORCH[name](step)) for step in range(len(expected))]
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize(("schedule", "formula"), FORMULAS)
def test_formulas(schedule: Schedule, formula: Callable[[int], float]) -> None:
    expected = [formula(t) for t in range(60)]
    np.testing.assert_allclose(np.asarray(schedule(range(60))), expected, rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("schedule", [schedule for schedule, _ in FORMULAS])
def test_one_recording_serves_all_steps(schedule: Schedule) -> None:
    program = Interpreter(record(schedule, [Spec((), np.dtype(np.int64))]).graph)
    steps = [np.int64(step) for step in (0, 1, 7, 13, 1_000_000)]
    recorded = [float(program([np.asarray(step)])[0]) for step in steps]
    assert recorded == [float(schedule(step)) for step in steps]


@pytest.mark.parametrize("schedule", [schedule for schedule, _ in FORMULAS])
def test_rates_are_float64_of_the_steps_shape(schedule: Schedule) -> None:
    assert schedule(3).spec == Spec((), np.dtype(np.float64))
    assert schedule([[1, 2, 3]]).spec == Spec((1, 3), np.dtype(np.float64))


@given(steps=st.integers(2, 10), growth=st.integers(2, 4), cycle=st.integers(0, 20))
def test_each_cycle_begins_on_its_step(steps: int, growth: int, cycle: int) -> None:
    begin = steps * (growth**cycle - 1) // (growth - 1)
    schedule = CosineRestarts(1.0, steps, growth)
    assert float(schedule(begin)) == 1.0
    assert cycle == 0 or float(schedule(begin - 1)) < 1.0


@given(
    rate=st.floats(1e-6, 10.0),
    steps=st.integers(1, 500),
    at=st.integers(0, 1000),
    final=st.floats(0.0, 1e-6),
)
def test_what_goes_down_stays_between_its_ends(
    rate: float, steps: int, at: int, final: float
) -> None:
    for schedule in (Cosine(rate, steps, final), Polynomial(rate, steps, 2.0, final)):
        assert final * (1 - 1e-12) <= float(schedule(at)) <= rate * (1 + 1e-12)
        assert float(schedule(steps)) == float(schedule(steps + at)) == final


def test_warm_up_then_cosine_joins_without_a_jump() -> None:
    schedule = LinearWarmup(0.5, steps=10).then(Cosine(0.5, steps=90), at=10)
    rates = np.asarray(schedule(range(101)))
    assert rates[0] == 0.0
    assert rates[10] == rates.max() == 0.5
    assert rates[100] == 0.0
    assert np.abs(np.diff(rates)).max() <= 0.05 + 1e-12


def test_three_after_one_another() -> None:
    schedule = Constant(1.0).then(Constant(2.0), at=2).then(Constant(3.0), at=5)
    assert np.asarray(schedule(range(7))).tolist() == [1, 1, 2, 2, 2, 3, 3]


def test_equal_schedules_are_equal() -> None:
    assert Cosine(0.5, 10) == Cosine(0.5, 10)
    assert Cosine(0.5, 10) != Cosine(0.5, 11)
    assert MultiStep(0.5, [3, 4]) == MultiStep(0.5, (3, 4))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Constant(-0.1), "rate must not be negative, got -0.1"),
        (lambda: Constant(math.nan), "rate must be a finite number"),
        (lambda: StepDecay(0.1, every=0), "every must be a whole number of at least 1, got 0"),
        (lambda: StepDecay(0.1, every=2.5), "every must be a whole number"),  # type: ignore[arg-type]
        (lambda: StepDecay(0.1, every=2, factor=0.0), "factor must be greater than 0, got 0.0"),
        (lambda: MultiStep(0.1, [5, 3]), r"milestones must rise, got \(5, 3\)"),
        (lambda: MultiStep(0.1, [3, 3]), "milestones must rise"),
        (lambda: MultiStep(0.1, [0]), "milestones must be a whole number of at least 1, got 0"),
        (lambda: MultiStep(0.1, 5), "milestones must be a list"),  # type: ignore[arg-type]
        (lambda: Exponential(0.1, -1.0), "factor must be greater than 0, got -1.0"),
        (lambda: Polynomial(0.1, 10, power=0.0), "power must be greater than 0"),
        (lambda: Polynomial(0.1, True), "steps must be a whole number of at least 1, got True"),
        (lambda: Cosine(0.1, 10, final=-1.0), "final must not be negative"),
        (lambda: CosineRestarts(0.1, 10, growth=0), "growth must be a whole number"),
        (lambda: InverseSquareRoot(0.1, 0), "warm_up must be a whole number of at least 1, got 0"),
        (lambda: Cyclic(0.2, 0.1), "high=0.1 is less than low=0.2"),
        (lambda: Cyclic(0.1, 0.2, up=0), "up must be a whole number of at least 1, got 0"),
        (lambda: Cyclic(0.1, 0.2, shrink=0.0), "shrink must be greater than 0, got 0.0"),
        (lambda: Constant(0.1) * -1.0, "rate must not be negative, got -1.0"),
        (lambda: Product(Constant(0.1), 0.1), "a product is of schedules, got 0.1"),  # type: ignore[arg-type]
        (lambda: LinearWarmup(0.1, 0), "steps must be a whole number of at least 1, got 0"),
        (lambda: OneCycle(0.0, 10), "peak must be greater than 0"),
        (lambda: OneCycle(0.1, 10, shape="cubic"), "shape must be 'cosine' or 'linear'"),
        (
            lambda: OneCycle(0.1, 10, warm_up=0.1),
            "warm_up=0.1 of 10 steps leaves a phase without a",
        ),
        (
            lambda: OneCycle(0.1, 10, warm_up=1.0),
            "warm_up=1.0 of 10 steps leaves a phase without a",
        ),
        (
            lambda: OneCycle(0.1, 10, warm_up=0.6, three_phases=True),
            "warm_up=0.6 of 10 steps leaves",
        ),
        (lambda: Constant(0.1).then(0.2, at=3), r"write Constant\(0.1\)"),  # type: ignore[arg-type]
        (lambda: Then(Constant(0.1), Constant(0.2), at=0), "at must be a whole number"),
    ],
)
def test_bad_arguments(make: Callable[[], Schedule], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make()
