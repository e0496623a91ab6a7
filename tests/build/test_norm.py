"""Norms against NumPy; the gradient at 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions.arithmetic import negative, square
from chainrule.build.functions.exponential import exp
from chainrule.build.functions.norm import norm, vector_norm
from chainrule.build.functions.reduction import std
from chainrule.build.tensor import Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import ShapeError
from tests.build.samples.draw import distinct, shapes

INF = float("inf")
ORDERS = [2, 1, 0, INF, -INF, 3, 0.5, -1, -2.5, 6]


@pytest.mark.parametrize("ord", ORDERS)
@given(data=st.data(), keepdims=st.booleans())
def test_like_numpy(ord: float, data: st.DataObject, keepdims: bool) -> None:  # noqa: A002
    shape = tuple(max(length, 1) for length in data.draw(shapes(least=1)))
    # Away from 0, where |x| has no derivative.
    x = data.draw(distinct(shape, 0.1, 3.0)) * np.resize([1.0, -1.0], shape)
    axis = data.draw(st.one_of(st.none(), st.integers(-x.ndim, x.ndim - 1)))
    found = np.asarray(vector_norm(x, axis=axis, keepdims=keepdims, ord=ord))
    flat = x.reshape(-1) if axis is None else x
    right = np.linalg.norm(flat, ord, axis=0 if axis is None else axis)
    if keepdims:
        right = np.expand_dims(right, tuple(range(x.ndim)) if axis is None else axis)
    assert found.shape == right.shape
    np.testing.assert_allclose(found, right, rtol=1e-12)
    check_gradients(lambda z: vector_norm(z, axis=axis, ord=ord), x)
    check_gradients(lambda z: vector_norm(z, axis=axis, ord=ord), x, order=2)


AT_ZERO: dict[str, Callable[[Any], Tensor]] = {
    "norm": norm,
    "norm squared": lambda x: square(norm(x)),
    "exp of norm squared": lambda x: exp(negative(square(norm(x)))),
    "order 1": lambda x: vector_norm(x, ord=1),
    "order 3": lambda x: vector_norm(x, ord=3),
    "order 1/2": lambda x: vector_norm(x, ord=0.5),
    "order 0": lambda x: vector_norm(x, ord=0),
    "order infinity": lambda x: vector_norm(x, ord=INF),
    "standard deviation": std,
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", AT_ZERO)
def test_the_gradient_at_zero_is_zero(name: str, dtype: str) -> None:
    """Rows 11 and 12 of the dead branches, and others of their kind."""
    assert grad(AT_ZERO[name])(np.zeros(3, dtype)).tolist() == [0.0, 0.0, 0.0]


def test_a_zero_row_leaves_the_others_alone() -> None:
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    slopes = grad(lambda z: norm(z, axis=1).sum())(x)
    np.testing.assert_allclose(np.asarray(slopes), [[0.6, 0.8], [0.0, 0.0]])


def test_types_and_shapes() -> None:
    x = np.ones((2, 3), "int64")
    assert norm(x).dtype == vector_norm(x, ord=0).dtype == vector_norm(x, ord=1).dtype == "float32"
    assert norm(x, axis=1).shape == (2,)
    assert norm(x, axis=(0, 1), keepdims=True).shape == (1, 1)
    assert float(norm(np.ones((0, 3)))) == 0.0


def test_batched_it_is_a_loop() -> None:
    x = np.random.default_rng(0).standard_normal((3, 4))
    for ord_ in ORDERS:
        found = np.asarray(vmap(lambda row, p=ord_: vector_norm(row, ord=p))(x))
        np.testing.assert_allclose(found, [np.linalg.norm(row, ord_) for row in x], rtol=1e-12)


def test_errors() -> None:
    with pytest.raises(ShapeError, match="axis 1 does not exist"):
        norm(np.ones(3), axis=1)
    with pytest.raises(ShapeError, match="no elements"):
        vector_norm(np.ones(0), ord=INF)
