"""The special functions as tensors: what they take, their derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions.comparison import where
from chainrule.build.functions.special import digamma, erf, erfc, erfinv, lgamma, polygamma
from chainrule.build.tensor import Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError

Function = Callable[[Any], Tensor]

FUNCTIONS: dict[str, tuple[Function, Any, list[float]]] = {
    "erf": (erf, mpmath.erf, [-3.0, -0.4, 0.0, 0.5, 2.0, 4.5]),
    "erfc": (erfc, mpmath.erfc, [-3.0, -0.4, 0.0, 0.5, 2.0, 4.5]),
    "erfinv": (erfinv, mpmath.erfinv, [-0.9, -0.3, 0.0, 0.5, 0.86]),
    "lgamma": (lgamma, mpmath.loggamma, [0.3, 0.6, 1.0, 1.4616, 2.0, 5.0, 30.0]),
    "digamma": (digamma, mpmath.digamma, [0.4, 1.4616, 2.5, 4.0, 30.0, -0.6, -3.3]),
    "polygamma": (
        partial(polygamma, 2),
        partial(mpmath.psi, 2),
        [0.5, 1.0, 4.0, 30.0, -0.6, -3.3],
    ),
}
NAMES = list(FUNCTIONS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 6e-8), ("float64", 1e-14)])
def test_values(name: str, dtype: str, tolerance: float) -> None:
    function, judge, points = FUNCTIONS[name]
    x = np.array(points, dtype)
    found = function(x)
    assert found.dtype == x.dtype
    right = [float(judge(mpmath.mpf(float(point)))) for point in x]
    np.testing.assert_allclose(np.asarray(found), right, tolerance, 1e-16)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives(name: str, order: int) -> None:
    function, _, points = FUNCTIONS[name]
    check_gradients(function, np.array(points), order=order)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_third_derivatives(name: str, dtype: str) -> None:
    function, judge, points = FUNCTIONS[name]
    x = np.array(points, dtype)
    found = vmap(grad(grad(grad(function))))(x)
    assert found.dtype == x.dtype
    right = [float(mpmath.diff(judge, mpmath.mpf(float(point)), 3)) for point in x]
    np.testing.assert_allclose(np.asarray(found), right, 1e-5 if dtype == "float32" else 1e-9, 1e-9)


@given(x=st.floats(-5.0, 5.0))
def test_one_and_its_complement(x: float) -> None:
    slope, other = grad(erf)(np.float64(x)), grad(erfc)(np.float64(x))
    assert slope.item() == -other.item()
    assert slope.item() == pytest.approx(2 / math.sqrt(math.pi) * math.exp(-x * x), 1e-15)


@given(x=st.floats(-2.0, 2.0))
def test_slopes_of_inverse_functions_are_reciprocal(x: float) -> None:
    y = erf(np.float64(x))
    assert (grad(erf)(np.float64(x)) * grad(erfinv)(y)).item() == pytest.approx(1.0, 1e-12)


def test_the_derivatives_of_lgamma_are_the_polygammas() -> None:
    function: Any = lgamma
    for n in range(5):
        function = grad(function)
        assert function(np.float64(2.7)).item() == polygamma(n, np.float64(2.7)).item()
    assert polygamma(0, 2.7).item() == digamma(2.7).item()


@pytest.mark.parametrize("name", NAMES)
def test_numbers_and_integers_become_single(name: str) -> None:
    function = FUNCTIONS[name][0]
    assert function(0.5).dtype == function([1, 2]).dtype == np.float32


@pytest.mark.parametrize(
    ("function", "pole"), [(erfinv, 1.0), (erfinv, -1.0), (lgamma, 0.0), (lgamma, -2.0)]
)
@pytest.mark.parametrize("order", [1, 2])
def test_a_pole_that_is_not_chosen_has_no_gradient(
    function: Function, pole: float, order: int
) -> None:
    chosen: Any = lambda x: where(x == pole, 3.0, function(x))  # noqa: E731
    for _ in range(order):
        chosen = grad(chosen)
    assert chosen(pole).item() == 0.0


@pytest.mark.parametrize("function", [erf, erfc])
@pytest.mark.parametrize("x", [math.inf, -math.inf, 1e30])
def test_far_out_the_error_function_is_flat(function: Function, x: float) -> None:
    assert grad(function)(x).item() == 0.0
    assert grad(grad(function))(x).item() == 0.0


@pytest.mark.parametrize("order", [-1, 1.0, "1", None])
def test_an_order_is_a_natural_number(order: Any) -> None:
    with pytest.raises(OptionError, match=f"from 0 on, got {order!r}"):
        polygamma(order, 1.0)


def test_an_order_may_be_an_integer_of_numpy() -> None:
    assert polygamma(np.int64(1), 1.0).item() == pytest.approx(math.pi**2 / 6, 1e-7)
