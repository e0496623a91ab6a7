"""The gamma function's logarithm and its derivatives against mpmath."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.strategies import SearchStrategy

from chainrule.array.approximation import Array
from chainrule.array.gamma import lgamma, polygamma
from tests.array.exact import exact

FEW_UNITS = 1e-15  # the relative error allowed: 5 to 9 units in the last place
ORDERS = (0, 1, 2, 3, 4, 7)


def numbers(low: float, high: float) -> SearchStrategy[Array]:
    return st.lists(st.floats(low, high), min_size=1, max_size=30).map(np.array)


positive = st.one_of(numbers(5e-324, 20.0), numbers(0.4, 1e6), numbers(1e-3, 1.7e308))
negative = numbers(-40.0, -1e-300)


def log_gamma(x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.re(mpmath.loggamma(x))


def psi(order: int, x: Array) -> Array:
    return exact(lambda t: mpmath.psi(order, t), x)


@given(x=positive)
def test_lgamma_right_of_zero(x: Array) -> None:
    np.testing.assert_allclose(lgamma(x), exact(log_gamma, x), FEW_UNITS)


def test_lgamma_all_over() -> None:
    x = np.concatenate([np.linspace(0.001, 14, 1999), np.geomspace(14, 2.5e305, 99)])
    np.testing.assert_allclose(lgamma(x), exact(log_gamma, x), FEW_UNITS)


@pytest.mark.parametrize("zero", [1.0, 2.0])
def test_lgamma_has_all_digits_near_its_zeros(zero: float) -> None:
    x = zero + np.outer([1, -1], 2.0 ** -np.arange(1.0, 52.0)).reshape(-1)
    np.testing.assert_allclose(lgamma(x), exact(log_gamma, x), FEW_UNITS)


def is_whole(x: Array) -> Array:
    return np.asarray(x == np.rint(x))


@given(x=negative)
def test_lgamma_left_of_zero(x: Array) -> None:
    x = x[~is_whole(x)]
    np.testing.assert_allclose(lgamma(x), exact(log_gamma, x), FEW_UNITS, 2e-15)


def test_lgamma_of_special_values() -> None:
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, -1.0, -2.0, -1e300, 1.7e308, 1.0, 2.0])
    right = np.array([np.nan, *[np.inf] * 8, 0.0, 0.0])
    np.testing.assert_array_equal(lgamma(x), right)
    assert not np.signbit(lgamma(x[1:])).any()


def test_lgamma_of_a_natural_number_is_the_logarithm_of_a_factorial() -> None:
    factorials = np.array([1.0, 1, 2, 6, 24, 120, 720, 5040])
    np.testing.assert_allclose(lgamma(np.arange(1.0, 9)), np.log(factorials), FEW_UNITS)


@pytest.mark.parametrize("order", ORDERS)
@given(x=positive)
def test_polygamma_right_of_zero(order: int, x: Array) -> None:
    # The power n of a rounded x + k has n times its relative error.
    tolerance = (1.5 + order / 4) * FEW_UNITS
    np.testing.assert_allclose(polygamma(x, order), psi(order, x), tolerance, 1e-320)


@pytest.mark.parametrize("order", ORDERS)
def test_polygamma_all_over(order: int) -> None:
    x = np.linspace(0.01, 30, 399)
    np.testing.assert_allclose(polygamma(x, order), psi(order, x), FEW_UNITS)


def test_digamma_has_all_digits_near_its_zero() -> None:
    zero = 1.4616321449683622
    x = zero + np.outer([1, -1], 2.0 ** -np.arange(1.0, 52.0)).reshape(-1)
    np.testing.assert_allclose(polygamma(x, 0), psi(0, x), FEW_UNITS)


@pytest.mark.parametrize("order", ORDERS)
@given(x=negative)
def test_polygamma_left_of_zero(order: int, x: Array) -> None:
    x = x[~is_whole(x)]
    np.testing.assert_allclose(polygamma(x, order), psi(order, x), 4e-15, 4e-15)


@pytest.mark.parametrize("order", [20, 100, 170, 300])
def test_a_high_order(order: int) -> None:
    x = np.array([0.3, 1.0, 7.0, 100.0, 250.5, 1e5])
    np.testing.assert_allclose(polygamma(x, order), psi(order, x), 2e-16 * order + FEW_UNITS)


def test_a_high_order_left_of_zero() -> None:
    x = np.array([-0.25, -0.5, -3.3, -12.9])
    np.testing.assert_allclose(polygamma(x, 51), psi(51, x), 2e-14)


POLES = np.array([0.0, -0.0, -1.0, -2.0, -1e300])
LIMITS = np.array([np.nan, np.inf, -np.inf])


@pytest.mark.parametrize("order", range(6))
def test_polygamma_at_its_poles(order: int) -> None:
    odd = [np.inf] * 5
    even = [-np.inf, np.inf, np.nan, np.nan, np.nan]
    np.testing.assert_array_equal(polygamma(POLES, order), odd if order % 2 else even)


@pytest.mark.parametrize("order", range(6))
def test_polygamma_at_infinity(order: int) -> None:
    right = [np.nan, 0.0 if order else np.inf, np.nan]
    np.testing.assert_array_equal(polygamma(LIMITS, order), right)


def test_in_single() -> None:
    x = np.linspace(-3.97, 20, 501, dtype=np.float32)
    assert lgamma(x).dtype == polygamma(x, 1).dtype == np.float32
    np.testing.assert_allclose(lgamma(x), exact(log_gamma, x), 6e-8, 1e-14)
    for order in range(3):
        np.testing.assert_allclose(polygamma(x, order), psi(order, x), 6e-8, 1e-14)
    assert lgamma(np.array([3e38], np.float32)) == np.inf
