"""The derivatives of reductions: against finite differences, at ties, at NaN, at zeros."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions import reduction
from chainrule.build.functions.detach import stop_gradient
from chainrule.build.tensor import Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.forward import hessian, jvp
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from tests.build.samples.draw import axes_of, distinct, shapes

SMOOTH = ["sum", "prod", "mean", "var", "std", "max", "min"]
FLAT = ["any", "all", "count_nonzero", "argmax", "argmin"]


@pytest.mark.parametrize("name", SMOOTH)
@given(data=st.data(), keepdims=st.booleans())
def test_derivatives(name: str, data: st.DataObject, keepdims: bool) -> None:
    shape = tuple(max(length, 1) for length in data.draw(shapes(least=1)))
    axis = data.draw(st.one_of(st.none(), axes_of(len(shape))))
    count = np.prod([shape[index] for index in (range(len(shape)) if axis is None else axis)])
    if name == "std" and count == 1:
        return  # of one element it is 0: a kink
    x = data.draw(distinct(shape))

    function = getattr(reduction, name)
    for order in (1, 2):
        check_gradients(
            lambda z: function(z, axis=axis, keepdims=keepdims), x, order=order, tolerance=1e-5
        )


@pytest.mark.parametrize("name", FLAT)
def test_flat_ones_have_none(name: str) -> None:
    assert not getattr(reduction, name)(stop_gradient(np.ones(3))).tracked
    found = grad(lambda x: reduction.sum(x * getattr(reduction, name)(x)))(np.array([2.0, 0.0]))
    value = float(getattr(reduction, name)(np.array([2.0, 0.0])))
    assert found.tolist() == [value, value]


@pytest.mark.parametrize("name", ["max", "min"])
def test_ties_share_the_gradient(name: str) -> None:
    x = np.array([[3.0, 1.0, 3.0], [2.0, 2.0, 2.0], [1.0, 5.0, 3.0]])
    x = x if name == "max" else -x
    function = getattr(reduction, name)
    slopes = grad(lambda z: reduction.sum(function(z, axis=1)))(x)
    third = 1 / 3
    right = [[0.5, 0.0, 0.5], [third, third, third], [0.0, 1.0, 0.0]]
    np.testing.assert_allclose(np.asarray(slopes), right)
    over_all = np.asarray(grad(function)(x))
    assert over_all[2].tolist() == [0.0, 1.0, 0.0]
    curved = hessian(lambda z: function(z) * function(z))(np.array([1.0, 1.0]))
    np.testing.assert_allclose(np.asarray(curved), [[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.parametrize("name", ["max", "min"])
def test_where_a_nan_is_chosen_it_takes_the_gradient(name: str) -> None:
    x = np.array([[np.nan, 1.0, np.nan], [np.nan, 7.0, 9.0], [2.0, 2.0, -np.inf]])
    slopes = grad(lambda z: reduction.sum(getattr(reduction, name)(z, axis=1)))(x)
    last = [0.5, 0.5, 0.0] if name == "max" else [0.0, 0.0, 1.0]
    assert slopes.tolist() == [[0.5, 0.0, 0.5], [1.0, 0.0, 0.0], last]


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinities_tie(name: str, value: float) -> None:
    assert grad(getattr(reduction, name))([value, value]).tolist() == [0.5, 0.5]


@pytest.mark.parametrize("zeros", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("shape", [(4,), (2, 2)])
def test_the_derivatives_of_a_product_with_zeros(zeros: int, shape: tuple[int, ...]) -> None:
    x = np.array([2.0, -3.0, 0.5, 7.0])
    x[:zeros] = 0.0
    others = [np.prod(np.delete(x, i)) for i in range(4)]
    second = np.zeros((4, 4))
    for i, j in combinations(range(4), 2):
        second[i, j] = second[j, i] = np.prod(np.delete(x, [i, j]))
    slopes = np.asarray(grad(reduction.prod)(x.reshape(shape)))
    np.testing.assert_allclose(slopes, np.reshape(others, shape))
    curved = np.asarray(hessian(reduction.prod)(x.reshape(shape)))
    np.testing.assert_allclose(curved, second.reshape(shape + shape))


def test_a_product_of_none_and_of_one() -> None:
    assert grad(reduction.prod)(np.zeros(0)).shape == (0,)
    assert grad(reduction.prod)(np.array([0.0])).tolist() == [1.0]


@pytest.mark.parametrize("correction", [0, 1])
def test_where_all_are_equal_the_deviation_has_the_gradient_zero(correction: int) -> None:
    x = np.full((2, 3), 0.1, "float32")
    slopes = grad(lambda z: reduction.sum(reduction.std(z, axis=1, correction=correction)))(x)
    np.testing.assert_allclose(np.asarray(slopes), np.zeros((2, 3)), atol=1e-6)
    assert grad(reduction.std)([2.0, 2.0]).tolist() == [0.0, 0.0]
    assert grad(reduction.std)([2.0]).tolist() == [0.0]


@pytest.mark.parametrize("name", [*SMOOTH, *FLAT])
@pytest.mark.parametrize("axis", [None, 0, -1])
def test_batched_it_is_a_loop(name: str, axis: int | None) -> None:
    x = np.random.default_rng(0).standard_normal((3, 4, 2))
    function: Callable[..., Tensor] = getattr(reduction, name)
    for keepdims in (False, True):
        found = vmap(lambda row: function(row, axis=axis, keepdims=keepdims))(x)  # noqa: B023
        looped = [np.asarray(function(row, axis=axis, keepdims=keepdims)) for row in x]
        np.testing.assert_allclose(np.asarray(found), looped, rtol=1e-12)


def test_a_constant_has_no_derivative() -> None:
    def function(x: Any) -> Tensor:
        return reduction.sum(stop_gradient(x) * x)

    x = np.array([2.0, 3.0])
    assert grad(function)(x).tolist() == [2.0, 3.0]
    assert grad(lambda z: reduction.sum(stop_gradient(z)))(x).tolist() == [0.0, 0.0]
    assert jvp(function, (x,), (np.ones(2),))[1].tolist() == 5.0
    assert hessian(function)(x).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    batched = vmap(grad(lambda z: stop_gradient(z) * z))(x)
    assert batched.tolist() == [2.0, 3.0]
