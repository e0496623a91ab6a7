"""Products of matrices and vectors beyond the plain one: powers, chains, Kronecker, cross."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from chainrule.array.shape import Shape, normalize_axis
from chainrule.build.convert import ArrayLike, asarray, operands
from chainrule.build.functions.arithmetic import multiply, subtract
from chainrule.build.functions.equations import inv
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.manipulation import broadcast_arrays
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.movement import Concatenate, part
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError


def matrix_power(x: ArrayLike, n: int, /) -> Tensor:
    """Return Aⁿ, by squaring: 1 for n = 0, a power of the inverse for n < 0.

    Shapes: (…, m, m) gives (…, m, m).

    Errors: `ShapeError` where a matrix is not square, `MatrixError` where it is singular and n < 0.

    >>> matrix_power([[1.0, 1.0], [0.0, 1.0]], 5)
    Tensor([[1., 5.],
            [0., 1.]], float32)
    """
    a = asarray(x)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ShapeError(f"a power takes square matrices, (…, n, n), got shape {a.shape}")
    if n == 0:
        return broadcast_to(constant(np.eye(a.shape[-1], dtype=a.dtype)), a.shape)
    return _power(inv(a) if n < 0 else a, abs(n))


def _power(a: Tensor, n: int) -> Tensor:
    if n == 1:
        return a
    half = _power(a, n // 2)
    whole = matmul(half, half)
    return matmul(whole, a) if n % 2 else whole


def multi_dot(arrays: Sequence[ArrayLike], /) -> Tensor:
    """Return the product of all matrices from left to right, in the order of the least work.

    The first and the last may be vectors. The order is found by dynamic programming (Godbole 1973).

    Errors: `ShapeError` for fewer than two factors, or where two neighbors do not fit.

    >>> multi_dot([[[1.0, 2.0]], [[3.0], [4.0]], [[10.0]]])
    Tensor([[110.]], float32)
    """
    factors = list(operands(*arrays))
    inner = factors[1:-1]
    if len(factors) < 2 or any(x.ndim != 2 for x in inner):
        raise ShapeError("multi_dot takes two or more matrices; the outer ones may be vectors")
    lengths = [_rows(factors[0]), *(x.shape[0] for x in factors[1:]), _columns(factors[-1])]
    return _product(factors, _splits(lengths), 0, len(factors))


def _rows(x: Tensor) -> int:
    return x.shape[0] if x.ndim > 1 else 1


def _columns(x: Tensor) -> int:
    return x.shape[1] if x.ndim > 1 else 1


def _splits(lengths: Sequence[int]) -> dict[tuple[int, int], int]:
    """Where to split each stretch of factors; factor k has lengths[k] rows."""
    count = len(lengths) - 1
    work: dict[tuple[int, int], int] = {(i, i + 1): 0 for i in range(count)}
    split: dict[tuple[int, int], int] = {}
    for width in range(2, count + 1):
        for i in range(count - width + 1):
            j = i + width
            outer = lengths[i] * lengths[j]
            work[i, j], split[i, j] = min(
                (work[i, k] + work[k, j] + outer * lengths[k], k) for k in range(i + 1, j)
            )
    return split


def _product(
    factors: Sequence[Tensor], split: dict[tuple[int, int], int], i: int, j: int
) -> Tensor:
    if j == i + 1:
        return factors[i]
    k = split[i, j]
    return matmul(_product(factors, split, i, k), _product(factors, split, k, j))


def kron(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the Kronecker product: a copy of B, times a_ij, in the place of each a_ij.

    Shapes: (m, n) and (p, q) give (m·p, n·q), and so on for other numbers of axes; the array with
    fewer axes gets new ones in front.

    >>> kron([[1.0, 2.0]], [[1.0], [10.0]])
    Tensor([[ 1.,  2.],
            [10., 20.]], float32)
    """
    a, b = operands(x1, x2)
    rank = max(a.ndim, b.ndim)
    left, right = ((1,) * (rank - x.ndim) + x.shape for x in (a, b))
    apart = multiply(
        reshape(a, _interleaved(left, (1,) * rank)), reshape(b, _interleaved((1,) * rank, right))
    )
    return reshape(apart, tuple(m * n for m, n in zip(left, right, strict=True)))


def _interleaved(first: Shape, second: Shape) -> Shape:
    return reduce(lambda made, pair: (*made, *pair), zip(first, second, strict=True), ())


def cross(x1: ArrayLike, x2: ArrayLike, /, *, axis: int = -1) -> Tensor:
    """Return the cross products of vectors of three elements along `axis`.

    y = (a₁b₂ − a₂b₁, a₂b₀ − a₀b₂, a₀b₁ − a₁b₀). The other axes broadcast.

    Errors: `ShapeError` where a vector does not have three elements.

    >>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    Tensor([0., 0., 1.], float32)
    """
    given = operands(x1, x2)
    if any(x.shape[normalize_axis(axis, x.ndim)] != 3 for x in given):
        shapes = " and ".join(str(x.shape) for x in given)
        raise ShapeError(f"cross products need 3 elements along axis {axis}, got shapes {shapes}")
    a, b = broadcast_arrays(*given)
    along = normalize_axis(axis, a.ndim)
    one, other = (multiply(_turned(a, along, i), _turned(b, along, j)) for i, j in ((1, 2), (2, 1)))
    return subtract(one, other)


def _turned(x: Tensor, axis: int, by: int) -> Tensor:
    """The three elements along `axis`, beginning with number `by`."""
    return Concatenate(axis)(part(x, axis, range(by, 3)), part(x, axis, range(by)))
