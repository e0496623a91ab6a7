"""`checkpoint`: the values and gradients of the function, bit for bit, with less kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule.build.functions.exponential import exp
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.trigonometry import sin, tanh
from chainrule.build.graph import sort
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import alias, constant
from chainrule.build.random import Generator
from chainrule.build.record import record
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.derive.forward import jvp
from chainrule.derive.grad import grad, value_and_grad
from chainrule.derive.remember import checkpoint
from chainrule.errors import ValueUnknownError

GENERATOR = np.random.default_rng(4)
X = GENERATOR.standard_normal((4, 3))
W = GENERATOR.standard_normal((3, 3))


def block(x: Any) -> Any:
    return tanh(matmul(sin(x), W)) + x


def deep(wrap: Callable[..., Any]) -> Callable[[Any], Any]:
    return lambda x: (wrap(block)(wrap(block)(x)) ** 2).sum()


def plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return function


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_and_gradients_have_the_same_bits(dtype: Any) -> None:
    x = X.astype(dtype)
    for one, other in zip(
        value_and_grad(deep(plain))(x), value_and_grad(deep(checkpoint))(x), strict=True
    ):
        assert np.array_equal(one, other)


def test_second_derivatives() -> None:
    def twice(wrap: Callable[..., Any]) -> Any:
        return grad(lambda x: (grad(deep(wrap))(x) ** 2).sum())(X)

    np.testing.assert_allclose(twice(checkpoint), twice(plain), rtol=1e-12)


def test_the_derivative_along_a_direction() -> None:
    found, expected = (jvp(deep(wrap), (X,), (X,))[1] for wrap in (checkpoint, plain))
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=1e-12)


def test_nested_arguments_and_results() -> None:
    def function(p: dict[str, Any], scale: Any) -> Any:
        return {"y": exp(p["x"]) * scale, "rest": [p["x"]]}

    def total(p: dict[str, Any], wrap: Callable[..., Any]) -> Any:
        y = wrap(function)(p, 2.0)
        return y["y"].sum() + (y["rest"][0] ** 2).sum()

    found, expected = (
        grad(lambda p, wrap=wrap: total(p, wrap))({"x": X})["x"] for wrap in (checkpoint, plain)
    )
    assert np.array_equal(found, expected)


def test_one_result_of_several_may_go_unused() -> None:
    found = grad(lambda x: checkpoint(lambda x: (x * x, exp(x)))(x)[0].sum())(X)
    np.testing.assert_allclose(np.asarray(found), 2 * X)


def test_parameters_that_it_closes_over_get_their_gradients() -> None:
    w = Variable(W, trainable=True)

    def loss(wrap: Callable[..., Any]) -> Any:
        return (wrap(lambda x: tanh(matmul(x, w.T * 2.0)))(X)).sum()

    found, expected = (loss(wrap).backward()[w] for wrap in (checkpoint, plain))
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=1e-12)


def test_what_it_closes_over_in_a_recording_gets_its_gradient() -> None:
    def function(y: Tensor) -> Any:
        return grad(lambda y: checkpoint(lambda x: (x * exp(y)).sum())(X))(y)

    graph = record(function, [constant(1.5).spec]).graph
    found = Interpreter(graph)([np.array(1.5)])[0]
    np.testing.assert_allclose(found, X.sum() * np.exp(1.5), rtol=1e-12)


def test_a_random_draw_is_the_same_when_computed_again() -> None:
    def loss(wrap: Callable[..., Any], generator: Generator) -> Any:
        return grad(lambda x: wrap(lambda x: exp(x * generator.uniform(X.shape)))(x).sum())(X)

    found, expected = (loss(wrap, Generator(seed=5)) for wrap in (checkpoint, plain))
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=1e-12)


def test_inner_values_are_not_kept() -> None:
    x = alias(constant(X))
    kept, all_kept = (
        sum(
            node.value.size
            for node in sort([deep(wrap)(x)], lambda node: node.inputs)
            if isinstance(node, Tensor)
        )
        for wrap in (checkpoint, plain)
    )
    assert kept < all_kept / 2


def test_a_function_of_integers_has_no_gradient_but_values() -> None:
    found = checkpoint(lambda index, x: x[index])(np.array([2, 0]), X)
    assert np.array_equal(found, X[[2, 0]])


def test_asking_for_a_number_inside_is_refused() -> None:
    with pytest.raises(ValueUnknownError, match="is not known while"):
        checkpoint(lambda x: x if x.sum() > 0 else -x)(X)
