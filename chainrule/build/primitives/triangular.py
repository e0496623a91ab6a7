"""Triangular matrices: factors by elimination, and solving with them.

What a derivative solves is `absorbing`: an exactly zero right side has the solution zero, whatever
the matrix, and nothing is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainrule.array.dtype import int64
from chainrule.array.shape import broadcast, size_of
from chainrule.build.leaf import constant
from chainrule.build.primitives.indexing import Gather
from chainrule.build.primitives.matrix import (
    OfMatrices,
    check_square,
    first_of,
    lower,
    product,
    symmetric,
    symmetric_part,
    upper,
)
from chainrule.build.primitives.movement import swap_last
from chainrule.build.primitives.ordering import Argsort
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
from chainrule.errors import DTypeError, MatrixError, ShapeError


@dataclass(frozen=True)
class Cholesky(OfMatrices):
    """L with L Lᵀ = (A + Aᵀ)/2, lower triangular with a positive diagonal."""

    def infer(self, a: Spec) -> Spec:
        check_square(a)
        return a

    def evaluate(self, a: Array) -> Array:
        whole = symmetric(a)
        try:
            return np.linalg.cholesky(whole)
        except np.linalg.LinAlgError:
            raise MatrixError(
                f"{first_of(~_are_definite(whole))} is not positive definite: it has no Cholesky "
                "factor; add a little to its diagonal"
            ) from None

    # Murray 2016, Differentiation of the Cholesky decomposition. With S = L⁻ᵀ Φ(Lᵀ dL) L⁻¹, Φ the
    # lower triangle with half the diagonal, dA is the symmetric part of S.
    def vjp(self, g: Tensor, y: Tensor, a: Tensor) -> Cotangents:
        inner = product(swap_last(y), g)
        half = 0.5 * (lower(inner) + lower(inner, -1))
        solve = TriangularSolve(lower=True, adjoint=True, absorbing=True)
        return (symmetric_part(solve(y, swap_last(solve(y, half)))),)

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(size_of(inputs[0].shape) * inputs[0].shape[-1] // 3, bytes_of(*inputs * 2))


def _are_definite(whole: Array) -> Array:
    """Which matrices of a batch have a Cholesky factor."""
    found = np.ones(whole.shape[:-2], np.bool_)
    for place in np.ndindex(found.shape):
        try:
            np.linalg.cholesky(whole[place])
        except np.linalg.LinAlgError:
            found[place] = False
    return found


@dataclass(frozen=True)
class TriangularSolve(OfMatrices):
    """X with T X = B, or Tᵀ X = B where `adjoint`; of T only the one triangle is read.

    `unit` takes its diagonal as ones.
    """

    lower: bool
    adjoint: bool = False
    unit: bool = False
    absorbing: bool = False

    def infer(self, t: Spec, b: Spec) -> Spec:
        check_square(t)
        if t.dtype != b.dtype:
            raise DTypeError(f"solving takes one data type, got {t} and {b}")
        if len(b.shape) < 2 or b.shape[-2] != t.shape[-1]:
            raise ShapeError(f"matrices {t.shape} need right sides (…, {t.shape[-1]}, m): {b}")
        return Spec((*broadcast(t.shape[:-2], b.shape[:-2]), *b.shape[-2:]), b.dtype)

    @property
    def goes_down(self) -> bool:
        """Whether the first row of X is found first."""
        return self.lower != self.adjoint

    def evaluate(self, t: Array, b: Array) -> Array:
        self._check(t)
        t = np.swapaxes(t, -1, -2) if self.adjoint else t
        x = np.empty((*broadcast(t.shape[:-2], b.shape[:-2]), *b.shape[-2:]), b.dtype)
        for i, known in self._steps(t.shape[-1]):
            found = np.matmul(t[..., i, None, known], x[..., known, :])[..., 0, :]
            rest = b[..., i, :] - found
            x[..., i, :] = rest if self.unit else self._quotient(rest, t[..., i, i, None])
        return x

    def _steps(self, n: int) -> Iterator[tuple[int, slice]]:
        """The rows in their order, each with those before it."""
        if self.goes_down:
            return ((i, slice(0, i)) for i in range(n))
        return ((i, slice(i + 1, n)) for i in reversed(range(n)))

    def _quotient(self, rest: Array, pivot: Array) -> Array:
        found = rest / pivot
        return np.where(rest == 0, rest, found) if self.absorbing else found

    def _check(self, t: Array) -> None:
        zeros = np.diagonal(t, axis1=-2, axis2=-1) == 0
        if self.unit or self.absorbing or not zeros.any():
            return
        raise MatrixError(
            f"{first_of(zeros.any(-1))} is singular: the equation has no unique solution; "
            "lstsq or pinv give the smallest one"
        )

    # T X = B:  dB = T⁻ᵀ G,  dT = −dB Xᵀ in the triangle;  Tᵀ X = B:  dB = T⁻¹ G,  dT = −X dBᵀ.
    def vjp(self, g: Tensor, y: Tensor, t: Tensor, b: Tensor) -> Cotangents:
        db = replace(self, adjoint=not self.adjoint, absorbing=True)(t, g)
        left, right = (y, db) if self.adjoint else (db, y)
        whole = -product(left, swap_last(right)) if t.tracked else None
        return None if whole is None else self._triangle(whole), db

    def _triangle(self, x: Tensor) -> Tensor:
        return lower(x, -self.unit) if self.lower else upper(x, int(self.unit))

    def cost(self, *inputs: Spec) -> Cost:
        result = self.infer(*inputs)
        return Cost(size_of(result.shape) * result.shape[-2], bytes_of(*inputs, result))


@dataclass(frozen=True)
class LU(Several, OfMatrices):
    """L, U, p, s with A_p = L U: Gaussian elimination, the largest of a column as its pivot.

    L (ones on its diagonal, not stored) and U share one matrix; p is the order of the rows, s = ±1
    whether it is even. A singular matrix has zeros on the diagonal of U.
    """

    def infer(self, a: Spec) -> tuple[Spec, ...]:
        check_square(a)
        return a, Spec(a.shape[:-1], int64), Spec(a.shape[:-2], a.dtype)

    def evaluate(self, a: Array) -> tuple[Array, ...]:
        n = a.shape[-1]
        lu = np.array(a).reshape(size_of(a.shape[:-2]), n, n)
        order = np.tile(np.arange(n), (len(lu), 1))
        sign = np.ones(len(lu), a.dtype)
        for k in range(n):
            _eliminate(lu, order, sign, k)
        return lu.reshape(a.shape), order.reshape(a.shape[:-1]), sign.reshape(a.shape[:-2])

    # A_p = L U:  dA_p = L⁻ᵀ (tril₋₁(Lᵀ dL) + triu(dU Uᵀ)) U⁻ᵀ
    def vjp(self, g: Sequence[Tensor | None], y: Bundle, a: Tensor) -> Cotangents:
        if g[0] is None:
            return (None,)
        whole, order = Item(0)(y), Item(1)(y)
        unit = lower(whole, -1) + constant(np.eye(a.shape[-1], dtype=a.dtype))
        inner = lower(product(swap_last(unit), lower(g[0], -1)), -1)
        inner = inner + upper(product(upper(g[0]), swap_last(upper(whole))))
        left = TriangularSolve(lower=True, adjoint=True, unit=True, absorbing=True)
        right = TriangularSolve(lower=False, absorbing=True)
        turned = swap_last(right(whole, swap_last(left(whole, inner))))
        return (rows(turned, Argsort(order.ndim - 1)(order)),)

    def cost(self, *inputs: Spec) -> Cost:
        size = size_of(inputs[0].shape) * inputs[0].shape[-1]
        return Cost(2 * size // 3, bytes_of(*inputs, *self.infer(*inputs)))


def _eliminate(lu: Array, order: Array, sign: Array, k: int) -> None:
    """Make column k of each matrix zero below its pivot, and keep the factors there."""
    each = np.arange(len(lu))
    pivot = k + np.argmax(np.abs(lu[:, k:, k]), axis=-1)
    lu[each, k], lu[each, pivot] = lu[each, pivot], lu[each, k]
    order[each, k], order[each, pivot] = order[each, pivot], order[each, k]
    sign[pivot != k] *= -1
    top = lu[:, k, k]
    lu[:, k + 1 :, k] /= np.where(top == 0, 1, top)[:, None]
    lu[:, k + 1 :, k + 1 :] -= lu[:, k + 1 :, k, None] * lu[:, k, None, k + 1 :]


def rows(x: Tensor, order: Tensor) -> Tensor:
    """Return y_(… i j) = x_(… n j) with n = order_(… i): the rows of matrices in another order."""
    front = x.ndim - 2
    return Gather((front,), front)(x, order)
