"""The error functions against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.approximation import Array
from chainrule.array.special import (
    cosine_of_turns,
    erf,
    erfc,
    erfinv,
    sinc,
    sine_of_turns,
)
from tests.array.exact import exact

FEW_UNITS = 1e-15  # the relative error allowed: 5 to 9 units in the last place
TINY = 1e-322  # numbers below 1e-308 have fewer digits

CASES: dict[Callable[..., Array], tuple[Any, tuple[float, float]]] = {
    erf: (mpmath.erf, (-7.0, 7.0)),
    erfc: (mpmath.erfc, (-7.0, 27.5)),
    erfinv: (mpmath.erfinv, (-1.0 + 2**-53, 1.0 - 2**-53)),
}


@pytest.mark.parametrize("function", CASES)
@given(data=st.data())
def test_like_mpmath(function: Callable[..., Array], data: st.DataObject) -> None:
    judge, interval = CASES[function]
    x = np.array(data.draw(st.lists(st.floats(*interval), min_size=1, max_size=30)))
    np.testing.assert_allclose(function(x), exact(judge, x), rtol=FEW_UNITS, atol=TINY)


@pytest.mark.parametrize("function", CASES)
def test_like_mpmath_all_over(function: Callable[..., Array]) -> None:
    judge, interval = CASES[function]
    x = np.linspace(*interval, 1999)
    np.testing.assert_allclose(function(x), exact(judge, x), rtol=FEW_UNITS, atol=TINY)


@pytest.mark.parametrize("function", CASES)
def test_like_mpmath_in_single(function: Callable[..., Array]) -> None:
    judge, (low, high) = CASES[function]
    x = np.linspace(max(low, -0.9999999), min(high, 0.9999999), 501, dtype=np.float32)
    found = function(x)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, exact(judge, x).astype(np.float32))


@pytest.mark.parametrize("exponent", [-3, -30, -300, -320])
def test_near_zero(exponent: int) -> None:
    x = np.array([1.7, -4.3]) * 10.0**exponent
    for function in (erf, erfinv):
        np.testing.assert_allclose(function(x), exact(CASES[function][0], x), FEW_UNITS, 5e-324)
    np.testing.assert_array_equal(erfc(x), exact(mpmath.erfc, x))


def test_inverse_near_one() -> None:
    x = 1 - 2.0 ** -np.arange(1.0, 54.0)
    np.testing.assert_allclose(erfinv(x), exact(mpmath.erfinv, x), FEW_UNITS)


EDGES = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.7e308, -1.7e308, 28.0, -28.0])
SPECIAL = {
    erf: [np.nan, 1.0, -1.0, 0.0, -0.0, 1.0, -1.0, 1.0, -1.0],
    erfc: [np.nan, 0.0, 2.0, 1.0, 1.0, 0.0, 2.0, 0.0, 2.0],
    erfinv: [np.nan, np.nan, np.nan, 0.0, -0.0, np.nan, np.nan, np.nan, np.nan],
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", SPECIAL)
def test_special_values(function: Callable[..., Array], dtype: str) -> None:
    with np.errstate(over="ignore"):
        x = EDGES.astype(dtype)
    found, right = function(x), np.array(SPECIAL[function], dtype)
    np.testing.assert_array_equal(found, right)
    known = ~np.isnan(right)
    np.testing.assert_array_equal(np.signbit(found[known]), np.signbit(right[known]))


def test_the_inverse_at_its_ends() -> None:
    x = np.array([1.0, -1.0, 1.0 + 2**-52, -1.0 - 2**-52])
    np.testing.assert_array_equal(erfinv(x), [np.inf, -np.inf, np.nan, np.nan])


def test_symmetry() -> None:
    x = np.linspace(0, 6, 97)
    np.testing.assert_array_equal(erf(-x), -erf(x))
    np.testing.assert_array_equal(erfinv(-x / 6), -erfinv(x / 6))
    np.testing.assert_allclose(erfc(-x), 2 - erfc(x), FEW_UNITS)


@given(x=st.lists(st.floats(-40.0, 40.0), min_size=1, max_size=30).map(np.array))
def test_turns(x: Array) -> None:
    np.testing.assert_allclose(sine_of_turns(x), exact(mpmath.sinpi, x), FEW_UNITS, TINY)
    np.testing.assert_allclose(cosine_of_turns(x), exact(mpmath.cospi, x), FEW_UNITS, 1e-16)


def test_turns_at_their_zeros() -> None:
    whole = np.array([0.0, 1.0, -1.0, 2.0, 1e15, 1e300])
    assert not sine_of_turns(whole).any()
    assert not cosine_of_turns(np.array([0.5, -0.5, 1.5, -7.5, 1e15 + 0.5])).any()
    np.testing.assert_array_equal(cosine_of_turns(whole), [1, -1, -1, 1, 1, 1])


@pytest.mark.parametrize("order", range(5))
def test_sinc(order: int) -> None:
    x = np.linspace(-4, 4, 101)
    right = exact(lambda t: mpmath.diff(mpmath.sincpi, t, order), x)
    np.testing.assert_allclose(sinc(x, order), right, 1e-13, 1e-14 * np.pi**order)
