"""Softmax, its logarithm, logsumexp: values, derivatives of several orders, masked rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.dtype import float64
from chainrule.build.functions.comparison import where
from chainrule.build.functions.linear_algebra import matmul, matrix_transpose
from chainrule.build.functions.reduction import sum as total
from chainrule.build.functions.softmax import log_softmax, logsumexp, softmax
from chainrule.build.primitives.comparison import IsNan
from chainrule.build.primitives.reduction import ReduceMax
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.forward import jacobian
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import ShapeError
from tests.build.samples.draw import reals, shapes

INF = float("inf")
FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
}
ROWS = [
    [0.0, 0.0],
    [1.0, 2.0, 3.0, -4.0],
    [1e4, 1e4 + 1, 1e4 - 3],
    [-1e4, -1e4 - 2.5],
    [88.0, 89.0, -200.0],
    [3.0, -INF, 1.0],
    [7.0],
]


def exact(name: str, row: Array) -> Array:
    """The formula in fifty digits."""
    with mpmath.workdps(50):
        powers = [mpmath.exp(mpmath.mpf(float(x))) for x in row]
        whole = mpmath.fsum(powers)
        if name == "softmax":
            return np.array([float(power / whole) for power in powers])
        logarithm = mpmath.log(whole)
        if name == "logsumexp":
            return np.array(float(logarithm))
        return np.array([float(mpmath.mpf(float(x)) - logarithm) for x in row])


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 5e-7), ("float64", 1e-15)])
@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values(name: str, row: list[float], dtype: str, tolerance: float) -> None:
    x = np.array(row, dtype)
    found = np.asarray(FUNCTIONS[name](x, axis=-1))
    assert found.dtype == dtype
    np.testing.assert_allclose(found, exact(name, x), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_derivatives_over_any_axes(name: str, data: st.DataObject) -> None:
    shape = tuple(max(length, 1) for length in data.draw(shapes(least=1)))
    x = data.draw(reals(shape))
    numbers = st.integers(-x.ndim, x.ndim - 1)
    axis = data.draw(st.one_of(numbers, st.just(tuple(range(x.ndim))), st.none()))
    for order in (1, 2):
        check_gradients(lambda z: FUNCTIONS[name](z, axis=axis), x, order=order)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_third_derivative(name: str) -> None:
    x = np.array([0.3, -0.2, 1.1])
    check_gradients(jacobian(lambda z: FUNCTIONS[name](z, axis=-1)), x, order=2)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_gradient_is_exact_at_a_shift(name: str) -> None:
    """Taking off the maximum, which ties here, is no part of the derivative."""
    x = np.array([2.0, 2.0, -1.0])
    p = exact("softmax", x)
    right = {
        "softmax": np.diag(p) - np.outer(p, p),
        "log_softmax": np.eye(3) - p,
        "logsumexp": p,
    }
    found = np.asarray(jacobian(lambda z: FUNCTIONS[name](z, axis=-1))(x))
    np.testing.assert_allclose(found, right[name], rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_maximum_costs_no_backward_pass(name: str) -> None:
    def value(x: Any) -> Tensor:
        return total(FUNCTIONS[name](x, axis=-1))

    for primitive in (ReduceMax, IsNan):  # the rule of the maximum looks for NaN
        forward, both = (
            [type(node.primitive) for node in record(each, [Spec((3,), float64)]).graph.nodes]
            for each in (value, grad(value))
        )
        assert both.count(primitive) == forward.count(primitive)


MASKED = np.array([[1.0, 2.0, 3.0], [-INF, -INF, -INF], [0.5, -INF, -1.0]])


def weighted(function: Callable[..., Tensor]) -> Callable[[Any], Tensor]:
    weights = np.array([2.0, -3.0, 5.0])
    return lambda x: total(function(x) * weights)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_row_that_is_masked_is_zero_and_the_others_are_as_alone(dtype: str) -> None:
    x = MASKED.astype(dtype)
    found, slope = np.asarray(softmax(x)), np.asarray(grad(weighted(softmax))(x))
    assert found[1].tolist() == slope[1].tolist() == [0.0, 0.0, 0.0]
    for row in (0, 2):
        alone = x[row : row + 1]
        np.testing.assert_array_equal(found[row], np.asarray(softmax(alone))[0])
        np.testing.assert_array_equal(slope[row], np.asarray(grad(weighted(softmax))(alone))[0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_of_any_order_are_finite_where_rows_are_masked(name: str) -> None:
    def function(x: Any) -> Tensor:
        y = FUNCTIONS[name](x, axis=-1)
        return where(np.isfinite(np.asarray(FUNCTIONS[name](MASKED, axis=-1))), y, 0.0)

    derivative: Callable[[Any], Tensor] = function
    for _ in range(3):
        derivative = jacobian(derivative)
        assert np.isfinite(np.asarray(derivative(MASKED))).all()


def test_the_logarithm_of_no_probability() -> None:
    assert log_softmax(MASKED)[1].tolist() == [-INF] * 3
    assert logsumexp(MASKED, axis=1)[1].tolist() == -INF
    assert grad(lambda x: logsumexp(x, axis=1)[1])(MASKED).tolist() == [[0.0] * 3] * 3


@pytest.mark.parametrize("row", [[INF, 1.0], [INF, INF], [INF, -INF], [-INF, -INF]])
def test_logsumexp_of_infinity(row: list[float]) -> None:
    assert float(logsumexp(row)) == max(row)
    assert grad(logsumexp)(row).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_nan_stays_in_its_row(name: str) -> None:
    x = np.array([[1.0, np.nan], [1.0, 2.0]])
    found = np.isnan(np.asarray(FUNCTIONS[name](x, axis=-1)))
    assert found[0].all()
    assert not found[1].any()


def attention(q: Any, k: Any, v: Any, allowed: Array) -> Tensor:
    scores = matmul(q, matrix_transpose(k)) / 2.0
    return matmul(softmax(where(allowed, scores, -INF)), v)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_attention_with_a_row_that_sees_nothing(dtype: str) -> None:
    """Row 18 of the dead branches: as if the row were not there."""
    generator = np.random.default_rng(0)
    q, k, v = generator.standard_normal((3, 4, 5)).astype(dtype)
    allowed = generator.random((4, 4)) < 0.6
    allowed[:, 0], allowed[2] = True, False
    seeing = [0, 1, 3]

    def loss(allowed: Array) -> Callable[..., Tensor]:
        return lambda q, k, v: total(attention(q, k, v, allowed) * attention(q, k, v, allowed))

    assert attention(q, k, v, allowed)[2].tolist() == [0.0] * 5
    found = grad(loss(allowed), (0, 1, 2))(q, k, v)
    right = grad(loss(allowed[seeing]), (0, 1, 2))(q[seeing], k, v)
    assert found[0][2].tolist() == [0.0] * 5
    tolerance = 1e-5 if dtype == "float32" else 1e-13
    np.testing.assert_allclose(np.asarray(found[0])[seeing], right[0], rtol=tolerance)
    for one, other in zip(found[1:], right[1:], strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_batched_it_is_a_loop(name: str) -> None:
    found = np.asarray(vmap(lambda x: FUNCTIONS[name](x, axis=0))(MASKED))
    looped = [np.asarray(FUNCTIONS[name](row, axis=0)) for row in MASKED]
    np.testing.assert_array_equal(found, looped)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_types_and_shapes(name: str) -> None:
    x = np.ones((2, 3), "int64")
    assert FUNCTIONS[name](x, axis=0).dtype == "float32"
    assert logsumexp(x).shape == ()
    assert logsumexp(x, axis=0).shape == (3,)
    assert logsumexp(x, axis=(0, 1), keepdims=True).shape == (1, 1)
    assert softmax(x).shape == log_softmax(x, 0).shape == (2, 3)
    np.testing.assert_allclose(np.asarray(softmax(x, axis=None)), np.full((2, 3), 1 / 6), rtol=1e-6)


def test_of_no_elements() -> None:
    x = np.ones((2, 0))
    assert softmax(x).shape == log_softmax(x).shape == (2, 0)
    assert logsumexp(x, axis=1).tolist() == [-INF, -INF]
    assert grad(lambda z: total(softmax(z)))(x).shape == (2, 0)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_axis_that_is_not_there(name: str) -> None:
    with pytest.raises(ShapeError, match="axis 2 does not exist"):
        FUNCTIONS[name](np.ones((2, 3)), axis=2)
