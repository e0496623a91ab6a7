"""What an equation defines: computed in one way, differentiated in another.

Such a primitive is given its own result, computed from detached numbers, and hands it on. Its
derivative follows from the equation that the result satisfies (the implicit function theorem), not
from the steps that led there. In a program nothing is left of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from chainrule.array.shape import broadcast
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape, stretched
from chainrule.build.primitives.comparison import Less
from chainrule.build.primitives.detach import detach
from chainrule.build.primitives.elementwise import Where, chain
from chainrule.build.primitives.extremum import Abs
from chainrule.build.primitives.matrix import identity, product
from chainrule.build.primitives.movement import part, swap_last
from chainrule.build.primitives.ordering import Argsort
from chainrule.build.primitives.reduction import Prod, ReduceMax
from chainrule.build.primitives.triangular import LU, TriangularSolve, rows
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor


class Implicit(Primitive, abstract=True):
    """y = the first input, whose derivative is that of a function of the others."""

    def infer(self, y: Spec, *others: Spec) -> Spec:
        return y

    def evaluate(self, y: Array, *others: Array) -> Array:
        return y

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        return self(*stretched(batched, inputs))

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(0, 0)


class Factors(NamedTuple):
    """The factors L and U of a matrix in one, the order of its rows, and the sign of that."""

    lu: Tensor
    order: Tensor
    sign: Tensor


def factors_of(a: Tensor) -> Factors:
    """Return the factors of the matrices `a`, without history."""
    return Factors(*LU()(detach(a)))


@dataclass(frozen=True)
class Solution(Implicit):
    """X with A X = B, or Aᵀ X = B where `adjoint`; the factors of A come along."""

    adjoint: bool = False

    # A X = B:  dB = A⁻ᵀ G,  dA = −dB Xᵀ;    Aᵀ X = B:  dB = A⁻¹ G,  dA = −X dBᵀ
    def vjp(self, g: Tensor, y: Tensor, x: Tensor, *inputs: Tensor) -> Cotangents:
        a, b, *factors = inputs
        db = solution(a, g, Factors(*factors), not self.adjoint, absorbing=True)
        left, right = (y, db) if self.adjoint else (db, y)
        da = -product(left, swap_last(right)) if a.tracked else None
        return None, da, db if b.tracked else None, *(None for _ in factors)


def solution(
    a: Tensor, b: Tensor, factors: Factors, adjoint: bool = False, absorbing: bool = False
) -> Tensor:
    """Return X with A X = B, or Aᵀ X = B, as a function of A and B, by the factors of A.

    With `absorbing` a zero right side has the solution zero, and nothing is refused.
    """
    front = broadcast(a.shape[:-2], b.shape[:-2])
    a, b, lu = (broadcast_to(x, (*front, *x.shape[-2:])) for x in (a, b, factors.lu))
    order = broadcast_to(factors.order, a.shape[:-1])
    sign = broadcast_to(factors.sign, front)
    left = TriangularSolve(lower=True, unit=True, adjoint=adjoint, absorbing=absorbing)
    right = TriangularSolve(lower=False, adjoint=adjoint, absorbing=absorbing)
    if adjoint:
        x = rows(left(lu, right(lu, detach(b))), Argsort(order.ndim - 1)(order))
    else:
        x = right(lu, left(lu, rows(detach(b), order)))
    return Solution(adjoint)(x, a, b, lu, order, sign)


def inverse_transposed(a: Tensor, factors: Factors, scale: Tensor) -> Tensor:
    """Return s·A⁻ᵀ for a number s each, which absorbs: where it is 0, A may be singular."""
    whole = chain(reshape(scale, (*scale.shape, 1, 1)), identity(a.shape[-1], a))
    return solution(a, whole, factors, adjoint=True, absorbing=True)


@dataclass(frozen=True)
class Determinant(Implicit):
    """y = det A, by its factors.

    The derivative is that of a matrix A + E that is not singular, E a rounding error of A: so it is
    the matrix of cofactors, whether A has an inverse or not.
    """

    # dA = g · cof A = g · det A · A⁻ᵀ
    def vjp(self, g: Tensor, y: Tensor, x: Tensor, *inputs: Tensor) -> Cotangents:
        a, *factors = inputs
        near = _regular(Factors(*factors))
        scale = chain(g, determinant(a, near))
        return None, inverse_transposed(a, near, scale), *(None for _ in factors)


def determinant(a: Tensor, factors: Factors) -> Tensor:
    """Return det A as a function of A, by its factors."""
    pivots = diagonal(factors.lu)
    return Determinant()(factors.sign * Prod(pivots.ndim - 1)(pivots), a, *factors)


def _regular(factors: Factors) -> Factors:
    """The factors of a matrix that differs by its rounding error at most, and is not singular."""
    lu = factors.lu
    rank, epsilon = lu.ndim, float(np.finfo(lu.dtype).eps)
    if lu.size == 0:
        return factors
    largest = ReduceMax((rank - 2, rank - 1))(Abs()(lu))
    least = broadcast_to(reshape(epsilon * largest, (*largest.shape, 1, 1)), lu.shape)
    tiny = Less()(Abs()(lu), least) & constant(np.eye(lu.shape[-1], dtype=np.bool_))
    return factors._replace(lu=Where()(tiny, least, lu))


@dataclass(frozen=True)
class LogDeterminant(Implicit):
    """y = log |det A|, by the factors of A."""

    # dA = g · A⁻ᵀ
    def vjp(self, g: Tensor, y: Tensor, x: Tensor, *inputs: Tensor) -> Cotangents:
        a, *factors = inputs
        return None, inverse_transposed(a, Factors(*factors), g), *(None for _ in factors)


@dataclass(frozen=True)
class PseudoInverse(Implicit):
    """P = A⁺, the matrix with A P A = A, P A P = P, and A P and P A symmetric."""

    # Golub and Pereyra 1973: δP = −P δA P + P Pᵀ δAᵀ (1 − A P) + (1 − P A) δAᵀ Pᵀ P, of which this
    # is the transpose.
    def vjp(self, g: Tensor, y: Tensor, p: Tensor, a: Tensor) -> Cotangents:
        gt, yt = swap_last(g), swap_last(y)
        first = product(yt, g, yt)
        outside = gt - product(a, y, gt)
        inside = gt - product(gt, y, a)
        second = product(outside, y, yt) + product(yt, y, inside)
        return None, second - first


def diagonal(x: Tensor) -> Tensor:
    """Return the diagonals of square matrices."""
    n = x.shape[-1]
    flat = reshape(x, (*x.shape[:-2], n * n))
    return part(flat, flat.ndim - 1, range(0, n * n, n + 1))
