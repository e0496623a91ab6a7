"""Laws of differentiation, on random functions: linearity, adjoints, the chain rule, symmetry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions.trigonometry import sin
from chainrule.build.primitives.elementwise import Multiply, Real
from chainrule.build.tensor import Array, Cotangents, Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.forward import hessian, jacobian, jvp
from chainrule.derive.grad import grad, vjp
from chainrule.derive.remember import checkpoint
from chainrule.run.compile import compile
from tests.laws.functions import Function, close, dot, functions, vectors

numbers = st.floats(-3.0, 3.0)


@given(functions, vectors, vectors, vectors, numbers, numbers)
def test_pulling_back_is_linear(
    f: Function, x: Array, g: Array, h: Array, a: float, b: float
) -> None:
    _, pull_back = vjp(f, x)
    together = pull_back(a * g + b * h)[0]
    close(together, a * np.asarray(pull_back(g)[0]) + b * np.asarray(pull_back(h)[0]))


class Bent(Real, abstract=True):
    """y = x, with a pull-back that is no linear function."""

    def evaluate(self, x: Array) -> Array:
        return x

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Multiply()(g, g),)


def test_a_pull_back_that_is_not_linear_is_found() -> None:
    law = test_pulling_back_is_linear.hypothesis.inner_test  # type: ignore[attr-defined]
    ones = np.ones(3)
    law(lambda x: x * 1.0, ones, ones, ones, 2.0, 3.0)
    with pytest.raises(AssertionError):
        law(lambda x: Bent()(x * 1.0), ones, ones, ones, 2.0, 3.0)


@given(functions, vectors, vectors, vectors, numbers, numbers)
def test_pushing_forward_is_linear(
    f: Function, x: Array, v: Array, w: Array, a: float, b: float
) -> None:
    def along(direction: Array) -> Array:
        return np.asarray(jvp(f, (x,), (direction,))[1])

    close(along(a * v + b * w), a * along(v) + b * along(w))


@given(functions, functions, vectors, vectors, numbers)
def test_differentiation_is_linear_in_the_function(
    f: Function, k: Function, x: Array, g: Array, a: float
) -> None:
    _, pull_back = vjp(lambda x: f(x) + a * k(x), x)
    close(pull_back(g)[0], np.asarray(vjp(f, x)[1](g)[0]) + a * np.asarray(vjp(k, x)[1](g)[0]))


@given(functions, vectors, vectors, vectors)
def test_forward_and_reverse_are_adjoint(f: Function, x: Array, u: Array, v: Array) -> None:
    _, pushed = jvp(f, (x,), (v,))
    close(dot(u, pushed), dot(vjp(f, x)[1](u)[0], v))


@given(functions, functions, vectors)
def test_the_chain_rule(f: Function, k: Function, x: Array) -> None:
    outer = np.asarray(jacobian(k)(f(x)))
    close(jacobian(lambda x: k(f(x)))(x), outer @ np.asarray(jacobian(f)(x)))


@given(functions, functions, vectors)
def test_the_product_rule(f: Function, k: Function, x: Array) -> None:
    left = np.asarray(k(x))[:, None] * np.asarray(jacobian(f)(x))
    right = np.asarray(f(x))[:, None] * np.asarray(jacobian(k)(x))
    close(jacobian(lambda x: f(x) * k(x))(x), left + right)


@given(functions, vectors)
def test_second_derivatives_commute(f: Function, x: Array) -> None:
    found = np.asarray(hessian(lambda x: f(x).sum())(x))
    close(found, found.T)


@given(functions, vectors, vectors)
def test_both_ways_to_a_hessian_times_a_vector_agree(f: Function, x: Array, v: Array) -> None:
    def total(x: Any) -> Any:
        return f(x).sum()

    forward_over_reverse = jvp(grad(total), (x,), (v,))[1]
    reverse_over_forward = grad(lambda x: jvp(total, (x,), (v,))[1])(x)
    close(forward_over_reverse, reverse_over_forward)
    close(forward_over_reverse, np.asarray(hessian(total)(x)) @ v)


WAYS = {"checkpoint": checkpoint, "compile": compile}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@given(f=functions, x=vectors)
def test_transforms_leave_the_function_as_it_is(way: Any, f: Function, x: Array) -> None:
    close(way(f)(x), f(x))
    close(way(grad(lambda x: f(x).sum()))(x), grad(lambda x: f(x).sum())(x))


@given(functions, st.lists(vectors, min_size=1, max_size=4))
def test_mapping_commutes_with_differentiating(f: Function, rows: list[Array]) -> None:
    xs = np.stack(rows)
    each = vmap(grad(lambda x: f(x).sum()))(xs)
    close(each, grad(lambda xs: vmap(f)(xs).sum())(xs))
    close(each, [np.asarray(grad(lambda x: f(x).sum())(x)) for x in rows])


@given(functions, vectors)
def test_a_result_that_is_a_constant_has_no_derivative(f: Function, x: Array) -> None:
    close(jacobian(lambda y: f(x) + 0.0 * sin(y))(x), np.zeros((x.size, x.size)))
