"""Linear algebra: products of matrices and vectors, transposes and diagonals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.array.shape import normalize_axis, size_of
from chainrule.build.convert import ArrayLike, asarray, operands
from chainrule.build.functions import reduction
from chainrule.build.functions.arithmetic import multiply
from chainrule.build.operators import operator
from chainrule.build.primitives.broadcast import Sum, reshape
from chainrule.build.primitives.contraction import MatMul
from chainrule.build.primitives.movement import Slice, Transpose, swap_last
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError


@operator
def matmul(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the matrix product, C_(…mn) = Σ_k A_(…mk) B_(…kn).

    Shapes: (…, m, k) and (…, k, n) give (…, m, n); the axes in front broadcast. A vector (k,)
    stands for one row on the left and one column on the right; that axis is not in the result.

    Errors: `ShapeError` where the lengths k differ, the axes in front do not broadcast, or an
    operand is a single number.

    >>> matmul([[1.0, 2.0], [3.0, 4.0]], [10.0, 1.0])
    Tensor([12., 34.], float32)
    """
    a, b = operands(x1, x2)
    _check_matmul(a, b)
    if b.ndim <= 2:
        return _contracted(a, b, 1)  # one large product, not a batch of small ones
    product = MatMul()(reshape(a, (1, *a.shape)) if a.ndim == 1 else a, b)
    return reshape(product, (*b.shape[:-2], b.shape[-1])) if a.ndim == 1 else product


def _check_matmul(a: Tensor, b: Tensor) -> None:
    """Raise unless the matrix product of `a` and `b` exists."""
    if a.ndim == 0 or b.ndim == 0:
        raise ShapeError(
            f"matrix product of shapes {a.shape} and {b.shape} (at {caller()}): each operand needs "
            "an axis; use * to multiply by a number"
        )
    left, right = a.shape[-1], b.shape[-2] if b.ndim > 1 else b.shape[0]
    if left != right:
        raise ShapeError(
            f"matrix product of shapes {a.shape} and {b.shape} (at {caller()}): its sum runs over "
            f"the last axis of the first, of length {left}, and over one of length {right} of the "
            "second; these must be equal"
        )


@operator
def matrix_transpose(x: ArrayLike, /) -> Tensor:
    """Return the last two axes exchanged, y_(…ji) = x_(…ij). Shapes: (…, m, n) gives (…, n, m).

    Errors: `ShapeError` where there are not two axes.

    >>> matrix_transpose([[1.0, 2.0, 3.0]])
    Tensor([[1.],
            [2.],
            [3.]], float32)
    """
    return swap_last(_matrices(asarray(x)))


def vecdot(x1: ArrayLike, x2: ArrayLike, /, *, axis: int = -1) -> Tensor:
    """Return the dot products of vectors that lie along `axis`, y = Σ_k a_k b_k.

    Shapes: (…, k) and (…, k) give (…); the other axes broadcast. `axis` is counted from the last.

    Errors: `ShapeError` where the lengths k differ or the other axes do not broadcast.

    >>> vecdot([[1.0, 2.0], [3.0, 4.0]], [10.0, 1.0])
    Tensor([12., 34.], float32)
    """
    a, b = operands(x1, x2)
    if not -min(a.ndim, b.ndim) <= axis < 0 or a.shape[axis] != b.shape[axis]:
        raise ShapeError(
            f"dot products of shapes {a.shape} and {b.shape} along axis {axis}: the axis is "
            "counted from the last (−1), and both arrays have it with one length"
        )
    products = multiply(a, b)
    return Sum((products.ndim + axis,))(products)


