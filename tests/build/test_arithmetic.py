"""Arithmetic: types, special values of the standard, digits, derivatives at awkward points."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.convert import asarray
from chainrule.build.functions.arithmetic import (
    abs,
    add,
    clip,
    divide,
    floor_divide,
    hypot,
    maximum,
    minimum,
    multiply,
    negative,
    positive,
    pow,
    reciprocal,
    remainder,
    rsqrt,
    sign,
    sqrt,
    square,
    subtract,
)
from chainrule.build.tensor import Array
from chainrule.derive.grad import grad
from chainrule.errors import DTypeError, ShapeError
from tests.build.exactness import TYPES, Function, check, check_special, numbers

INF = math.inf
NAN = math.nan
WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")

TWO: dict[str, tuple[Function, Function]] = {
    "add": (add, np.add),
    "subtract": (subtract, np.subtract),
    "multiply": (multiply, np.multiply),
    "floor_divide": (floor_divide, np.floor_divide),
    "remainder": (remainder, np.remainder),
    "pow": (pow, np.power),
    "maximum": (maximum, np.maximum),
    "minimum": (minimum, np.minimum),
}
ONE: dict[str, tuple[Function, Function]] = {
    "negative": (negative, np.negative),
    "positive": (positive, np.positive),
    "abs": (abs, np.abs),
    "square": (square, np.square),
    "sign": (sign, np.sign),
}
SYMBOLS: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "pow": operator.pow,
}
NUMBERS = np.array([0.0, -0.0, 1.0, -2.5, 3.0, 1e30, INF, -INF, NAN])


def same(found: Any, expected: Array) -> None:
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(found.known(), expected)


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize("dtype", WHOLE)
def test_whole_numbers_by_two(name: str, dtype: str) -> None:
    function, judge = TWO[name]
    a, b = np.array([[0], [3], [100]], dtype), np.array([1, 2, 7], dtype)
    same(function(a, b), judge(a, b))


@pytest.mark.parametrize("name", TWO)
@pytest.mark.parametrize("dtype", TYPES)
def test_all_pairs_of_special_numbers(name: str, dtype: str) -> None:
    function, judge = TWO[name]
    x = NUMBERS.astype(dtype)
    with np.errstate(all="ignore"):
        expected = judge(x[:, None], x)
    found = function(x[:, None], x)
    same(found, expected)
    known = ~np.isnan(expected)  # where there is no number, its sign says nothing
    np.testing.assert_array_equal(np.signbit(found.known())[known], np.signbit(expected)[known])


@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("dtype", [*WHOLE, *TYPES])
def test_one_number(name: str, dtype: str) -> None:
    function, judge = ONE[name]
    x = np.array([[0, 1, 11]], dtype)
    same(function(x), judge(x))


@pytest.mark.parametrize("name", SYMBOLS)
def test_operators(name: str) -> None:
    symbol = SYMBOLS[name]
    x, y = np.array([5.0, 7.0]), np.array([2.0, 3.0])
    for pair in (asarray(x), y), (x, asarray(y)), (asarray(x), asarray(y)):
        same(symbol(*pair), symbol(x, y))
    same(symbol(asarray(x), 2), symbol(x, 2))
    same(symbol(2, asarray(x)), symbol(2, x))


def test_operators_of_one() -> None:
    x = np.array([1.0, -2.0])
    same(-asarray(x), -x)
    same(+asarray(x), x)
    same(operator.abs(asarray(x)), np.abs(x))


@pytest.mark.parametrize("function", [*(f for f, _ in TWO.values()), divide])
def test_bools_by_two_are_refused(function: Function) -> None:
    with pytest.raises(DTypeError, match="takes numbers, got bool; use astype"):
        function([True, False], True)


@pytest.mark.parametrize("function", [*(f for f, _ in ONE.values()), clip])
def test_bools_are_refused(function: Function) -> None:
    with pytest.raises(DTypeError, match="takes numbers, got bool; use astype"):
        function([True, False])


@pytest.mark.parametrize("function", [*(f for f, _ in TWO.values()), divide, hypot])
def test_shapes_that_do_not_broadcast_are_refused(function: Function) -> None:
    with pytest.raises(ShapeError, match=r"test_arithmetic\.py"):
        function(np.ones(2), np.ones(3))


@pytest.mark.parametrize("function", [divide, hypot])
@pytest.mark.parametrize("dtype", WHOLE)
def test_whole_numbers_give_single(function: Function, dtype: str) -> None:
    x = np.array([1, 2], dtype)
    assert function(x, x).dtype == "float32"


@pytest.mark.parametrize("function", [sqrt, rsqrt, reciprocal])
@pytest.mark.parametrize("dtype", WHOLE)
def test_whole_numbers_are_taken_as_single(function: Function, dtype: str) -> None:
    assert function(np.array([1, 4], dtype)).dtype == "float32"


@pytest.mark.parametrize("dtype", WHOLE)
def test_a_whole_number_divided_by_zero_is_zero(dtype: str) -> None:
    one, zero = np.array([1], dtype), np.array([0], dtype)
    assert floor_divide(one, zero).tolist() == [0]
    assert remainder(one, zero).tolist() == [0]


def test_whole_numbers_wrap_around() -> None:
    least = np.array([-128], "int8")
    assert abs(least).tolist() == [-128]
    assert negative(least).tolist() == [-128]
    assert negative(np.array([1], "uint8")).tolist() == [255]
    assert floor_divide(least, np.array([-1], "int8")).tolist() == [-128]


@given(a=numbers(-1e9, 1e9), b=numbers(0.01, 1e9), sign=st.sampled_from((1, -1)))
def test_quotient_and_rest(a: float, b: float, sign: int) -> None:
    check(divide, lambda a, b: a / b, (a, sign * b), 0.5)
    divisor = Fraction(sign * b)
    quotient = math.floor(Fraction(a) / divisor)
    rest = float(Fraction(a) - divisor * quotient)
    pair = np.array(a), np.array(sign * b)
    assert floor_divide(*pair).item() == float(quotient)
    assert remainder(*pair).item() == pytest.approx(rest, rel=1e-15, abs=0)


# The Array API standard (2024.12), "special cases", those that NumPy is not the judge of.
@pytest.mark.parametrize(
    ("function", "point", "expected"),
    [
        (pow, (1.0, NAN), 1.0),
        (pow, (NAN, 0.0), 1.0),
        (pow, (-2.0, 0.5), NAN),
        (pow, (-0.0, 3.0), -0.0),
        (pow, (-INF, 3.0), -INF),
        (pow, (-1.0, INF), 1.0),
        (remainder, (5.0, INF), 5.0),
        (remainder, (-5.0, INF), INF),
        (remainder, (5.0, 0.0), NAN),
        (remainder, (-0.0, 3.0), 0.0),
        (floor_divide, (5.0, 0.0), INF),
        (sqrt, (-1.0,), NAN),
        (sqrt, (-0.0,), -0.0),
        (sqrt, (INF,), INF),
        (abs, (-0.0,), 0.0),
        (abs, (-INF,), INF),
        (reciprocal, (-0.0,), -INF),
        (rsqrt, (INF,), 0.0),
        (maximum, (NAN, 1.0), NAN),
        (minimum, (1.0, NAN), NAN),
    ],
)
def test_special_values(function: Function, point: tuple[float, ...], expected: float) -> None:
    check_special(function, point, expected)


@pytest.mark.parametrize("dtype", [*TYPES, "int32"])
@pytest.mark.parametrize(
    "bounds", [{}, {"min": 1}, {"max": 2}, {"min": 1, "max": 2}, {"min": 2, "max": 1}]
)
def test_clip(bounds: dict[str, Any], dtype: str) -> None:
    x = np.array([-3, 0, 1, 2, 5], dtype)
    expected = np.clip(x, **bounds) if bounds else x
    same(clip(x, **bounds), expected)
    low, high = bounds.get("min", -INF), bounds.get("max", INF)
    if dtype != "int32":
        slopes = grad(lambda x: clip(x, **bounds).sum())(x)
        np.testing.assert_array_equal(slopes, (low < x) & (x < high))


def test_bounds_that_vary() -> None:
    by_x, by_low = grad(lambda x, low: clip(x, low).sum(), (0, 1))(
        np.array([1.0, 2.0, 3.0]), np.array(2.0)
    )
    assert by_x.tolist() == [0, 0.5, 1]
    assert by_low.item() == 1.5


def test_a_bound_of_a_higher_type_is_refused() -> None:
    with pytest.raises(DTypeError, match="clip of int64 has a bound of type float32; use astype"):
        clip(np.array([1, 2]), min=0.5)
    with pytest.raises(DTypeError, match="clip of float32 has a bound of type float64"):
        clip([1.0], max=np.array(2.0))


@pytest.mark.parametrize("constant", [np.array([2.0]), np.array([2.0], "float32"), [[2.0]]])
def test_a_constant_takes_part_in_no_tie_in_whatever_form(constant: Any) -> None:
    x = np.array([1.0, 2.0, 3.0])
    assert grad(lambda x: maximum(x, constant).sum())(x).tolist() == [0, 0, 1]
    assert grad(lambda x: minimum(constant, x).sum())(x).tolist() == [1, 0, 0]
