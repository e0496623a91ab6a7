"""Reductions: many elements to one, along the axes asked for.

`axis` is one axis, several, or `None` for all of them. The reduced axes vanish, or stay with length
1 for `keepdims=True`.
"""

from __future__ import annotations

import builtins
from functools import reduce
from typing import Any

from chainrule.array.dtype import UNSIGNED, as_dtype, bool_, int64, is_floating, uint64
from chainrule.array.shape import Axes, kept, normalize_axes, normalize_axis, size_of
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.arithmetic import divide, sqrt
from chainrule.build.operators import operator
from chainrule.build.primitives.broadcast import Reduction, Sum, reshape
from chainrule.build.primitives.reduction import (
    ArgExtreme,
    ArgMax,
    ArgMin,
    Prod,
    ReduceMax,
    ReduceMin,
)
from chainrule.build.tensor import Tensor


@operator
def sum(x: ArrayLike, /, *, axis: Axes = None, dtype: Any = None, keepdims: bool = False) -> Tensor:
    """Return the sum y = Σ x over `axis`; of no elements it is 0.

    Bools and small integers are added as 64-bit integers, floating numbers in their own type,
    unless `dtype` says otherwise.

    Errors: `ShapeError` for an axis that is not there.

    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
    Tensor([4., 6.], float32)
    """
    return _reduced(Sum, accumulator(asarray(x), dtype), axis, keepdims)


@operator
def mean(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the mean y = Σ x / n over the n elements along `axis`; of no elements it is NaN.

    Integers are averaged as float32.

    Errors: `ShapeError` for an axis that is not there.

    >>> mean([[1.0, 2.0], [3.0, 4.0]], axis=1)
    Tensor([1.5, 3.5], float32)
    """
    (x,) = floating(x)
    return divide(sum(x, axis=axis, keepdims=keepdims), _count(x, axis))


def var(
    x: ArrayLike, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False
) -> Tensor:
    """Return the variance y = Σ (x − mean x)² / (n − correction) over the n elements along `axis`.

    `correction=1` makes it the unbiased estimate from a sample. With n ≤ correction it is NaN or ∞.

    Errors: `ShapeError` for an axis that is not there.

    >>> var([1.0, 2.0, 3.0, 6.0])
    Tensor(3.5, float32)
    """
    (x,) = floating(x)
    deviation = x - mean(x, axis=axis, keepdims=True)
    total = sum(deviation * deviation, axis=axis, keepdims=keepdims)
    return divide(total, builtins.max(_count(x, axis) - correction, 0))


def std(
    x: ArrayLike, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False
) -> Tensor:
    """Return the standard deviation y = √(var x) over `axis`; see `var`.

    Where all elements are equal the gradient is 0.

    Errors: `ShapeError` for an axis that is not there.

    >>> std([1.0, 1.0, 3.0, 3.0])
    Tensor(1., float32)
    """
    return sqrt(var(x, axis=axis, correction=correction, keepdims=keepdims))


@operator
def max(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the largest element y = max x over `axis`, NaN where there is one.

    Equal largest elements share the gradient equally.

    Errors: `ShapeError` for an axis that is not there or has no elements.

    >>> max([[1.0, 5.0], [3.0, 4.0]], axis=1)
    Tensor([5., 4.], float32)
    """
    return _reduced(ReduceMax, asarray(x), axis, keepdims)


@operator
def min(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the smallest element y = min x over `axis`, NaN where there is one.

    Equal smallest elements share the gradient equally.

    Errors: `ShapeError` for an axis that is not there or has no elements.

    >>> min([[1.0, 5.0], [3.0, 4.0]], axis=1)
    Tensor([1., 3.], float32)
    """
    return _reduced(ReduceMin, asarray(x), axis, keepdims)


def prod(
    x: ArrayLike, /, *, axis: Axes = None, dtype: Any = None, keepdims: bool = False
) -> Tensor:
    """Return the product y = Π x over `axis`; of no elements it is 1.

    Data types as for `sum`. The derivative is right where elements are 0.

    Errors: `ShapeError` for an axis that is not there.

    >>> prod([[1.0, 2.0], [3.0, 4.0]], axis=0)
    Tensor([3., 8.], float32)
    """
    x = accumulator(asarray(x), dtype)
    axes = normalize_axes(axis, x.ndim)
    y = reduce(lambda part, index: Prod(index)(part), reversed(axes), x)
    return reshape(y, kept(x.shape, axes)) if keepdims else y


def any(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Tell whether some element over `axis` is not 0; of no elements it is False.

    Errors: `ShapeError` for an axis that is not there.

    >>> any([[0, 1], [0, 0]], axis=1)
    Tensor([ True, False], bool)
    """
    return _reduced(ReduceMax, as_type(asarray(x), bool_), axis, keepdims)


def all(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Tell whether no element over `axis` is 0; of no elements it is True.

    Errors: `ShapeError` for an axis that is not there.

    >>> all([[0, 1], [2, 3]], axis=1)
    Tensor([False,  True], bool)
    """
    return _reduced(ReduceMin, as_type(asarray(x), bool_), axis, keepdims)


def count_nonzero(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return how many elements over `axis` are not 0, as int64.

    Errors: `ShapeError` for an axis that is not there.

    >>> count_nonzero([[0, 1], [2, 3]], axis=1)
    Tensor([1, 2], int64)
    """
    return sum(as_type(asarray(x), bool_), axis=axis, keepdims=keepdims)


@operator
def argmax(x: ArrayLike, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the place of the largest element along `axis`, the first of several, as int64.

    Without `axis` it is the place in the array written out in one row. NaN counts as the largest.

    Errors: `ShapeError` for an axis that is not there or has no elements.

    >>> argmax([[1.0, 5.0], [4.0, 3.0]], axis=1)
    Tensor([1, 0], int64)
    """
    return _placed(ArgMax, asarray(x), axis, keepdims)


def argmin(x: ArrayLike, /, *, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the place of the smallest element along `axis`, the first of several, as int64.

    Without `axis` it is the place in the array written out in one row. NaN counts as the smallest.

    Errors: `ShapeError` for an axis that is not there or has no elements.

    >>> argmin([[1.0, 5.0], [4.0, 3.0]], axis=1)
    Tensor([0, 1], int64)
    """
    return _placed(ArgMin, asarray(x), axis, keepdims)


def accumulator(x: Tensor, dtype: Any) -> Tensor:
    """Return `x` in the type that its elements are added or multiplied in.

    It is `dtype` where that is given, else the type of `x`, integers and bools with 64 bits.
    """
    if dtype is not None:
        return as_type(x, as_dtype(dtype))
    if is_floating(x.dtype):
        return x
    return as_type(x, uint64 if x.dtype in UNSIGNED else int64)


def _reduced(reduction: type[Reduction], x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    axes = normalize_axes(axis, x.ndim)
    y = reduction(axes)(x)
    return reshape(y, kept(x.shape, axes)) if keepdims else y


def _placed(place: type[ArgExtreme], x: Tensor, axis: int | None, keepdims: bool) -> Tensor:
    if axis is None:
        y = place(0)(reshape(x, (x.size,)))
        return reshape(y, (1,) * x.ndim) if keepdims else y
    index = normalize_axis(axis, x.ndim)
    y = place(index)(x)
    return reshape(y, kept(x.shape, (index,))) if keepdims else y


def _count(x: Tensor, axis: Axes) -> int:
    """The number of elements that are reduced to one."""
    return size_of(tuple(x.shape[index] for index in normalize_axes(axis, x.ndim)))