def outer(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return all products of two vectors, y_ij = a_i b_j. Shapes: (m,) and (n,) give (m, n).

    Errors: `ShapeError` for anything but vectors.

    >>> outer([1.0, 2.0], [10.0, 1.0])
    Tensor([[10.,  1.],
            [20.,  2.]], float32)
    """
    a, b = operands(x1, x2)
    if a.ndim != 1 or b.ndim != 1:
        raise ShapeError(f"an outer product takes two vectors, got shapes {a.shape} and {b.shape}")
    return multiply(reshape(a, (*a.shape, 1)), b)


def tensordot(
    x1: ArrayLike, x2: ArrayLike, /, *, axes: int | tuple[Sequence[int], Sequence[int]] = 2
) -> Tensor:
    """Return the products summed over pairs of axes: the axes left of `x1`, then those of `x2`.

    `axes` is a pair: the axes of `x1`, and those of `x2` that they meet; or a number n, for the
    last n of `x1` and the first n of `x2`. Shapes: (a, b, k, l) and (k, l, c) give (a, b, c).

    Errors: `ShapeError` where the lengths of a pair differ, or an axis is not there.

    >>> tensordot([[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]])
    Tensor(10., float32)
    """
    a, b = operands(x1, x2)
    left, right = _paired(a, b, axes)
    rows = [axis for axis in range(a.ndim) if axis not in left]
    columns = [axis for axis in range(b.ndim) if axis not in right]
    return _contracted(Transpose((*rows, *left))(a), Transpose((*right, *columns))(b), len(left))


def _paired(
    a: Tensor, b: Tensor, axes: int | tuple[Sequence[int], Sequence[int]]
) -> tuple[list[int], list[int]]:
    """The axes of `a`, and the axes of `b` that they are summed with."""
    if isinstance(axes, int) and axes < 0:
        raise ShapeError(f"tensordot sums over a number of axes, 0 or more, got {axes}")
    first, second = (range(-axes, 0), range(axes)) if isinstance(axes, int) else axes
    left = [normalize_axis(axis, a.ndim) for axis in first]
    right = [normalize_axis(axis, b.ndim) for axis in second]
    lengths = [a.shape[axis] for axis in left]
    once = len(set(left)) == len(set(right)) == len(left)
    if not once or lengths != [b.shape[axis] for axis in right]:
        raise ShapeError(
            f"shapes {a.shape} and {b.shape} cannot be summed over axes {tuple(left)} and "
            f"{tuple(right)}: these must pair up with equal lengths, each axis once"
        )
    return left, right


def _contracted(a: Tensor, b: Tensor, count: int) -> Tensor:
    """The product of `a` and `b` summed over the last axes of one and the first of the other."""
    split = a.ndim - count
    rows, inner, columns = a.shape[:split], a.shape[split:], b.shape[count:]
    left = reshape(a, (size_of(rows), size_of(inner)))
    right = reshape(b, (size_of(inner), size_of(columns)))
    return reshape(MatMul()(left, right), (*rows, *columns))


def diagonal(x: ArrayLike, /, *, offset: int = 0) -> Tensor:
    """Return the diagonal of each matrix, y_(…i) = x_(…i, i + offset), below the main one for < 0.

    Shapes: (…, m, n) gives (…, d) with d = min(m, n) for the main diagonal.

    Errors: `ShapeError` where there are not two axes.

    >>> diagonal([[1.0, 2.0], [3.0, 4.0]])
    Tensor([1., 4.], float32)
    """
    x = _matrices(asarray(x))
    *front, rows, columns = x.shape
    length = max(min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns), 0)
    start = (offset if offset >= 0 else -offset * columns) if length else 0
    # In the matrix written out in one row, the next element of the diagonal is n + 1 further on.
    zeros, ones = (0,) * len(front), (1,) * len(front)
    take = Slice((*zeros, start), (*front, length), (*ones, columns + 1))
    return take(reshape(x, (*front, rows * columns)))


def trace(x: ArrayLike, /, *, offset: int = 0, dtype: Any = None) -> Tensor:
    """Return the sum of the diagonal of each matrix, y = Σ_i x_(…i, i + offset).

    Shapes: (…, m, n) gives (…). Data types as for `sum`.

    Errors: `ShapeError` where there are not two axes.

    >>> trace([[1.0, 2.0], [3.0, 4.0]])
    Tensor(5., float32)
    """
    return reduction.sum(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def _matrices(x: Tensor) -> Tensor:
    """Return `x`, checked to have the two axes of a matrix."""
    if x.ndim < 2:
        raise ShapeError(f"a matrix has two axes, the array of shape {x.shape} has {x.ndim}")
    return x
