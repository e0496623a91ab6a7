"""Powers and roots: digits, and derivatives to any order, also at 0 and below."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions.arithmetic import pow, reciprocal, rsqrt, sqrt, square
from chainrule.derive.grad import grad
from chainrule.errors import DTypeError
from tests.build.exactness import TYPES, Function, check, numbers

INF = math.inf

ROOTS: dict[str, tuple[Function, Function]] = {
    "sqrt": (sqrt, mpmath.sqrt),
    "rsqrt": (rsqrt, lambda x: 1 / mpmath.sqrt(x)),
    "reciprocal": (reciprocal, lambda x: 1 / x),
    "square": (square, lambda x: x * x),
}


@pytest.mark.parametrize("name", ROOTS)
@given(x=numbers(1e-9, 1e9))
def test_roots(name: str, x: float) -> None:
    function, judge = ROOTS[name]
    check(function, judge, (x,), 2)
    for order in 1, 2, 3:
        check(function, judge, (x,), 8 * order, (order,))


@given(a=numbers(0.01, 100.0), b=numbers(-5.0, 5.0))
def test_powers(a: float, b: float) -> None:
    # An exponent's last unit counts as often as the logarithm is large.
    check(pow, lambda a, b: a**b, (a, b), 4)
    for orders in (1, 0), (0, 1):
        check(pow, lambda a, b: a**b, (a, b), 64, orders, scale=a**b * 0.01)


@given(a=numbers(-3.0, 3.0), b=st.integers(0, 6), order=st.integers(0, 4))
def test_whole_powers_of_any_base_to_any_order(a: float, b: int, order: int) -> None:
    factor = math.perm(b, order)
    expected = float(factor * mpmath.mpf(a) ** (b - order)) if order <= b else 0.0
    function: Function = lambda x: x**b  # noqa: E731 (it is differentiated again and again)
    for _ in range(order):
        function = grad(function)
    assert function(np.array(a)).item() == pytest.approx(expected, rel=1e-14, abs=0)


# Base 0: each row is an exponent and the derivatives of that order, from the first.
@pytest.mark.parametrize(
    ("exponent", "derivatives"),
    [
        (0.0, [0.0, 0.0, 0.0]),
        (0.5, [INF, -INF]),
        (1.0, [1.0, 0.0, 0.0]),
        (1.5, [0.0, INF]),
        (2.0, [0.0, 2.0, 0.0]),
        (3.0, [0.0, 0.0, 6.0]),
        (-1.0, [-INF, INF]),
    ],
)
@pytest.mark.parametrize("dtype", TYPES)
def test_powers_of_zero(exponent: float, derivatives: list[float], dtype: str) -> None:
    for power in exponent, np.array(exponent, dtype):
        function: Function = lambda x, power=power: x**power  # noqa: E731
        for expected in derivatives:
            function = grad(function)
            assert function(np.array(0.0, dtype)).item() == expected


def test_an_exponent_that_varies() -> None:
    by_base, by_exponent = grad(pow, (0, 1))(np.array(2.0), np.array(3.0))
    assert by_base.item() == 12.0
    assert by_exponent.item() == pytest.approx(8 * math.log(2.0), rel=1e-15)
    mixed = grad(lambda b: grad(pow)(np.array(2.0), b))(np.array(3.0))
    assert mixed.item() == pytest.approx(4 + 12 * math.log(2.0), rel=1e-15)
    assert math.isnan(grad(pow, 1)(np.array(-2.0), np.array(3.0)).item())
    assert grad(pow)(np.array(-2.0), np.array(3.0)).item() == 12.0


def test_whole_numbers_have_no_negative_powers() -> None:
    for exponent in -1, np.array([2, -1]):
        with pytest.raises(DTypeError, match="no negative powers; convert with astype"):
            pow(np.array([2, 3]), exponent)
    assert pow(np.array([2.0, 4.0]), -1).tolist() == [0.5, 0.25]
    assert pow(np.array([2, 4]), -1.0).tolist() == [0.5, 0.25]
