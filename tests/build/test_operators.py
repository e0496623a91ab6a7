"""Python's operators and methods on tensors: what NumPy does with the same numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import int64
from chainrule.build.convert import asarray
from chainrule.build.tensor import Tensor

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


def test_numpy_on_the_left_leaves_the_operation_to_us() -> None:
    x = asarray(X)
    for left in (X, np.float64(2.0), np.ones(3)):
        for symbol in (operator.add, operator.mul, operator.sub, operator.truediv, operator.pow):
            found = symbol(left, x)
            assert isinstance(found, Tensor)
            assert np.array_equal(found, symbol(left, X))
    assert isinstance(operator.matmul(X, asarray(X.T)), Tensor)
    assert isinstance(operator.le(X, x), Tensor)


OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@pytest.mark.parametrize("symbol", OPERATORS.values(), ids=OPERATORS)
@pytest.mark.parametrize("other", [2.0, np.array([1.0, 5.0, 3.0])], ids=["number", "array"])
def test_operators_in_both_orders(symbol: Callable[..., Any], other: Any) -> None:
    x = asarray(X)
    np.testing.assert_allclose(np.asarray(symbol(x, other)), symbol(X, other), rtol=1e-15)
    np.testing.assert_allclose(np.asarray(symbol(other, x)), symbol(other, X), rtol=1e-15)


@pytest.mark.parametrize(
    "symbol", [operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift]
)
def test_operators_on_bits(symbol: Callable[..., Any]) -> None:
    a, b = np.array([1, 6, 12]), np.array([3, 2, 1])
    assert np.array_equal(symbol(asarray(a), b), symbol(a, b))
    assert np.array_equal(symbol(5, asarray(b)), symbol(5, b))


@pytest.mark.parametrize("symbol", [operator.neg, operator.pos, operator.abs])
def test_operators_on_one(symbol: Callable[..., Any]) -> None:
    assert np.array_equal(symbol(asarray(-X)), symbol(-X))


def test_bits_turned_around() -> None:
    assert np.array_equal(~asarray([True, False]), [False, True])
    assert np.array_equal(~asarray([1, 2]), [-2, -3])


def test_methods() -> None:
    x = asarray(X)
    assert np.array_equal(x.T, X.T)
    assert np.array_equal(x.mT, X.T)
    assert np.array_equal(x.reshape(3, 2), X.reshape(3, 2))
    assert np.array_equal(x.reshape((-1,)), X.ravel())
    assert x.astype(int64).dtype == int64
    assert np.array_equal(x @ X.T, X @ X.T)
    assert np.array_equal(x.sum(axis=0, keepdims=True), X.sum(0, keepdims=True))
    assert np.array_equal(x.mean(1), X.mean(1))
    assert (float(x.max()), float(x.min()), int(x.argmax())) == (6.0, 1.0, 5)
    assert np.array_equal(x[1:, ::2], X[1:, ::2])
