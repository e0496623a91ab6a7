"""Derivatives of derivatives, each with respect to its own variable and no other."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.build.functions.arithmetic import pow, reciprocal, sqrt
from chainrule.build.functions.exponential import exp, log, sigmoid
from chainrule.build.functions.trigonometry import atan, cos, sin, sinh, tanh
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import constant
from chainrule.build.record import record
from chainrule.build.tensor import Tensor
from chainrule.derive.forward import jvp
from chainrule.derive.grad import grad

X = 0.7


def tanh_derivatives(x: float) -> list[float]:
    t = math.tanh(x)
    return [
        1 - t**2,
        -2 * t * (1 - t**2),
        -2 * (1 - t**2) * (1 - 3 * t**2),
        8 * t * (1 - t**2) * (2 - 3 * t**2),
    ]


def sigmoid_derivatives(x: float) -> list[float]:
    s = 1 / (1 + math.exp(-x))
    d = s * (1 - s)
    return [
        d,
        d * (1 - 2 * s),
        d * (1 - 6 * s + 6 * s**2),
        d * (1 - 2 * s) * (1 - 12 * s + 12 * s**2),
    ]


def atan_derivatives(x: float) -> list[float]:
    q = 1 + x * x
    return [1 / q, -2 * x / q**2, (6 * x * x - 2) / q**3, 24 * x * (1 - x * x) / q**4]


# function, and its derivatives of order 1 to 4 at x
CASES: dict[str, tuple[Callable[[Any], Any], Callable[[float], list[float]]]] = {
    "exp": (exp, lambda x: [math.exp(x)] * 4),
    "exp(2x)": (lambda x: exp(2.0 * x), lambda x: [2**n * math.exp(2 * x) for n in (1, 2, 3, 4)]),
    "log": (log, lambda x: [1 / x, -1 / x**2, 2 / x**3, -6 / x**4]),
    "sin": (sin, lambda x: [math.cos(x), -math.sin(x), -math.cos(x), math.sin(x)]),
    "sin·cos": (
        lambda x: sin(x) * cos(x),
        lambda x: [
            math.cos(2 * x),
            -2 * math.sin(2 * x),
            -4 * math.cos(2 * x),
            8 * math.sin(2 * x),
        ],
    ),
    "1/x": (reciprocal, lambda x: [-1 / x**2, 2 / x**3, -6 / x**4, 24 / x**5]),
    "division": (lambda x: 1.0 / x, lambda x: [-1 / x**2, 2 / x**3, -6 / x**4, 24 / x**5]),
    "x⁵": (lambda x: x**5, lambda x: [5 * x**4, 20 * x**3, 60 * x**2, 120 * x]),
    "x·x·x": (lambda x: x * x * x, lambda x: [3 * x**2, 6 * x, 6.0, 0.0]),
    "√x": (
        sqrt,
        lambda x: [x**-0.5 / 2, -(x**-1.5) / 4, 3 * x**-2.5 / 8, -15 * x**-3.5 / 16],
    ),
    "2ˣ": (lambda x: pow(2.0, x), lambda x: [math.log(2) ** n * 2**x for n in (1, 2, 3, 4)]),
    "sinh": (sinh, lambda x: [math.cosh(x), math.sinh(x)] * 2),
    "tanh": (tanh, tanh_derivatives),
    "sigmoid": (sigmoid, sigmoid_derivatives),
    "atan": (atan, atan_derivatives),
}


def repeated(transform: Callable[..., Any], function: Callable[..., Any], order: int) -> Any:
    for _ in range(order):
        function = transform(function)
    return function


def forward(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: jvp(function, (x,), (np.ones(()),))[1]


@pytest.mark.parametrize("transform", [grad, forward])
@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("name", CASES)
def test_orders_one_to_four(name: str, order: int, transform: Callable[..., Any]) -> None:
    function, derivatives = CASES[name]
    found = repeated(transform, function, order)(np.array(X))
    assert float(found) == pytest.approx(derivatives(X)[order - 1], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_reverse_over_forward_over_reverse(name: str) -> None:
    function, derivatives = CASES[name]
    found = grad(forward(grad(function)))(np.array(X))
    assert float(found) == pytest.approx(derivatives(X)[2], rel=1e-10)


@pytest.mark.parametrize("name", ["tanh", "√x", "x⁵"])
def test_a_recorded_third_derivative(name: str) -> None:
    function, derivatives = CASES[name]
    graph = record(repeated(grad, function, 3), [constant(np.array(X)).spec]).graph
    (found,) = Interpreter(graph)([np.array(X)])
    assert float(found) == pytest.approx(derivatives(X)[2], rel=1e-10)


# The inner derivative's variable and the outer's must not be taken for each other: Siskind and
# Pearlmutter, Perturbation confusion and referential transparency (IFL 2005).


@pytest.mark.parametrize("outer", [grad, forward])
@pytest.mark.parametrize("inner", [grad, forward])
def test_an_inner_derivative_of_a_sum_is_one(outer: Any, inner: Any) -> None:
    assert float(outer(lambda x: x * inner(lambda y: x + y)(np.array(1.0)))(np.array(1.0))) == 1.0


@pytest.mark.parametrize("outer", [grad, forward])
@pytest.mark.parametrize("inner", [grad, forward])
def test_an_inner_derivative_depends_on_the_outer_variable(outer: Any, inner: Any) -> None:
    found = outer(lambda x: inner(lambda y: x * x * y * y)(x))(np.array(3.0))
    assert float(found) == 6 * 3.0**2


@pytest.mark.parametrize("outer", [grad, forward])
@pytest.mark.parametrize("inner", [grad, forward])
def test_the_inner_variable_hides_the_outer_of_the_same_value(outer: Any, inner: Any) -> None:
    found = outer(lambda x: inner(lambda y: y * y * y)(x) + x * inner(lambda x: x * x)(x))(
        np.array(2.0)
    )
    assert float(found) == 6 * 2.0 + 4 * 2.0


def test_a_derivative_taken_inside_a_loop_over_itself() -> None:
    def minimum(start: Tensor) -> Any:
        x = start
        for _ in range(3):
            x = x - 0.1 * grad(lambda y: (y - start) ** 2 + y * y)(x)
        return x

    # x ← x − 0.1·(4x − 2s): each round 0.6·x + 0.2·s, linear in s
    assert float(grad(minimum)(np.array(2.0))) == pytest.approx(0.6**3 + 0.2 * (1 + 0.6 + 0.36))


def test_a_function_kept_from_an_outer_derivative_still_works() -> None:
    kept: list[Callable[..., Any]] = []

    def function(x: Tensor) -> Any:
        kept.append(lambda y: x * y)
        return x * x

    grad(function)(np.array(3.0))
    assert float(grad(kept[0])(np.array(5.0))) == 3.0
