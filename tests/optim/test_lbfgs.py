"""L-BFGS: PyTorch's path, known minima, and where there is no way down."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.build.variable import Variable
from chainrule.errors import ChainruleError, OptionError
from chainrule.optim import LBFGS
from tests.optim.problems import TRAJECTORIES, flat, loss, variables

RECORDED: dict[str, Any] = TRAJECTORIES["lbfgs"]


@pytest.mark.parametrize("problem", RECORDED)
def test_pytorch(problem: str) -> None:
    expected, at = RECORDED[problem]["losses"], variables(problem)
    optimizer = LBFGS(at, history=3)
    found = optimizer.minimize(
        lambda: loss(problem, at), steps=len(expected), gradient_tolerance=0, change_tolerance=0
    )
    np.testing.assert_allclose(found.losses[: len(expected)], expected, rtol=1e-10, atol=1e-18)
    end = flat({name: np.array(value) for name, value in RECORDED[problem]["end"].items()})
    np.testing.assert_allclose(flat({n: np.array(v) for n, v in at.items()}), end, rtol=1e-10)


def rosenbrock(x: Any) -> Any:
    return cr.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def beale(x: Any) -> Any:
    a, b = x[0], x[1]
    return (1.5 - a + a * b) ** 2 + (2.25 - a + a * b**2) ** 2 + (2.625 - a + a * b**3) ** 2


def powell(x: Any) -> Any:
    a, b, c, d = x[0], x[1], x[2], x[3]
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


def wood(x: Any) -> Any:
    a, b, c, d = x[0], x[1], x[2], x[3]
    first = 100 * (b - a**2) ** 2 + (1 - a) ** 2 + 90 * (d - c**2) ** 2 + (1 - c) ** 2
    return first + 10 * (b + d - 2) ** 2 + (b - d) ** 2 / 10


# Moré, Garbow, Hillstrom 1981, from their starting points: function, start, minimum, tolerances of
# the gradient and of x.
KNOWN: dict[str, tuple[Callable[[Any], Any], list[float], list[float], float, float]] = {
    "rosenbrock": (rosenbrock, [-1.2, 1.0], [1.0, 1.0], 1e-9, 1e-8),
    "rosenbrock of ten": (rosenbrock, [-1.2, 1.0] * 5, [1.0] * 10, 1e-9, 1e-8),
    "beale": (beale, [1.0, 1.0], [3.0, 0.5], 1e-9, 1e-8),
    "wood": (wood, [-3.0, -1.0, -3.0, -1.0], [1.0] * 4, 1e-9, 1e-8),
    # The Hessian is singular at the minimum: a gradient of 1e-6 leaves x at some 1e-3.
    "powell": (powell, [3.0, -1.0, 0.0, 1.0], [0.0] * 4, 1e-6, 5e-3),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_minima(name: str) -> None:
    function, start, end, tolerance, precision = KNOWN[name]
    x = Variable(np.array(start), trainable=True)
    found = LBFGS([x]).minimize(
        lambda: function(x * 1.0), steps=200, gradient_tolerance=tolerance, change_tolerance=0
    )
    assert found.converged
    np.testing.assert_allclose(np.asarray(x), end, rtol=0, atol=precision)
    assert found.evaluations < 1.5 * found.steps + 10


# NIST's nonlinear regression DanWood: energy radiated, temperature, and the certified parameters.
ENERGY = np.array([2.138, 3.421, 3.597, 4.340, 4.882, 5.660])
TEMPERATURE = np.array([1.309, 1.471, 1.490, 1.565, 1.611, 1.680])
CERTIFIED, SQUARES = [7.6886226176e-01, 3.8604055871], 4.3173084083e-03


@pytest.mark.parametrize("start", [[1.0, 5.0], [0.7, 4.0]])
def test_a_certified_regression(start: list[float]) -> None:
    b = Variable(np.array(start), trainable=True)
    found = LBFGS([b]).minimize(
        lambda: cr.sum((b[0] * TEMPERATURE ** b[1] - ENERGY) ** 2),
        gradient_tolerance=1e-10,
        change_tolerance=0,
    )
    assert found.loss == pytest.approx(SQUARES, rel=1e-10)
    np.testing.assert_allclose(np.asarray(b), CERTIFIED, rtol=1e-8)


def test_a_model_of_float32() -> None:
    cr.seed(0)
    x = np.linspace(-1, 1, 40, dtype=np.float32).reshape(-1, 1)
    model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
    found = LBFGS(model).minimize(lambda: nn.mse(model(x), np.sin(3 * x)), steps=200)
    assert found.loss < 1e-4
    assert found.losses[0] > 0.1
    assert float(nn.mse(model(x), np.sin(3 * x))) == pytest.approx(found.loss, rel=1e-3)


def test_it_ends_when_the_steps_are_done() -> None:
    at = variables("rosenbrock")
    found = LBFGS(at).minimize(lambda: loss("rosenbrock", at), steps=3)
    assert (found.converged, found.reason, found.steps) == (False, "all steps done", 3)
    assert float(loss("rosenbrock", at)) == found.loss == found.losses[-1]


def test_it_ends_at_once_at_a_minimum() -> None:
    x = Variable(np.zeros(3), trainable=True)
    found = LBFGS([x]).minimize(lambda: cr.sum(x**2))
    assert (found.steps, found.evaluations, found.converged) == (0, 1, True)
    assert found.reason == "no element of the gradient is larger than 1e-07"


def test_a_step_into_no_number_is_taken_back() -> None:
    x = Variable(np.float64(3.0), trainable=True)
    LBFGS([x], learning_rate=4.0).minimize(lambda: x - cr.log(x))
    assert float(x) == pytest.approx(1.0, abs=1e-6)


def test_what_the_loss_does_not_depend_on_stays() -> None:
    x, y = (Variable(np.float64(2.0), trainable=True, name=name) for name in "xy")
    LBFGS([x, y]).minimize(lambda: x * x)
    assert float(x) == pytest.approx(0.0, abs=1e-6)
    assert float(y) == 2.0


def test_a_start_without_a_loss() -> None:
    x = Variable(np.float64(-1.0), trainable=True)
    with (
        pytest.raises(ChainruleError, match="starts where the loss is nan"),
        np.errstate(all="ignore"),
    ):
        LBFGS([x]).minimize(lambda: cr.log(x))
    assert float(x) == -1.0


def test_an_error_leaves_the_last_point() -> None:
    x = Variable(np.float64(2.0), trainable=True)
    with pytest.raises(OptionError, match="empty tuple"):
        LBFGS([x]).minimize(lambda: ())
    assert float(x) == 2.0


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        ({"history": 0}, {}, "history must be a whole number of at least 1"),
        ({"learning_rate": 0.0}, {}, "learning_rate must be greater than 0"),
        ({}, {"steps": 0}, "steps must be a whole number of at least 1"),
        ({}, {"gradient_tolerance": -1.0}, "gradient_tolerance must not be negative"),
        ({}, {"change_tolerance": math.nan}, "change_tolerance must be a finite number"),
    ],
)
def test_bad_arguments(make: Any, options: Any, message: str) -> None:
    x = Variable(np.float64(2.0), trainable=True)
    with pytest.raises(OptionError, match=message):
        LBFGS([x], **make).minimize(lambda: x * x, **options)
