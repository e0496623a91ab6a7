"""Orthogonal factors of matrices: QR, eigenvalues of symmetric matrices, singular values.

Their signs are free, and are chosen so that every way to compute them ends at the same ones.

Vectors of equal eigenvalues or singular values may be turned within their space: a function that
depends on them has no derivative there, and gets NaN or infinity. A function of the values alone
has one, and so has one whose cotangents of such a pair of vectors cancel exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainrule.array.shape import size_of
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.primitives.elementwise import Divide, Subtract, Where, chain
from chainrule.build.primitives.matrix import (
    OfMatrices,
    check_matrix,
    check_square,
    lower,
    product,
    symmetric,
    symmetric_part,
)
from chainrule.build.primitives.movement import Concatenate, part, swap_last
from chainrule.build.primitives.triangular import TriangularSolve
from chainrule.build.tensor import (
    Array,
    Bundle,
    Cost,
    Cotangents,
    Item,
    Several,
    Spec,
    Tensor,
    bytes_of,
)

# The first element of a vector that is at least this large beside its largest one is positive. The
# largest itself would not do: (1, −1) has two.
NOTABLE = 0.4

Given = Sequence[Tensor | None]


@dataclass(frozen=True)
class QR(Several, OfMatrices):
    """Q, R with A = Q R, Qᵀ Q = 1 and R upper triangular; its diagonal is not negative."""

    def infer(self, a: Spec) -> tuple[Spec, ...]:
        check_matrix(a)
        *front, m, n = a.shape
        k = min(m, n)
        return Spec((*front, m, k), a.dtype), Spec((*front, k, n), a.dtype)

    def evaluate(self, a: Array) -> tuple[Array, ...]:
        whole, lost = _finite(a)
        q, r = np.linalg.qr(whole)
        negative = np.diagonal(r, axis1=-2, axis2=-1) < 0
        sign = np.where(negative, -1, 1).astype(a.dtype)
        return (q * sign[..., None, :] + lost, np.triu(r * sign[..., :, None]) + lost)

    # Where A = (X Y) is wider than high: R = (U V), X = Q U and V = Qᵀ Y, so that
    # dY = Q dV, and Y dVᵀ is added to dQ.
    def vjp(self, g: Given, y: Bundle, a: Tensor) -> Cotangents:
        q, r = Item(0)(y), Item(1)(y)
        dq, dr = (_or_zeros(dx, x) for dx, x in zip(g, (q, r), strict=True))
        m, n = a.shape[-2:]
        if m >= n:
            return (_unfactored(q, r, dq, dr),)
        last = a.ndim - 1
        left, right = ([part(x, last, cut) for x in (a, r, dr)] for cut in (range(m), range(m, n)))
        dq = dq + product(right[0], swap_last(right[2]))
        dx = _unfactored(q, left[1], dq, left[2])
        return (Concatenate(last)(dx, product(q, right[2])),)

    def cost(self, *inputs: Spec) -> Cost:
        size = size_of(inputs[0].shape) * min(inputs[0].shape[-2:])
        return Cost(4 * size, bytes_of(*inputs, *self.infer(*inputs)))


# Seeger et al. 2017, Auto-differentiating linear algebra; Liao et al. 2019. With M = R dRᵀ − dQᵀ Q,
# dA = (dQ + Q C) R⁻ᵀ, where C is symmetric and has the lower triangle of M.
def _unfactored(q: Tensor, r: Tensor, dq: Tensor, dr: Tensor) -> Tensor:
    inner = product(r, swap_last(dr)) - product(swap_last(dq), q)
    both = lower(inner) + swap_last(lower(inner, -1))
    whole = dq + product(q, both)
    return swap_last(TriangularSolve(lower=False, absorbing=True)(r, swap_last(whole)))


@dataclass(frozen=True)
class Eigh(Several, OfMatrices):
    """λ, V with (A + Aᵀ)/2 = V diag(λ) Vᵀ, Vᵀ V = 1 and λ_0 ≤ λ_1 ≤ …"""

    def infer(self, a: Spec) -> tuple[Spec, ...]:
        check_square(a)
        return Spec(a.shape[:-1], a.dtype), a

    def evaluate(self, a: Array) -> tuple[Array, ...]:
        whole, lost = _finite(symmetric(a))
        values, vectors = np.linalg.eigh(whole)
        return values + lost[..., 0], vectors * _signs(vectors) + lost

    # Giles 2008, An extended collection of matrix derivative results, 3.1.
    # dA = V (diag(dλ) + F∘(Vᵀ dV)) Vᵀ with F_ij = 1/(λ_j − λ_i), and of that the symmetric part.
    def vjp(self, g: Given, y: Bundle, a: Tensor) -> Cotangents:
        values, vectors = Item(0)(y), Item(1)(y)
        inner = _on_diagonal(_or_zeros(g[0], values))
        if g[1] is not None:
            turn = _turning(vectors, g[1])
            inner = inner + 0.5 * chain(turn, _reciprocal(_gaps(values)))
        return (symmetric_part(product(vectors, inner, swap_last(vectors))),)

    def cost(self, *inputs: Spec) -> Cost:
        size = size_of(inputs[0].shape) * inputs[0].shape[-1]
        return Cost(SWEEPS * 4 * size, bytes_of(*inputs, *self.infer(*inputs)))


@dataclass(frozen=True)
class SVD(Several, OfMatrices):
    """U, σ, Vᵀ with A = U diag(σ) Vᵀ, Uᵀ U = Vᵀ V = 1 and σ_0 ≥ σ_1 ≥ … ≥ 0."""

    def infer(self, a: Spec) -> tuple[Spec, ...]:
        check_matrix(a)
        *front, m, n = a.shape
        k = min(m, n)
        shapes = (*front, m, k), (*front, k), (*front, k, n)
        return tuple(Spec(shape, a.dtype) for shape in shapes)

    def evaluate(self, a: Array) -> tuple[Array, ...]:
        whole, lost = _finite(a)
        u, values, vt = np.linalg.svd(whole, full_matrices=False)
        sign = _signs(u)
        return u * sign + lost, values + lost[..., 0], np.swapaxes(sign, -1, -2) * vt + lost

    # Townsend 2016, Differentiating the singular value decomposition.
    # dA = U (diag(dσ) + (F∘M) diag(σ) + diag(σ) (F∘N)) Vᵀ with M = Uᵀ dU − dUᵀ U, N = Vᵀ dV − dVᵀ V
    # and F_ij = 1/(σ_j² − σ_i²); and what of dU and dV lies outside of U and V, divided by σ.
    def vjp(self, g: Given, y: Bundle, a: Tensor) -> Cotangents:
        u, values, vt = (Item(place)(y) for place in range(3))
        v, row = swap_last(vt), reshape(values, (*values.shape[:-1], 1, values.shape[-1]))
        inner = _on_diagonal(_or_zeros(g[1], values))
        outside: list[Tensor] = []
        slopes = _reciprocal(_gaps(values * values))
        if g[0] is not None:
            inner = inner + chain(_turning(u, g[0]), slopes) * row
            outside.append(product(_beyond(u, g[0], row), vt))
        if g[2] is not None:
            dv = swap_last(g[2])
            inner = inner + swap_last(row) * chain(_turning(v, dv), slopes)
            outside.append(product(u, swap_last(_beyond(v, dv, row))))
        return (sum(outside, product(u, inner, vt)),)

    def cost(self, *inputs: Spec) -> Cost:
        size = size_of(inputs[0].shape) * min(inputs[0].shape[-2:])
        return Cost(SWEEPS * 6 * size, bytes_of(*inputs, *self.infer(*inputs)))


# How often Jacobi's method goes over all pairs of vectors, as a rule.
SWEEPS = 8


def _finite(a: Array) -> tuple[Array, Array]:
    """`a` with zeros for matrices that are not finite; and NaN to add to these, 0 to others."""
    lost = ~np.isfinite(a).all((-2, -1), keepdims=True)
    return np.where(lost, a.dtype.type(0), a), np.where(lost, np.nan, 0).astype(a.dtype)


def _signs(vectors: Array) -> Array:
    """The signs that make the first notable element of each column positive, as a row."""
    size = np.abs(vectors)
    notable = size >= NOTABLE * size.max(-2, keepdims=True, initial=0)
    if 0 in vectors.shape:
        return np.ones((*vectors.shape[:-2], 1, vectors.shape[-1]), vectors.dtype)
    first = np.take_along_axis(vectors, notable.argmax(-2)[..., None, :], -2)
    return np.where(first < 0, -1, 1).astype(vectors.dtype)


def _or_zeros(g: Tensor | None, x: Tensor) -> Tensor:
    return constant(np.zeros(x.shape, x.dtype)) if g is None else g


def _on_diagonal(x: Tensor) -> Tensor:
    """Diagonal matrices of the vectors `x`."""
    eye = constant(np.eye(x.shape[-1], dtype=np.bool_))
    zero = constant(np.zeros((), x.dtype))
    return Where()(eye, reshape(x, (*x.shape[:-1], 1, x.shape[-1])), zero)


def _gaps(x: Tensor) -> Tensor:
    """x_j − x_i"""
    *front, n = x.shape
    return Subtract()(reshape(x, (*front, 1, n)), reshape(x, (*front, n, 1)))


def _reciprocal(gaps: Tensor) -> Tensor:
    """1/x off the diagonal, 0 on it."""
    eye = constant(np.eye(gaps.shape[-1], dtype=np.bool_))
    zero, one = (constant(np.full((), number, gaps.dtype)) for number in (0, 1))
    return Where()(eye, zero, Divide()(one, Where()(eye, one, gaps)))


def _turning(vectors: Tensor, g: Tensor) -> Tensor:
    """Vᵀ dV − dVᵀ V: how far the cotangent turns the vectors into each other."""
    inner = product(swap_last(vectors), g)
    return Subtract()(inner, swap_last(inner))


def _beyond(vectors: Tensor, g: Tensor, values: Tensor) -> Tensor:
    """(1 − V Vᵀ) dV diag(1/σ): what of the cotangent lies outside the space of the vectors."""
    if vectors.shape[-1] == vectors.shape[-2]:
        return constant(np.zeros(g.shape, g.dtype))  # and no rounding errors to divide
    rest = g - product(vectors, swap_last(vectors), g)
    one = constant(np.ones((), g.dtype))
    return chain(rest, Divide()(one, values))
