"""Rounding and signs: NumPy's values, the standard's special ones, no derivative."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import chainrule as cr
from chainrule.build.functions.arithmetic import sign
from chainrule.build.functions.rounding import ceil, copysign, floor, nextafter, round, trunc
from chainrule.derive.grad import grad
from chainrule.errors import DTypeError
from tests.build.checks import same_bits
from tests.build.exactness import TYPES, Function, check_special

INF = math.inf
NAN = math.nan

ROUNDED: dict[str, tuple[Function, Function]] = {
    "floor": (floor, math.floor),
    "ceil": (ceil, math.ceil),
    "trunc": (trunc, math.trunc),
    "round": (round, lambda x: math.floor(x + 0.5) - (x % 2 == 0.5)),
}
SIGNED: dict[str, tuple[Function, Function]] = {
    **ROUNDED,
    "sign": (sign, lambda x: (x > 0) - (x < 0)),
}
# Quarters: whole numbers, halves and what lies between, all exact.
quarters = st.integers(-4000, 4000).map(lambda count: count / 4)


@pytest.mark.parametrize("name", SIGNED)
@given(x=quarters)
def test_values(name: str, x: float) -> None:
    function, judge = SIGNED[name]
    for dtype in TYPES:
        found = function(np.array(x, dtype))
        assert found.dtype == dtype
        assert found.item() == judge(x)


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("x", [-2.5, -1.0, 0.0, 0.3, 2.0, INF, NAN])
def test_no_derivative(name: str, x: float) -> None:
    assert grad(SIGNED[name][0])(np.array(x)).item() == 0
    # A factor keeps its own derivative beside the flat one.
    assert grad(lambda x: x + SIGNED[name][0](x))(np.array(x)).item() == 1


@pytest.mark.parametrize("name", ROUNDED)
@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64"])
def test_integers_stay_as_they_are(name: str, dtype: str) -> None:
    x = np.array([0, 1, np.iinfo(dtype).max], dtype)
    found = ROUNDED[name][0](x)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, x)


@pytest.mark.parametrize("name", SIGNED)
def test_bools_have_no_size(name: str) -> None:
    with pytest.raises(DTypeError, match="takes numbers, got bool; use astype"):
        SIGNED[name][0]([True, False])


@pytest.mark.parametrize("name", ROUNDED)
@pytest.mark.parametrize("x", [0.0, -0.0, INF, -INF, NAN])
def test_special_values(name: str, x: float) -> None:
    check_special(ROUNDED[name][0], (x,), x)


@pytest.mark.parametrize(
    ("function", "x", "expected"),
    [
        (ceil, -0.5, -0.0),
        (trunc, -0.5, -0.0),
        (trunc, 0.5, 0.0),
        (round, -0.5, -0.0),
        (round, 0.5, 0.0),
        (round, 1.5, 2.0),
        (round, 2.5, 2.0),
        (sign, NAN, NAN),
        (sign, 0.0, 0.0),
        (sign, INF, 1.0),
        (sign, -INF, -1.0),
    ],
)
def test_special_points(function: Function, x: float, expected: float) -> None:
    check_special(function, (x,), expected)


@pytest.mark.parametrize("dtype", ["int8", "int64", "uint8"])
def test_the_sign_of_an_integer(dtype: str) -> None:
    found = sign(np.array([0, 5, 127], dtype))
    assert found.dtype == dtype
    assert found.tolist() == [0, 1, 1]


@pytest.mark.parametrize("size", [0.0, 1.5, INF, NAN])
@pytest.mark.parametrize("sign_of_size", [1.0, -1.0])
@pytest.mark.parametrize("other", [0.0, -0.0, 3.0, -3.0, INF, -INF, NAN])
def test_the_transfer_of_a_sign(size: float, sign_of_size: float, other: float) -> None:
    check_special(copysign, (sign_of_size * size, other), math.copysign(size, other))


@given(x=quarters.filter(bool), y=quarters)
def test_the_slope_of_a_transferred_sign(x: float, y: float) -> None:
    by_size, by_sign = grad(copysign, (0, 1))(np.array(x), np.array(y))
    assert by_size.item() == math.copysign(1, x) * math.copysign(1, y)
    assert by_sign.item() == 0


EDGES = [0.0, -0.0, 1.0, -1.0, 1.5, 1e-45, -1e-45, 3e38, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nextafter_is_that_of_numpy(dtype: Any) -> None:
    a, b = (x.ravel() for x in np.meshgrid(np.array(EDGES, dtype), np.array(EDGES, dtype)))
    with np.errstate(all="ignore"):
        expected = np.nextafter(a, b)
    assert same_bits(np.asarray(nextafter(a, b)), expected)
    assert same_bits(np.asarray(cr.compile(nextafter, device="native")(a, b)), expected)
