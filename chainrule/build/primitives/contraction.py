"""Contraction: the matrix product, and the chain rule's own form of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainrule.array.shape import Shape, broadcast, size_of
from chainrule.build.primitives.broadcast import raised, row_major
from chainrule.build.primitives.movement import swap_last
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of
from chainrule.errors import DTypeError, ShapeError


@dataclass(frozen=True)
class MatMul(Primitive):
    """C_(…mn) = Σ_k A_(…mk) B_(…kn); the axes in front broadcast."""

    def infer(self, a: Spec, b: Spec) -> Spec:
        if a.dtype != b.dtype:
            raise DTypeError(f"a matrix product takes one data type, got {a} and {b}")
        if a.shape[-1] != b.shape[-2]:
            raise ShapeError(
                f"matrix product of shapes {a.shape} and {b.shape}: the last axis of the first "
                f"({a.shape[-1]}) must be as long as the last but one of the second "
                f"({b.shape[-2]})"
            )
        return Spec((*_front(a.shape, b.shape), a.shape[-2], b.shape[-1]), a.dtype)

    def evaluate(self, a: Array, b: Array) -> Array:
        return product(a, b)

    # dA_mk = G_mn B_kn        dB_kn = A_mk G_mn
    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        matmul = ChainMatMul()
        return (
            matmul(g, swap_last(b)) if a.tracked else None,
            matmul(swap_last(a), g) if b.tracked else None,
        )

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        return self(*raised(batched, inputs))

    def cost(self, *inputs: Spec) -> Cost:
        result = self.infer(*inputs)
        return Cost(2 * size_of(result.shape) * inputs[0].shape[-1], bytes_of(*inputs, result))


def _front(a: Shape, b: Shape) -> Shape:
    try:
        return broadcast(a[:-2], b[:-2])
    except ShapeError as error:
        raise ShapeError(f"matrix product of shapes {a} and {b}: in front, {error}") from None


@dataclass(frozen=True)
class ChainMatMul(MatMul):
    """C_mn = Σ_k A_mk B_kn, where an all-zero row or column of one side leaves no trace.

    A row of A, a column of B, or the k-th column of A or row of B that is exactly zero contributes
    zero, whatever non-finite numbers it meets: the absorbing zero for products of matrices.
    """

    def evaluate(self, a: Array, b: Array) -> Array:
        c = product(a, b)
        if not np.isnan(c).any():
            return c
        zero = c.dtype.type(0)
        live = (a != 0).any(-2) & (b != 0).any(-1)
        c = product(np.where(live[..., None, :], a, zero), np.where(live[..., None], b, zero))
        reached = (a != 0).any(-1)[..., None] & (b != 0).any(-2)[..., None, :]
        return np.where(reached, c, zero)


def product(a: Array, b: Array) -> Array:
    """Return the matrix product by NumPy, laid out alike whatever the inputs' layout: same bits."""
    return np.asarray(np.matmul(row_major(a), row_major(b)))
