"""Linear equations, and what belongs to their solution: inverses and determinants."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chainrule.build.convert import ArrayLike, floating, operands
from chainrule.build.functions.arithmetic import abs as absolute, sign as sign_of, square
from chainrule.build.functions.comparison import greater
from chainrule.build.functions.exponential import log
from chainrule.build.functions.factors import LUFactors
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.reduction import count_nonzero, max as largest, prod, sum as total
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.detach import detach
from chainrule.build.primitives.elementwise import Divide, Where
from chainrule.build.primitives.implicit import (
    LogDeterminant,
    PseudoInverse,
    determinant,
    diagonal,
    factors_of,
    solution,
)
from chainrule.build.primitives.matrix import identity
from chainrule.build.primitives.movement import swap_last
from chainrule.build.primitives.ordering import Argsort
from chainrule.build.primitives.orthogonal import SVD
from chainrule.build.primitives.triangular import TriangularSolve, rows
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError


class SlogdetResult(NamedTuple):
    """The sign of a determinant, and the logarithm of its size."""

    sign: Tensor
    logabsdet: Tensor


class LstsqResult(NamedTuple):
    """X that makes ‖A X − B‖ least, that for each column squared, the rank of A, and its σ."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def solve(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return X with A X = B, by elimination with pivots.

    Shapes: A (…, n, n), B (…, n, m) or (n,); X as B, the axes in front broadcast. Derivative:
    dB = A⁻ᵀ dX, dA = −dB Xᵀ.

    Errors: `MatrixError` where a matrix is singular, `ShapeError` where the shapes do not fit.

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [1.0, 1.0])
    Tensor([0.5 , 0.25], float32)
    """
    a, b = floating(x1, x2)
    return _like(b, solution(_square(a), _columns(a, b), factors_of(a)))


def inv(x: ArrayLike, /) -> Tensor:
    """Return A⁻¹ with A A⁻¹ = 1. Shapes: (…, n, n) gives (…, n, n).

    To solve equations, `solve` is faster and more exact.

    Errors: `MatrixError` where a matrix is singular, `ShapeError` where it is not square.

    >>> inv([[2.0, 0.0], [0.0, 4.0]])
    Tensor([[0.5 , 0.  ],
            [0.  , 0.25]], float32)
    """
    (a,) = floating(x)
    return solution(_square(a), identity(a.shape[-1], a), factors_of(a))


def det(x: ArrayLike, /) -> Tensor:
    """Return the determinant of each matrix. Shapes: (…, n, n) gives (…).

    The derivative is the matrix of cofactors, that of a singular matrix as well; the second
    derivative of a singular matrix is not exact.

    Errors: `ShapeError` where a matrix is not square.

    >>> det([[2.0, 1.0], [1.0, 3.0]])
    Tensor(5., float32)
    """
    (a,) = floating(x)
    return determinant(_square(a), factors_of(a))


def slogdet(x: ArrayLike, /) -> SlogdetResult:
    """Return the sign (−1, 0 or 1) of each determinant, and log |det A|: −∞ where it is 0.

    Shapes: (…, n, n) gives (…) each. Derivative: d log |det A| = A⁻ᵀ.

    Errors: `ShapeError` where a matrix is not square.

    >>> slogdet([[2.0, 1.0], [1.0, 3.0]]).logabsdet
    Tensor(1.609438, float32)
    """
    (a,) = floating(x)
    factors = factors_of(_square(a))
    pivots = diagonal(factors.lu)
    sign = factors.sign * prod(sign_of(pivots), axis=-1)
    size = total(log(absolute(pivots)), axis=-1)
    return SlogdetResult(sign, LogDeterminant()(size, a, *factors))


def solve_triangular(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    *,
    lower: bool = False,
    adjoint: bool = False,
    unit_diagonal: bool = False,
) -> Tensor:
    """Return X with T X = B, or Tᵀ X = B where `adjoint`, for a triangular T.

    Only the one triangle of T is read: the upper one, or the `lower` one; with `unit_diagonal`
    not even its diagonal, which stands for ones. Shapes: T (…, n, n), B (…, n, m) or (n,).

    Errors: `MatrixError` for a zero on the diagonal, `ShapeError` where the shapes do not fit.

    >>> solve_triangular([[2.0, 1.0], [0.0, 4.0]], [2.0, 4.0])
    Tensor([0.5, 1. ], float32)
    """
    t, b = floating(x1, x2)
    primitive = TriangularSolve(lower, adjoint, unit_diagonal)
    return _like(b, primitive(_square(t), _columns(t, b)))


def cholesky_solve(x1: ArrayLike, x2: ArrayLike, /, *, upper: bool = False) -> Tensor:
    """Return X with L Lᵀ X = B, for the factor L that `cholesky` gives; Lᵀ where `upper`.

    Shapes: L (…, n, n), B (…, n, m) or (n,).

    Errors: `MatrixError` for a zero on the diagonal, `ShapeError` where the shapes do not fit.

    >>> cholesky_solve([[2.0, 0.0], [1.0, 2.0]], [4.0, 10.0])
    Tensor([0., 2.], float32)
    """
    factor, b = floating(x1, x2)
    first, second = (TriangularSolve(not upper, adjoint) for adjoint in (upper, not upper))
    return _like(b, second(factor, first(_square(factor), _columns(factor, b))))


def lu_solve(factors: LUFactors, x2: ArrayLike, /, *, adjoint: bool = False) -> Tensor:
    """Return X with A X = B, or Aᵀ X = B where `adjoint`, for the factors of A by `lu_factor`.

    Shapes: A (…, n, n), B (…, n, m) or (n,).

    Errors: `MatrixError` where a matrix is singular, `ShapeError` where the shapes do not fit.

    >>> from chainrule.build.functions.factors import lu_factor
    >>> lu_solve(lu_factor([[0.0, 2.0], [1.0, 3.0]]), [2.0, 4.0])
    Tensor([1., 1.], float32)
    """
    whole, b = floating(factors.lu, x2)
    right = _columns(whole, b)
    front = np.broadcast_shapes(whole.shape[:-2], right.shape[:-2])
    right = broadcast_to(right, (*front, *right.shape[-2:]))
    order = broadcast_to(factors.order, (*front, whole.shape[-1]))
    inner = TriangularSolve(lower=True, unit=True, adjoint=adjoint)
    outer = TriangularSolve(lower=False, adjoint=adjoint)
    if adjoint:
        found = inner(whole, outer(whole, right))
        return _like(b, rows(found, Argsort(order.ndim - 1)(order)))
    return _like(b, outer(whole, inner(whole, rows(right, order))))


def pinv(x: ArrayLike, /, *, rtol: ArrayLike | None = None) -> Tensor:
    """Return the pseudo-inverse A⁺ (Moore and Penrose). Shapes: (…, m, n) gives (…, n, m).

    Singular values up to `rtol` times the largest one count as zero; by default that is the larger
    of m and n, times the distance from 1 to the next number. Derivative: Golub and Pereyra 1973,
    where the rank does not change.

    Errors: `ShapeError` for fewer than two axes.

    >>> pinv([[2.0, 0.0], [0.0, 0.0]])
    Tensor([[0.5, 0. ],
            [0. , 0. ]], float32)
    """
    (a,) = floating(x)
    u, values, vt = SVD()(detach(a))
    counts = counting(values, a, rtol)
    one, zero = (constant(np.full((), number, a.dtype)) for number in (1, 0))
    parts = Where()(counts, Divide()(one, Where()(counts, values, one)), zero)
    row = reshape(parts, (*parts.shape[:-1], 1, parts.shape[-1]))
    return PseudoInverse()(matmul(swap_last(vt) * row, swap_last(u)), a)


def counting(values: Tensor, a: Tensor, rtol: ArrayLike | None) -> Tensor:
    """Return which singular values of `a` count, being larger than `rtol` times the largest."""
    if rtol is None:
        rtol = max(a.shape[-2:]) * float(np.finfo(a.dtype).eps)
    if 0 in values.shape:
        return greater(values, 0)
    _, share = operands(values, rtol)
    most = largest(values, axis=-1, keepdims=True)
    return greater(values, reshape(share, (*share.shape, 1)) * most)


def lstsq(x1: ArrayLike, x2: ArrayLike, /, *, rtol: ArrayLike | None = None) -> LstsqResult:
    """Return the X of least size that makes ‖A X − B‖ least, and what belongs to it.

    The residuals are ‖A x − b‖² for each column, the rank is that of A with `rtol` as in `pinv`.
    Shapes: A (…, m, n), B (…, m, k) or (m,).

    Errors: `ShapeError` where the shapes do not fit.

    >>> lstsq([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [1.0, 2.0, 3.0]).rank
    Tensor(2, int64)
    """
    a, b = floating(x1, x2)
    right = _columns(a, b)
    found = matmul(pinv(a, rtol=rtol), right)
    left = total(square(matmul(a, found) - right), axis=-2)
    residuals = reshape(left, left.shape[:-1]) if b.ndim == 1 else left
    _, values, _ = SVD()(a)
    rank = count_nonzero(counting(values, a, rtol), axis=-1)
    return LstsqResult(_like(b, found), residuals, rank, values)


def _square(a: Tensor) -> Tensor:
    """Return `a`, checked to be square matrices."""
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"square matrices are needed, (…, n, n), got shape {a.shape}")
    return a


def _columns(a: Tensor, b: Tensor) -> Tensor:
    """The right sides as columns; they must be as long as `a` is high."""
    right = reshape(b, (*b.shape, 1)) if b.ndim == 1 else b
    if a.ndim < 2 or right.ndim < 2 or right.shape[-2] != a.shape[-2]:
        raise ShapeError(
            f"matrices of shape {a.shape} do not fit right sides of shape {b.shape}: these are "
            "vectors (n,) or columns (…, n, m), as long as the matrices are high"
        )
    return right


def _like(b: Tensor, x: Tensor) -> Tensor:
    """The solutions `x` as vectors where `b` is one."""
    return reshape(x, x.shape[:-1]) if b.ndim == 1 else x
