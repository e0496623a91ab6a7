"""Exponentials and logarithms: digits, special values, derivatives of every order."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st

import chainrule as cr
from chainrule.build.functions.exponential import (
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    sigmoid,
)
from chainrule.derive.grad import grad
from tests.build.exactness import TYPES, Function, check, check_special, exact, numbers
from tests.build.families import check_derivatives, check_like

INF = math.inf
NAN = math.nan


def soft(a: Any, b: Any) -> Any:
    return mpmath.log(mpmath.exp(a) + mpmath.exp(b))


FUNCTIONS: dict[str, tuple[Function, Function, float, float]] = {
    "exp": (exp, mpmath.exp, -80, 80),
    "expm1": (expm1, mpmath.expm1, -80, 80),
    "exp2": (exp2, lambda x: mpmath.mpf(2) ** x, -100, 100),
    "log": (log, mpmath.log, 1e-9, 1e9),
    "log1p": (log1p, mpmath.log1p, -0.99, 1e9),
    "log2": (log2, lambda x: mpmath.log(x, 2), 1e-9, 1e9),
    "log10": (log10, lambda x: mpmath.log(x, 10), 1e-9, 1e9),
    "sigmoid": (sigmoid, lambda x: 1 / (1 + mpmath.exp(-x)), -80, 80),
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
    check(function, judge, point, 8, (1,))
    # The second goes through zero where the first does not.
    check(function, judge, point, 16, (2,), scale=abs(exact(judge, point, (1,))))


@given(a=numbers(-80, 80), b=numbers(-80, 80))
def test_the_logarithm_of_a_sum(a: float, b: float) -> None:
    check(logaddexp, soft, (a, b), 4)
    # A sigmoid of the rounded difference: a unit there for each unit in its size.
    ulps = 8 + abs(a - b)
    check(logaddexp, soft, (a, b), ulps, (1, 0))
    check(logaddexp, soft, (a, b), ulps, (0, 1))
    check(logaddexp, soft, (a, b), 2 * ulps, (1, 1))
    check(logaddexp, soft, (a, b), 2 * ulps, (2, 0))


def test_the_logarithm_of_a_sum_keeps_the_small_part() -> None:
    for dtype in TYPES:
        found = logaddexp(np.array(-20, dtype), np.array(0, dtype))
        assert found.item() == pytest.approx(2.0611536e-9, rel=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "slopes"),
    [
        (INF, 0.0, (1, 0)),
        (0.0, INF, (0, 1)),
        (-INF, 0.0, (0, 1)),
        (0.0, -INF, (1, 0)),
        (INF, -INF, (1, 0)),
        (INF, INF, (0.5, 0.5)),
        (-INF, -INF, (0, 0)),
        (NAN, 0.0, (NAN, NAN)),
    ],
)
def test_the_slopes_at_infinity(a: float, b: float, slopes: tuple[float, float]) -> None:
    found = grad(logaddexp, (0, 1))(np.array(a), np.array(b))
    np.testing.assert_array_equal(np.array([g.item() for g in found]), slopes)


@pytest.mark.parametrize("whole", range(-126, 128, 7))
def test_powers_of_two_are_exact(whole: int) -> None:
    check_special(exp2, (whole,), 2.0**whole)
    check_special(log2, (2.0**whole,), whole)


@pytest.mark.parametrize("whole", range(23))
def test_powers_of_ten_are_exact_in_double(whole: int) -> None:
    assert log10(np.array(10.0**whole)).item() == whole


# The Array API standard (2024.12), "special cases" of each function.
@pytest.mark.parametrize(
    ("function", "point", "expected"),
    [
        (exp, NAN, NAN),
        (exp, 0.0, 1.0),
        (exp, -0.0, 1.0),
        (exp, INF, INF),
        (exp, -INF, 0.0),
        (exp2, NAN, NAN),
        (exp2, INF, INF),
        (exp2, -INF, 0.0),
        (expm1, NAN, NAN),
        (expm1, 0.0, 0.0),
        (expm1, -0.0, -0.0),
        (expm1, INF, INF),
        (expm1, -INF, -1.0),
        (log, NAN, NAN),
        (log, -1.0, NAN),
        (log, 0.0, -INF),
        (log, -0.0, -INF),
        (log, 1.0, 0.0),
        (log, INF, INF),
        (log1p, NAN, NAN),
        (log1p, -2.0, NAN),
        (log1p, -1.0, -INF),
        (log1p, -0.0, -0.0),
        (log1p, 0.0, 0.0),
        (log1p, INF, INF),
        (log2, NAN, NAN),
        (log2, -1.0, NAN),
        (log2, 0.0, -INF),
        (log2, 1.0, 0.0),
        (log2, INF, INF),
        (log10, NAN, NAN),
        (log10, -1.0, NAN),
        (log10, 0.0, -INF),
        (log10, 1.0, 0.0),
        (log10, INF, INF),
        (sigmoid, NAN, NAN),
        (sigmoid, 0.0, 0.5),
        (sigmoid, INF, 1.0),
        (sigmoid, -INF, 0.0),
    ],
)
def test_special_values(function: Function, point: float, expected: float) -> None:
    check_special(function, (point,), expected)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (NAN, 1.0, NAN),
        (1.0, NAN, NAN),
        (INF, 1.0, INF),
        (INF, INF, INF),
        (INF, -INF, INF),
        (-INF, -INF, -INF),
        (-INF, 2.0, 2.0),
    ],
)
def test_special_values_of_the_logarithm_of_a_sum(a: float, b: float, expected: float) -> None:
    check_special(logaddexp, (a, b), expected)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_integers_are_taken_as_single(name: str) -> None:
    function = FUNCTIONS[name][0]
    assert function(np.array([1, 2])).dtype == "float32"
    assert function(1).dtype == "float32"


@pytest.mark.parametrize(("name", "low"), [("xlogy", 0.0), ("xlog1py", -1.0)])
def test_nothing_times_a_logarithm(name: str, low: float) -> None:
    function = getattr(cr, name)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(3, 4)), rng.uniform(low + 0.1, 3.0, 4)
    logarithm = np.log if name == "xlogy" else np.log1p
    check_like(function, lambda a, b: a * logarithm(b), a, b)
    check_derivatives(function, a, b)
    found = np.asarray(function([0.0, 0.0, 0.0, 2.0], [low, low - 1.0, np.nan, low]))
    np.testing.assert_array_equal(found, [0.0, 0.0, np.nan, -np.inf])
    slopes = cr.grad(lambda b: cr.sum(function(0.0, b)))(low)
    assert slopes.item() == 0.0
