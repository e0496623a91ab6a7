"""What singular values and sums tell of a matrix: norms, condition, rank."""

from __future__ import annotations

import math

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import abs as absolute, divide, multiply
from chainrule.build.functions.equations import counting, inv
from chainrule.build.functions.factors import svdvals
from chainrule.build.functions.norm import norm
from chainrule.build.functions.reduction import (
    count_nonzero,
    max as largest,
    min as smallest,
    sum as total,
)
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError

Order = float | str | None


def matrix_norm(
    x: ArrayLike,
    /,
    *,
    keepdims: bool = False,
    ord: Order = "fro",  # noqa: A002 (the standard's name)
) -> Tensor:
    """Return a norm of each matrix. Shapes: (…, m, n) gives (…), or (…, 1, 1) with `keepdims`.

    | `ord` | |
    |---|---|
    | "fro" | √(Σ x_ij²) |
    | "nuc" | the sum of the singular values |
    | 1, −1 | the largest, smallest sum Σ_i |x_ij| of a column |
    | 2, −2 | the largest, smallest singular value |
    | ∞, −∞ | the largest, smallest sum Σ_j |x_ij| of a row |

    Errors: `OptionError` for another `ord`, `ShapeError` for fewer than two axes.

    >>> matrix_norm([[3.0, 0.0], [0.0, 4.0]]), matrix_norm([[3.0, 0.0], [0.0, 4.0]], ord="nuc")
    (Tensor(5., float32), Tensor(7., float32))
    """
    (a,) = floating(x)
    if a.ndim < 2:
        raise ShapeError(f"a matrix has two axes, got shape {a.shape}")
    found = _norm(a, ord)
    return reshape(found, (*found.shape, 1, 1)) if keepdims else found


def _norm(a: Tensor, ord: Order) -> Tensor:  # noqa: A002 (the standard's name)
    if ord in ("fro", None):
        return norm(a, axis=(-2, -1))
    if ord == "nuc":
        return total(svdvals(a), axis=-1)
    if ord not in (1, -1, 2, -2, math.inf, -math.inf):
        raise OptionError(f"a matrix has the norms 'fro', 'nuc', ±1, ±2 and ±inf, got {ord!r}")
    extreme = largest if float(ord) > 0 else smallest
    if abs(float(ord)) == 2:
        return extreme(svdvals(a), axis=-1)
    axis = -2 if abs(float(ord)) == 1 else -1
    return extreme(total(absolute(a), axis=axis), axis=-1)


def cond(x: ArrayLike, /, *, p: Order = None) -> Tensor:
    """Return the condition ‖A‖ ‖A⁻¹‖ of each matrix: how much it can magnify relative errors.

    The norm is the `matrix_norm` with `ord` = `p`; by default, and for p = ±2, the condition is
    σ_max/σ_min, which is ∞ for a singular matrix. Shapes: (…, m, n) gives (…); for other norms
    m = n.

    Errors: `OptionError` for another norm, `ShapeError` for fewer than two axes, `MatrixError` for
    a singular matrix where its inverse is needed.

    >>> cond([[4.0, 0.0], [0.0, 2.0]])
    Tensor(2., float32)
    """
    (a,) = floating(x)
    if p not in (None, 2, -2):
        return multiply(matrix_norm(a, ord=p), matrix_norm(inv(a), ord=p))
    values = svdvals(a)
    most, least = values[..., 0], values[..., -1]
    return divide(least, most) if p == -2 else divide(most, least)


def matrix_rank(x: ArrayLike, /, *, rtol: ArrayLike | None = None) -> Tensor:
    """Return how many singular values of each matrix are larger than `rtol` times the largest.

    By default `rtol` is the larger of m and n, times the distance from 1 to the next number.
    Shapes: (…, m, n) gives (…), integers.

    Errors: `ShapeError` for fewer than two axes.

    >>> matrix_rank([[1.0, 2.0], [2.0, 4.0]])
    Tensor(1, int64)
    """
    (a,) = floating(x)
    return count_nonzero(counting(svdvals(a), a, rtol), axis=-1)
