"""The absorbing zero of matrix products, against its statement element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.convert import asarray
from chainrule.build.functions.arithmetic import add
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.reduction import sum as total
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import Sum, reshape
from chainrule.build.primitives.contraction import ChainMatMul
from chainrule.build.primitives.elementwise import Chain, Where
from chainrule.build.tensor import Array, Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.forward import hessian
from chainrule.derive.grad import grad, vjp
from tests.build.samples.draw import broadcastable, lengths

AWFUL = (np.nan, np.inf, -np.inf)


def law(a: Array, b: Array) -> Array:
    """C_mn = Σ_k A_mk B_kn without the terms of a row or column that is zero in A or in B."""
    rows_a, columns_a = (a != 0).any(-1)[..., :, None, None], (a != 0).any(-2)[..., None, :, None]
    rows_b, columns_b = (b != 0).any(-1)[..., None, :, None], (b != 0).any(-2)[..., None, None, :]
    alive = rows_a & columns_a & rows_b & columns_b
    with np.errstate(all="ignore"):
        terms = np.where(alive, a[..., :, :, None] * b[..., None, :, :], 0.0)
        return np.asarray(terms.sum(-2))


def sprinkled(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Numbers with whole rows and columns of zero, and some that are not finite."""
    x = generator.standard_normal(shape)
    x[generator.random(shape) < 0.1] = generator.choice(AWFUL)
    x[generator.random(shape[:-1]) < 0.4] = 0.0
    np.swapaxes(x, -1, -2)[generator.random((*shape[:-2], shape[-1])) < 0.4] = 0.0
    return x


@given(broadcastable(2), lengths, lengths, lengths, st.integers(0, 2**32 - 1))
def test_the_law(fronts: Any, m: int, k: int, n: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    a = sprinkled(generator, (*fronts[0][-2:], m, k))
    b = sprinkled(generator, (*fronts[1][-2:], k, n))
    found = ChainMatMul()(constant(a), constant(b)).known()
    np.testing.assert_allclose(found, law(a, b), rtol=1e-12, atol=1e-12)


def test_the_law_bites() -> None:
    a = np.array([[0.0, 0.0], [1.0, 2.0]])
    b = np.array([[np.inf, 0.0], [np.nan, 0.0]])
    for found in (law(a, b), ChainMatMul()(constant(a), constant(b)).known()):
        np.testing.assert_array_equal(found, [[0.0, 0.0], [np.nan, 0.0]])


def test_where_nothing_is_zero_it_is_the_product() -> None:
    a, b = constant(np.array([[1.0, 0.0]])), constant(np.array([[1.0], [np.nan]]))
    assert np.isnan(ChainMatMul()(constant(np.ones((1, 2))), b).known()).all()
    # The zero stands in a column of A that is all zero.
    assert ChainMatMul()(a, b).tolist() == [[1.0]]


def elementwise(a: Tensor, b: Tensor) -> Tensor:
    """Σ_k of chain-rule products; the same law wherever a non-finite number meets only zeros."""
    left = reshape(a, (*a.shape, 1))
    right = reshape(b, (*b.shape[:-2], 1, *b.shape[-2:]))
    terms = Chain()(left, right)
    return Sum((terms.ndim - 2,))(terms)


def dead(generator: np.random.Generator, batch: int) -> tuple[Array, Array]:
    """Factors of which rows of B are zero, and what they meet in A is not finite."""
    a, b = generator.standard_normal((batch, 4, 5)), generator.standard_normal((5, 3))
    b[[1, 3]] = 0.0
    a[:, :, 1], a[:, 2, 3] = np.nan, np.inf
    return a, b


Product = Callable[[Tensor, Tensor], Tensor]


def both_orders(product: Product, a: Array, b: Array) -> list[Array]:
    """The product, its gradients, and the gradients of a mixture of those, with random weights."""
    w = asarray(np.random.default_rng(5).standard_normal((4, 3)))
    u = asarray(np.random.default_rng(6).standard_normal(b.shape))

    def first(x: Any, y: Any) -> tuple[Tensor, Tensor]:
        return vjp(product, x, y)[1](w + constant(np.zeros((len(a), 1, 1))))

    def mixed(x: Any, y: Any) -> Tensor:
        dx, dy = first(x, y)
        finite = Where()(constant(np.isfinite(a)), dx, constant(np.zeros(())))
        return add(total(dy * u), total(finite))

    return [
        np.asarray(y)
        for y in (product(constant(a), constant(b)), *first(a, b), *grad(mixed, (0, 1))(a, b))
    ]


def test_the_derivatives_follow_the_same_law() -> None:
    a, b = dead(np.random.default_rng(0), batch=2)
    for found, right in zip(
        both_orders(ChainMatMul(), a, b), both_orders(elementwise, a, b), strict=True
    ):
        np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-12)


def test_batched_it_is_a_loop() -> None:
    a, b = dead(np.random.default_rng(0), batch=3)
    a[1, 0, 0] = np.nan  # one example with a NaN that stays
    found = vmap(ChainMatMul(), (0, None))(a, b).known()
    looped = [law(x, b) for x in a]
    np.testing.assert_allclose(found, looped, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("awful", AWFUL)
@pytest.mark.parametrize("shape", [(6, 4), (2, 6, 4)])
def test_rows_that_a_mask_hides_are_as_if_dropped(
    dtype: str, awful: float, shape: tuple[int, ...]
) -> None:
    """Row 20 of the dead branches: first and second derivative with respect to the weights."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal(shape).astype(dtype)
    kept = np.array([True, False, True, True, False, True])
    good = x[..., kept, :]
    x[..., ~kept, :] = awful
    weights = generator.standard_normal((4, 3)).astype(dtype)

    def loss(inputs: Array, mask: Array) -> Callable[[Any], Tensor]:
        def of(w: Any) -> Tensor:
            y = matmul(inputs, w)
            hidden = constant(np.zeros((), dtype))
            return total(Where()(constant(mask[:, None]), y * y * y, hidden))

        return of

    masked, dropped = loss(x, kept), loss(good, kept[kept])
    tolerance = 1e-4 if dtype == "float32" else 1e-11
    for derivative in (grad, hessian):
        found, right = (np.asarray(derivative(each)(weights)) for each in (masked, dropped))
        assert np.isfinite(found).all()
        np.testing.assert_allclose(found, right, rtol=tolerance, atol=tolerance)
