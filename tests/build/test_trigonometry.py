"""Circular and hyperbolic functions: digits, special values, derivatives also far out."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions.arithmetic import hypot
from chainrule.build.functions.trigonometry import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    sin,
    sinc,
    sinh,
    tan,
    tanh,
)
from chainrule.derive.grad import grad
from tests.build.exactness import Function, check, check_special, exact, numbers

INF = math.inf
NAN = math.nan
PI = math.pi

FUNCTIONS: dict[str, tuple[Function, Function, float, float]] = {
    "sin": (sin, mpmath.sin, -30, 30),
    "cos": (cos, mpmath.cos, -30, 30),
    "tan": (tan, mpmath.tan, -30, 30),
    "asin": (asin, mpmath.asin, -0.999, 0.999),
    "acos": (acos, mpmath.acos, -0.999, 0.999),
    "atan": (atan, mpmath.atan, -1e9, 1e9),
    "sinh": (sinh, mpmath.sinh, -80, 80),
    "cosh": (cosh, mpmath.cosh, -80, 80),
    "tanh": (tanh, mpmath.tanh, -80, 80),
    "asinh": (asinh, mpmath.asinh, -1e9, 1e9),
    "acosh": (acosh, mpmath.acosh, 1.001, 1e9),
    "atanh": (atanh, mpmath.atanh, -0.999, 0.999),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_values(name: str, data: st.DataObject) -> None:
    function, judge, low, high = FUNCTIONS[name]
    check(function, judge, (data.draw(numbers(low, high)),), ulps=4)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_derivatives(name: str, data: st.DataObject) -> None:
    function, judge, low, high = FUNCTIONS[name]
    point = (data.draw(numbers(low, high)),)
    # 1 − y² of tanh has the digits of 1, not those of its own size.
    check(function, judge, point, 8, (1,), scale=1.0 if name == "tanh" else 0.0)
    first = abs(exact(judge, point, (1,)))
    check(function, judge, point, 32, (2,), scale=max(first, float(name == "tanh")))


@given(x=numbers(-30, 30))
def test_the_cardinal_sine(x: float) -> None:
    # sin(πx) has the digits of π·x in float64, which show where it is close to zero.
    scale = min(1.0, 1 / abs(x)) if x else 1.0
    check(sinc, mpmath.sincpi, (x,), 4, scale=scale)
    check(sinc, mpmath.sincpi, (x,), 32, (1,), scale=scale)
    check(sinc, mpmath.sincpi, (x,), 64, (2,), scale=scale)


def test_the_cardinal_sine_is_zero_at_integers() -> None:
    whole = np.array([-1e15, -2.0, 1.0, 3.0, 12345.0])
    assert not np.any(sinc(whole).known())


@pytest.mark.parametrize("x", [1e-30, 1e-8, 1e-4, 1e-2])
def test_the_cardinal_sine_is_smooth_at_zero(x: float) -> None:
    assert grad(sinc)(np.array(x)).item() == pytest.approx(-(PI**2) * x / 3, rel=1e-3)
    assert grad(grad(sinc))(np.array(x)).item() == pytest.approx(-(PI**2) / 3, rel=1e-3)
    assert grad(grad(sinc))(np.array(0.0)).item() == pytest.approx(-(PI**2) / 3, rel=1e-14)


@given(a=numbers(-1e9, 1e9), b=numbers(-1e9, 1e9))
def test_the_length_and_the_angle_of_a_point(a: float, b: float) -> None:
    a, b = a + 0.0, b + 0.0  # mpmath has no −0; the angles there are below
    check(hypot, mpmath.hypot, (a, b), 2)
    check(atan2, mpmath.atan2, (a, b), 4)
    if abs(a) > 1e-9 and abs(b) > 1e-9:
        for orders in (1, 0), (0, 1):
            check(hypot, lambda a, b: mpmath.sqrt(a * a + b * b), (a, b), 8, orders)
            check(atan2, mpmath.atan2, (a, b), 8, orders)


# Where a square would overflow, in float64; the second numbers are the slopes.
@pytest.mark.parametrize(
    ("function", "point", "slopes"),
    [
        (asinh, (1e200,), (1e-200,)),
        (acosh, (1e200,), (1e-200,)),
        (atan, (1e200,), (0.0,)),
        (hypot, (3e200, 4e200), (0.6, 0.8)),
        (hypot, (3e-200, 4e-200), (0.6, 0.8)),
        (atan2, (3e200, 4e200), (1.6e-201, -1.2e-201)),
        (atan2, (3e-200, 4e-200), (1.6e199, -1.2e199)),
        (tanh, (800.0,), (0.0,)),
    ],
)
def test_slopes_far_out(
    function: Function, point: tuple[float, ...], slopes: tuple[float, ...]
) -> None:
    found = grad(function, range(len(point)))(*map(np.array, point))
    assert [g.item() for g in found] == pytest.approx(slopes, rel=1e-14)


@given(x=st.floats(1e-4, 0.9999))
def test_slopes_of_inverse_functions_are_reciprocal(x: float) -> None:
    for function, inverse in (sin, asin), (tan, atan), (sinh, asinh), (tanh, atanh):
        y = function(np.array(x))
        assert (grad(function)(np.array(x)) * grad(inverse)(y)).item() == pytest.approx(1, 1e-12)


# The Array API standard (2024.12), "special cases" of each function.
@pytest.mark.parametrize(
    ("function", "point", "expected"),
    [
        *((function, NAN, NAN) for function, *_ in FUNCTIONS.values()),
        *((function, -0.0, -0.0) for function in (sin, tan, asin, atan, sinh, tanh, asinh, atanh)),
        *((function, 0.0, 0.0) for function in (sin, tan, asin, atan, sinh, tanh, asinh, atanh)),
        *((function, INF, NAN) for function in (sin, cos, tan, asin, acos, atanh)),
        *((function, -INF, NAN) for function in (sin, cos, tan, asin, acos, atanh, acosh)),
        (cos, 0.0, 1.0),
        (cos, -0.0, 1.0),
        (asin, 2.0, NAN),
        (asin, -2.0, NAN),
        (acos, 2.0, NAN),
        (acos, -2.0, NAN),
        (acos, 1.0, 0.0),
        (atan, INF, PI / 2),
        (atan, -INF, -PI / 2),
        (sinh, INF, INF),
        (sinh, -INF, -INF),
        (cosh, 0.0, 1.0),
        (cosh, -0.0, 1.0),
        (cosh, INF, INF),
        (cosh, -INF, INF),
        (tanh, INF, 1.0),
        (tanh, -INF, -1.0),
        (asinh, INF, INF),
        (asinh, -INF, -INF),
        (acosh, 0.5, NAN),
        (acosh, 1.0, 0.0),
        (acosh, INF, INF),
        (atanh, 2.0, NAN),
        (atanh, -2.0, NAN),
        (atanh, 1.0, INF),
        (atanh, -1.0, -INF),
        (sinc, 0.0, 1.0),
        (sinc, -0.0, 1.0),
        (sinc, NAN, NAN),
    ],
)
def test_special_values(function: Function, point: float, expected: float) -> None:
    check_special(function, (point,), expected)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (NAN, 1.0, NAN),
        (1.0, NAN, NAN),
        (1.0, 0.0, PI / 2),
        (1.0, -0.0, PI / 2),
        (0.0, 1.0, 0.0),
        (0.0, 0.0, 0.0),
        (0.0, -0.0, PI),
        (0.0, -1.0, PI),
        (-0.0, 1.0, -0.0),
        (-0.0, 0.0, -0.0),
        (-0.0, -0.0, -PI),
        (-0.0, -1.0, -PI),
        (-1.0, 0.0, -PI / 2),
        (-1.0, -0.0, -PI / 2),
        (1.0, INF, 0.0),
        (1.0, -INF, PI),
        (-1.0, INF, -0.0),
        (-1.0, -INF, -PI),
        (INF, 1.0, PI / 2),
        (-INF, 1.0, -PI / 2),
        (INF, INF, PI / 4),
        (INF, -INF, 3 * PI / 4),
        (-INF, INF, -PI / 4),
        (-INF, -INF, -3 * PI / 4),
    ],
)
def test_special_angles(a: float, b: float, expected: float) -> None:
    check_special(atan2, (a, b), expected)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (INF, NAN, INF),
        (-INF, NAN, INF),
        (NAN, INF, INF),
        (NAN, -INF, INF),
        (NAN, 1.0, NAN),
        (1.0, NAN, NAN),
        (0.0, -0.0, 0.0),
        (-3.0, 4.0, 5.0),
    ],
)
def test_special_lengths(a: float, b: float, expected: float) -> None:
    check_special(hypot, (a, b), expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_integers_are_taken_as_single(name: str) -> None:
    assert FUNCTIONS[name][0](np.array([1, 1])).dtype == "float32"
