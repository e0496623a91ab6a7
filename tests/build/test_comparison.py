"""Comparison, logic and selection against NumPy; types that do not fit are refused."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from hypothesis.extra import numpy as arrays

from chainrule.array.dtype import promote
from chainrule.build.convert import asarray
from chainrule.build.functions.comparison import (
    bitwise_and,
    bitwise_invert,
    bitwise_left_shift,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    equal,
    greater,
    greater_equal,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    nan_to_num,
    not_equal,
    signbit,
    where,
)
from chainrule.build.tensor import Array
from chainrule.derive.grad import grad
from chainrule.errors import DTypeError, ShapeError
from tests.build.exactness import TYPES

Function = Callable[..., Any]

INF = math.inf
NAN = math.nan
WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
ORDERS: dict[str, tuple[Function, Function, Function]] = {
    "equal": (equal, np.equal, operator.eq),
    "not_equal": (not_equal, np.not_equal, operator.ne),
    "less": (less, np.less, operator.lt),
    "less_equal": (less_equal, np.less_equal, operator.le),
    "greater": (greater, np.greater, operator.gt),
    "greater_equal": (greater_equal, np.greater_equal, operator.ge),
}
LOGIC: dict[str, tuple[Function, Function]] = {
    "logical_and": (logical_and, np.logical_and),
    "logical_or": (logical_or, np.logical_or),
    "logical_xor": (logical_xor, np.logical_xor),
}
BITS: dict[str, tuple[Function, Function, Function]] = {
    "bitwise_and": (bitwise_and, np.bitwise_and, operator.and_),
    "bitwise_or": (bitwise_or, np.bitwise_or, operator.or_),
    "bitwise_xor": (bitwise_xor, np.bitwise_xor, operator.xor),
}
SHIFTS: dict[str, tuple[Function, Function, Function]] = {
    "bitwise_left_shift": (bitwise_left_shift, np.left_shift, operator.lshift),
    "bitwise_right_shift": (bitwise_right_shift, np.right_shift, operator.rshift),
}
QUESTIONS: dict[str, tuple[Function, Function]] = {
    "isnan": (isnan, np.isnan),
    "isinf": (isinf, np.isinf),
    "isfinite": (isfinite, np.isfinite),
    "signbit": (signbit, np.signbit),
}

dtypes = st.sampled_from((*WHOLE, *TYPES))
shapes = arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)


@st.composite
def pairs(draw: st.DrawFn, kinds: Any) -> tuple[Array, Array]:
    """Two arrays of one type whose shapes broadcast, from few values, so that many are equal."""
    dtype = np.dtype(draw(kinds))
    values = st.sampled_from((0, 1, 2, 100)).map(dtype.type)
    if dtype.kind == "f":
        values = st.sampled_from((0.0, -0.0, 1.5, -1.5, INF, -INF, NAN)).map(dtype.type)
    a, b = (draw(arrays.arrays(dtype, shape, elements=values)) for shape in draw(shapes)[0])
    return a, b


def check(found: Any, expected: Array) -> None:
    assert (found.shape, found.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(found.known(), expected)


@pytest.mark.parametrize("name", ORDERS)
@given(pair=pairs(dtypes))
def test_orders(name: str, pair: tuple[Array, Array]) -> None:
    function, judge, symbol = ORDERS[name]
    a, b = pair
    check(function(a, b), judge(a, b))
    check(symbol(asarray(a), b), judge(a, b))
    check(symbol(a, asarray(b)), judge(a, b))


@pytest.mark.parametrize("name", ["equal", "not_equal"])
def test_bools_are_equal_or_not(name: str) -> None:
    function, judge, _ = ORDERS[name]
    x = np.array([False, True])
    check(function(x[:, None], x), judge(x[:, None], x))


@pytest.mark.parametrize("name", ["less", "less_equal", "greater", "greater_equal"])
def test_bools_have_no_order(name: str) -> None:
    with pytest.raises(DTypeError, match="takes numbers, got bool; use astype"):
        ORDERS[name][0]([True], [False])


@pytest.mark.parametrize("name", ORDERS)
def test_a_number_out_of_range_is_refused_not_wrapped(name: str) -> None:
    with pytest.raises(DTypeError, match="300 does not fit into uint8; convert the array"):
        ORDERS[name][0](np.array([1, 44], "uint8"), 300)
    with pytest.raises(DTypeError, match="-1 does not fit into uint8"):
        ORDERS[name][0](np.array([1, 255], "uint8"), -1)


def test_integers_of_two_types_are_compared_by_value() -> None:
    assert less(np.array([-1], "int8"), np.array([255], "uint8")).tolist() == [True]
    assert equal(np.array([-1], "int8"), np.array([255], "uint8")).tolist() == [False]


@pytest.mark.parametrize("name", LOGIC)
def test_logic(name: str) -> None:
    function, judge = LOGIC[name]
    x = np.array([False, True])
    check(function(x[:, None], x), judge(x[:, None], x))
    check(function(x, True), judge(x, True))


def test_not() -> None:
    check(logical_not([False, True]), np.array([True, False]))


@pytest.mark.parametrize("name", LOGIC)
@pytest.mark.parametrize("other", [1, 1.0, np.array([0, 1])])
def test_logic_takes_bools_alone(name: str, other: Any) -> None:
    for operands in (other, True), (True, other):
        with pytest.raises(DTypeError, match=rf"{name} takes bools, .* write a comparison"):
            LOGIC[name][0](*operands)
    with pytest.raises(DTypeError, match="logical_not takes bools"):
        logical_not(other)


@pytest.mark.parametrize("name", BITS)
@given(pair=pairs(st.sampled_from((*WHOLE, "bool"))))
def test_bits(name: str, pair: tuple[Array, Array]) -> None:
    function, judge, symbol = BITS[name]
    a, b = pair
    check(function(a, b), judge(a, b))
    check(symbol(asarray(a), b), judge(a, b))
    check(symbol(a, asarray(b)), judge(a, b))


@pytest.mark.parametrize("dtype", [*WHOLE, "bool"])
def test_bits_turned_round(dtype: str) -> None:
    x = np.array([0, 1], dtype)
    check(bitwise_invert(x), np.bitwise_invert(x))
    check(~asarray(x), ~x)


@pytest.mark.parametrize("name", SHIFTS)
@pytest.mark.parametrize("dtype", WHOLE)
def test_shifts(name: str, dtype: str) -> None:
    function, judge, symbol = SHIFTS[name]
    a, b = np.array([[0], [1], [100]], dtype), np.array([0, 1, 6], dtype)
    check(function(a, b), judge(a, b))
    check(symbol(asarray(a), b), judge(a, b))
    check(symbol(a, asarray(b)), judge(a, b))


def test_a_negative_number_shifted_down_is_rounded_down() -> None:
    assert bitwise_right_shift(np.array([-5, -1]), 1).tolist() == [-3, -1]


@pytest.mark.parametrize("name", [*BITS, *SHIFTS])
def test_floating_numbers_have_no_bits(name: str) -> None:
    with pytest.raises(DTypeError, match="takes integers or bools, got float32"):
        {**BITS, **SHIFTS}[name][0](1.0, 2)
    with pytest.raises(DTypeError, match="takes integers or bools, got float32"):
        bitwise_invert(1.0)


@pytest.mark.parametrize("name", SHIFTS)
def test_bools_are_not_shifted(name: str) -> None:
    with pytest.raises(DTypeError, match="takes numbers, got bool"):
        SHIFTS[name][0]([True], [True])


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("dtype", TYPES)
def test_questions(name: str, dtype: str) -> None:
    function, judge = QUESTIONS[name]
    x = np.array([0.0, -0.0, 1.5, -1.5, INF, -INF, NAN], dtype)
    check(function(x), judge(x))


@pytest.mark.parametrize("name", ["isnan", "isinf", "isfinite"])
@pytest.mark.parametrize("dtype", [*WHOLE, "bool"])
def test_whole_numbers_are_finite(name: str, dtype: str) -> None:
    function, judge = QUESTIONS[name]
    x = np.array([[0, 1]], dtype)
    check(function(x), judge(x))


@given(pair=pairs(dtypes), other=dtypes, condition=st.lists(st.booleans(), min_size=1, max_size=1))
def test_selection(pair: tuple[Array, Array], other: str, condition: list[bool]) -> None:
    a, b = pair
    assume({a.dtype.kind, np.dtype(other).kind} != {"i", "u"} or "uint64" not in (a.dtype, other))
    dtype = promote(a.dtype, np.dtype(other))
    with np.errstate(all="ignore"):
        b = np.nan_to_num(b, nan=3, posinf=3, neginf=3).astype(other)
        check(where(condition, a, b), np.where(condition, a, b).astype(dtype))


def test_selection_needs_a_condition() -> None:
    with pytest.raises(DTypeError, match="where needs a bool condition, got int64"):
        where([1, 0], 1.0, 2.0)
    with pytest.raises(ShapeError):
        where([True, False], np.ones(3), 0.0)


def test_the_gradient_goes_to_what_was_selected() -> None:
    condition = np.array([True, False])
    a, b = np.array([1.0, NAN]), np.array([[INF], [2.0]])
    by_a, by_b = grad(lambda a, b: where(condition, a, b).sum(), (0, 1))(a, b)
    assert by_a.tolist() == [2.0, 0.0]
    assert by_b.tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("options", [{}, {"nan": 7.0}, {"posinf": 1.0}, {"neginf": -2.0}])
def test_numbers_for_what_is_none(dtype: str, options: dict[str, Any]) -> None:
    x = np.array([NAN, INF, -INF, 3.0, -0.0], dtype)
    check(nan_to_num(x, **options), np.nan_to_num(x, **options))
    slopes = grad(lambda x: nan_to_num(x, **options).sum())(x)
    assert slopes.tolist() == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("dtype", [*WHOLE, "bool"])
def test_whole_numbers_need_none(dtype: str) -> None:
    x = np.array([0, 1], dtype)
    check(nan_to_num(x, nan=5.0), x)


@pytest.mark.parametrize("name", ORDERS)
def test_a_comparison_stops_the_gradient(name: str) -> None:
    found = grad(lambda x: (x * ORDERS[name][0](x, 1.0)).sum())(np.array([0.5, 1.0, 2.0]))
    np.testing.assert_array_equal(found, ORDERS[name][1](np.array([0.5, 1.0, 2.0]), 1.0))
