"""Norms: how long vectors are."""

from __future__ import annotations

import math

from chainrule.array.shape import Axes
from chainrule.build.convert import ArrayLike, as_type, floating
from chainrule.build.functions import arithmetic, reduction
from chainrule.build.functions.arithmetic import sqrt, square
from chainrule.build.tensor import Tensor


def norm(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the Euclidean length y = √(Σ x²) of the vectors along `axis`.

    Shapes: x (…), y the same without the axes. The gradient is x / y, and 0 where x is all zero:
    the middle of the slopes there.

    Errors: `ShapeError` for an axis that is not there.

    >>> norm([[3.0, 4.0], [0.0, 0.0]], axis=1)
    Tensor([5., 0.], float32)
    """
    (x,) = floating(x)
    return sqrt(reduction.sum(square(x), axis=axis, keepdims=keepdims))


def vector_norm(
    x: ArrayLike,
    /,
    *,
    axis: Axes = None,
    keepdims: bool = False,
    ord: float = 2,  # noqa: A002 (the standard's name)
) -> Tensor:
    """Return the length y = (Σ |x|^p)^(1/p) of the vectors along `axis`, with p = `ord`.

    p = ∞ gives the largest |x|, −∞ the smallest, 0 the number of elements that are not 0. Shapes: x
    (…), y the same without the axes.

    Errors: `ShapeError` for an axis that is not there, or without elements where p = ±∞.

    >>> vector_norm([3.0, -4.0]), vector_norm([3.0, -4.0], ord=1)
    (Tensor(5., float32), Tensor(7., float32))
    """
    if ord == 2:
        return norm(x, axis=axis, keepdims=keepdims)
    (x,) = floating(x)
    size = arithmetic.abs(x)
    if ord == math.inf:
        return reduction.max(size, axis=axis, keepdims=keepdims)
    if ord == -math.inf:
        return reduction.min(size, axis=axis, keepdims=keepdims)
    if ord == 0:
        return as_type(reduction.count_nonzero(x, axis=axis, keepdims=keepdims), x.dtype)
    if ord == 1:
        return reduction.sum(size, axis=axis, keepdims=keepdims)
    powers = reduction.sum(arithmetic.pow(size, ord), axis=axis, keepdims=keepdims)
    return arithmetic.pow(powers, 1 / ord)
