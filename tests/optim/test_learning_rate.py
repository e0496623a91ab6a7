"""The learning rate: a number that can be changed, or a schedule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.errors import OptionError, ShapeError
from chainrule.optim import SGD, Constant, StepDecay
from tests.optim.makers import number, scalar


def test_a_new_rate_takes_effect() -> None:
    x = scalar()
    optimizer = SGD([x], 0.25)
    assert optimizer.learning_rate == 0.25
    optimizer.learning_rate = 0.5
    assert optimizer.rate() == 0.5
    optimizer.step({x: number(1.0)})
    assert float(x) == 0.5


def test_a_schedule_gives_the_rate_of_the_next_step() -> None:
    x = scalar(0.0)
    optimizer = SGD([x], StepDecay(1.0, every=2, factor=0.5))
    rates, places = [], []
    for _ in range(5):
        rates.append(optimizer.rate())
        optimizer.step({x: number(-1.0)})
        places.append(float(x))
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.25]
    assert places == np.cumsum(rates).tolist()


def test_a_function_is_a_schedule() -> None:
    x = scalar(0.0)
    optimizer = SGD([x], lambda step: 1.0 / (1 + step))
    for _ in range(2):
        optimizer.step({x: number(-1.0)})
    assert float(x) == 1.5


def test_the_rate_of_a_function_has_all_digits() -> None:
    optimizer = SGD([scalar()], lambda step: 0.1 / (3 + step))
    assert optimizer.rate() == 0.1 / 3
    optimizer.learning_rate = lambda _: 0.1
    assert optimizer.rate() == 0.1


def test_rate_and_schedule_replace_each_other() -> None:
    optimizer = SGD([scalar()], 0.25)
    optimizer.learning_rate = Constant(0.5)
    assert optimizer.learning_rate == Constant(0.5)
    assert optimizer.rate() == 0.5
    optimizer.learning_rate = 0.125
    assert optimizer.rate() == 0.125


def test_a_schedule_gives_one_number() -> None:
    optimizer = SGD([scalar()], lambda _: [0.1, 0.2])
    with pytest.raises(ShapeError, match=r"learning rate of the schedule has shape \(2,\)"):
        optimizer.rate()


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf"), "0.1", None, True])
def test_bad_rates(rate: Any) -> None:
    with pytest.raises(OptionError, match="learning_rate must"):
        SGD([scalar()], rate)
    optimizer = SGD([scalar()], 0.25)
    with pytest.raises(OptionError, match="learning_rate must"):
        optimizer.learning_rate = rate
    assert optimizer.rate() == 0.25
