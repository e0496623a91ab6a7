"""Factors of matrices: Cholesky, LU, QR, eigenvalues, singular values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chainrule.build.convert import ArrayLike, as_type, floating
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.comparison import Equal
from chainrule.build.primitives.matrix import identity, lower, upper
from chainrule.build.primitives.movement import Concatenate, part, swap_last
from chainrule.build.primitives.orthogonal import QR, SVD, Eigh
from chainrule.build.primitives.triangular import LU, Cholesky
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError


class EighResult(NamedTuple):
    """λ and V with A = V diag(λ) Vᵀ."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class LUResult(NamedTuple):
    """P, L, U with A = P L U."""

    P: Tensor
    L: Tensor
    U: Tensor


class LUFactors(NamedTuple):
    """L, without its ones, and U in one matrix, and the order p of the rows: A_p = L U."""

    lu: Tensor
    order: Tensor


class QRResult(NamedTuple):
    """Q and R with A = Q R."""

    Q: Tensor
    R: Tensor


class SVDResult(NamedTuple):
    """U, σ and Vᵀ with A = U diag(σ) Vᵀ."""

    U: Tensor
    S: Tensor
    Vh: Tensor


def cholesky(x: ArrayLike, /, *, upper: bool = False) -> Tensor:
    """Return the lower triangular L with L Lᵀ = A and a positive diagonal; Lᵀ where `upper`.

    Shapes: (…, n, n) gives (…, n, n). Of a matrix that is not symmetric the symmetric part
    (A + Aᵀ)/2 is taken. Derivative: Murray 2016, arXiv 1602.07527.

    Errors: `MatrixError` for a matrix that is not positive definite, `ShapeError` for one that is
    not square.

    >>> cholesky([[4.0, 2.0], [2.0, 5.0]])
    Tensor([[2., 0.],
            [1., 2.]], float32)
    """
    (a,) = floating(x)
    factor = Cholesky()(a)
    return swap_last(factor) if upper else factor


def lu(x: ArrayLike, /) -> LUResult:
    """Return P, L, U with A = P L U: a permutation, ones on L's diagonal, U upper triangular.

    Gaussian elimination, with the largest element of each column as its pivot. Shapes: all
    (…, n, n).

    Errors: `ShapeError` for a matrix that is not square.

    >>> lu([[0.0, 2.0], [1.0, 3.0]]).U
    Tensor([[1., 3.],
            [0., 2.]], float32)
    """
    (a,) = floating(x)
    whole, order, _ = LU()(a)
    n = a.shape[-1]
    row = reshape(order, (*order.shape[:-1], 1, n))
    permutation = as_type(Equal()(row, constant(np.arange(n)[:, None])), a.dtype)
    return LUResult(permutation, lower(whole, -1) + identity(n, a), upper(whole))


def lu_factor(x: ArrayLike, /) -> LUFactors:
    """Return what `lu_solve` takes: L and U in one matrix, and the order p with A_p = L U.

    Shapes: (…, n, n) and (…, n), integers.

    Errors: `ShapeError` for a matrix that is not square.

    >>> lu_factor([[0.0, 2.0], [1.0, 3.0]]).order
    Tensor([1, 0], int64)
    """
    (a,) = floating(x)
    whole, order, _ = LU()(a)
    return LUFactors(whole, order)


def qr(x: ArrayLike, /, *, mode: str = "reduced") -> QRResult:
    """Return Q and R with A = Q R, Qᵀ Q = 1 and R upper triangular, its diagonal not negative.

    Shapes: (…, m, n) gives (…, m, k) and (…, k, n) with k = min(m, n), or k = m where `mode` is
    "complete". Householder 1958; derivative: Seeger et al. 2017, arXiv 1710.08717, and Liao et al.
    2019, arXiv 1903.09650. There is none where the first k columns are dependent.

    Errors: `OptionError` for another mode, `ShapeError` for fewer than two axes.

    >>> qr([[0.0, 2.0], [1.0, 3.0]]).R
    Tensor([[1., 3.],
            [0., 2.]], float32)
    """
    if mode not in ("reduced", "complete"):
        raise OptionError(f"qr knows the modes 'reduced' and 'complete', got {mode!r}")
    (a,) = floating(x)
    q, r = QR()(a)
    m, n = a.shape[-2:]
    if mode == "reduced" or m <= n:
        return QRResult(q, r)
    zeros = constant(np.zeros((*a.shape[:-2], m - n, n), a.dtype))
    return QRResult(completed(q), Concatenate(a.ndim - 2)(r, zeros))


def completed(q: Tensor) -> Tensor:
    """Return the orthonormal columns `q` and more behind them, as many as they have rows."""
    *front, m, k = q.shape
    if m == k:
        return q
    last = q.ndim - 1
    eye = broadcast_to(identity(m, q), (*front, m, m))
    whole, _ = QR()(Concatenate(last)(q, eye))
    return Concatenate(last)(q, part(whole, last, range(k, m)))


def eigh(x: ArrayLike, /) -> EighResult:
    """Return the eigenvalues of symmetric matrices, ascending, and the eigenvectors as columns.

    A = V diag(λ) Vᵀ. Shapes: (…, n, n) gives (…, n) and (…, n, n). Of a matrix that is not
    symmetric the symmetric part is taken; one that is not finite gives NaN. The sign of a vector:
    its first element that is not small beside the largest (0.4 of it) is positive.

    The vectors of equal eigenvalues have no derivative; the eigenvalues always have one (Giles
    2008).

    Errors: `ShapeError` for a matrix that is not square.

    >>> eigh([[2.0, 0.0], [0.0, 1.0]]).eigenvalues
    Tensor([1., 2.], float32)
    """
    (a,) = floating(x)
    return EighResult(*Eigh()(a))


def eigvalsh(x: ArrayLike, /) -> Tensor:
    """Return the eigenvalues of symmetric matrices, ascending. Shapes: (…, n, n) gives (…, n).

    Errors: `ShapeError` for a matrix that is not square.

    >>> eigvalsh([[2.0, 0.0], [0.0, 1.0]])
    Tensor([1., 2.], float32)
    """
    return eigh(x).eigenvalues


def svd(x: ArrayLike, /, *, full_matrices: bool = True) -> SVDResult:
    """Return U, σ, Vᵀ with A = U diag(σ) Vᵀ: orthonormal columns, and singular values, descending.

    Shapes: (…, m, n) gives (…, m, m), (…, k) and (…, n, n) with k = min(m, n); without
    `full_matrices` (…, m, k), (…, k) and (…, k, n). A matrix that is not finite gives NaN. The sign
    of a pair of vectors: the first element of U's that is not small beside the largest (0.4 of it)
    is positive.

    The vectors of equal singular values have no derivative; the singular values always have one
    (Townsend 2016).

    Errors: `ShapeError` for fewer than two axes.

    >>> svd([[0.0, 2.0], [1.0, 0.0]]).S
    Tensor([2., 1.], float32)
    """
    (a,) = floating(x)
    u, values, vt = SVD()(a)
    if full_matrices:
        return SVDResult(completed(u), values, swap_last(completed(swap_last(vt))))
    return SVDResult(u, values, vt)


def svdvals(x: ArrayLike, /) -> Tensor:
    """Return the singular values of matrices, descending. Shapes: (…, m, n) gives (…, min(m, n)).

    Errors: `ShapeError` for fewer than two axes.

    >>> svdvals([[0.0, 2.0], [1.0, 0.0]])
    Tensor([2., 1.], float32)
    """
    return svd(x, full_matrices=False).S
