"""Averages of the weights: PyTorch's numbers, the weights given and taken back, and states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim import ASGD, EMA, SGD, SWA, Adam, ScheduleFreeAdamW
from chainrule.optim.averaging import Averages
from chainrule.run.compile import compile as compile_
from tests.optim.makers import scalar, values
from tests.optim.problems import PROBLEMS, TRAJECTORIES, flat, loss, variables

CASES: dict[str, Any] = TRAJECTORIES["averages"]
STEPS: list[int] = TRAJECTORIES["kept"]["steps"]
KINDS = {"ema": EMA, "swa": SWA}
MAKERS: dict[str, Any] = {
    "ema": lambda at: EMA(at, 0.9),
    "swa": lambda at: SWA(at, start=2, every=3),
}


def seen(averages: Averages, at: dict[str, Variable]) -> Any:
    with averages.applied():
        return flat({name: np.array(variable) for name, variable in at.items()})


@pytest.mark.parametrize("device", ["numpy", "native"])
@pytest.mark.parametrize("case", CASES)
def test_pytorch(case: str, device: str) -> None:
    at = variables("regression")
    optimizer = SGD(at, 0.1, momentum=0.5)
    average = KINDS[case](at, **CASES[case]["options"])

    def step() -> None:
        optimizer.step(loss("regression", at).backward())
        average.update()

    compiled = compile_(step, device=device)
    rows = []
    for _ in range(STEPS[-1]):
        compiled()
        rows.append(seen(average, at))
    recorded = [
        flat({name: np.array(CASES[case][name][row]) for name in at}) for row in range(len(STEPS))
    ]
    found = np.array(rows)[[step - 1 for step in STEPS]]
    np.testing.assert_allclose(found, recorded, rtol=1e-10, atol=0)


def test_the_equal_average_is_the_mean() -> None:
    x = scalar(0.0)
    average = SWA([x], start=3, every=2)
    for value in range(1, 12):
        x.assign(float(value))
        average.update()
    with average.applied():
        assert float(x) == np.mean([5, 7, 9, 11])


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_before_an_update_it_is_the_parameter(make: Any) -> None:
    x = scalar(3.0)
    with make([x]).applied():
        assert float(x) == 3.0


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_weights_come_back_on_an_error(make: Any) -> None:
    x = scalar(3.0)
    average = make([x])
    average.update()
    x.assign(4.0)

    def failing() -> None:
        with average.applied():
            assert float(x) != 4.0
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert float(x) == 4.0


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_saved_average_goes_on(make: Any) -> None:
    at, again = variables("logistic"), variables("logistic")
    average, resumed = make(at), make(again)
    optimizer = Adam(at, 0.1)
    for step in range(6):
        if step == 3:
            resumed.load_state(average.state())
        optimizer.step(loss("logistic", at).backward())
        average.update()
        if step >= 3:
            for name, variable in again.items():
                variable.assign(np.array(at[name]))
            resumed.update()
    np.testing.assert_equal(resumed.state(), average.state())


def test_a_foreign_state() -> None:
    with pytest.raises(OptionError, match="this is another average's state: missing"):
        EMA([scalar()]).load_state({})


def test_names_are_the_parameters() -> None:
    average = EMA({"layer.w": scalar(), "layer.b": scalar()})
    assert list(average.state()) == ["count", "layer.w.average", "layer.b.average"]


def test_averaged_descent_averages_from_its_start() -> None:
    x = scalar(0.0)
    optimizer = ASGD([x], 1.0, decay=0.0, start=2)
    for _ in range(6):
        optimizer.step((-x).backward())
    with optimizer.applied():
        assert float(x) == np.mean([4, 5, 6])
    assert float(x) == 6.0
    optimizer.update()
    assert float(x) == 6.0


def test_schedule_free_evaluates_between_its_points() -> None:
    at = variables("regression")
    optimizer = ScheduleFreeAdamW(at, 0.05)
    step = compile_(lambda: optimizer.descend(lambda: loss("regression", at)), device="numpy")
    for _ in range(300):
        step()
    before = values(at)
    inputs = np.c_[np.array(PROBLEMS["regression"]["inputs"]), np.ones(6)]
    _, squares, _, _ = np.linalg.lstsq(inputs, np.array(PROBLEMS["regression"]["targets"]))
    with optimizer.applied():
        assert values(at) != before
        assert float(loss("regression", at)) == pytest.approx(squares.sum() / 12, rel=0.01)
    assert values(at) == before


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x: EMA([x], 1.0), r"decay must lie in \[0, 1\), got 1.0"),
        (lambda x: SWA([x], start=-1), "start must be a whole number of at least 0"),
        (lambda x: SWA([x], every=0), "every must be a whole number of at least 1"),
        (lambda _: EMA([]), "at least one parameter"),
    ],
)
def test_bad_arguments(make: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make(scalar())
