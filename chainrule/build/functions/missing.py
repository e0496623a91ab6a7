"""Reductions that pass over NaN: numbers that are missing."""

from __future__ import annotations

import math

from chainrule.array.dtype import is_floating
from chainrule.array.shape import Axes
from chainrule.build.convert import ArrayLike, asarray, floating
from chainrule.build.functions import reduction
from chainrule.build.functions.arithmetic import divide, sqrt, square
from chainrule.build.functions.comparison import isnan, logical_not, where
from chainrule.build.functions.manipulation import astype
from chainrule.build.tensor import Tensor


def nansum(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the sum over `axis` of what is not NaN; 0 where nothing is left.

    Errors: `ShapeError` for an axis that is not there.

    >>> nansum([1.0, float("nan"), 3.0])
    Tensor(4., float32)
    """
    return reduction.sum(_filled(asarray(x), 0), axis=axis, keepdims=keepdims)


def nanprod(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the product over `axis` of what is not NaN; 1 where nothing is left.

    Errors: `ShapeError` for an axis that is not there.

    >>> nanprod([2.0, float("nan"), 3.0])
    Tensor(6., float32)
    """
    return reduction.prod(_filled(asarray(x), 1), axis=axis, keepdims=keepdims)


def nanmean(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the mean over `axis` of what is not NaN; NaN where nothing is left.

    Errors: `ShapeError` for an axis that is not there.

    >>> nanmean([1.0, float("nan"), 3.0])
    Tensor(2., float32)
    """
    (held,) = floating(x)
    return divide(nansum(held, axis=axis, keepdims=keepdims), _count(held, axis, keepdims))


def nanvar(
    x: ArrayLike, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False
) -> Tensor:
    """Return y = Σ (x − mean x)² / (n − correction) over the n elements that are not NaN.

    Where n ≤ correction it is NaN.

    Errors: `ShapeError` for an axis that is not there.

    >>> nanvar([1.0, float("nan"), 3.0])
    Tensor(1., float32)
    """
    (held,) = floating(x)
    deviation = held - nanmean(held, axis=axis, keepdims=True)
    total = nansum(square(deviation), axis=axis, keepdims=keepdims)
    number = _count(held, axis, keepdims) - correction
    return where(number > 0, divide(total, where(number > 0, number, 1.0)), math.nan)


def nanstd(
    x: ArrayLike, /, *, axis: Axes = None, correction: float = 0.0, keepdims: bool = False
) -> Tensor:
    """Return the standard deviation √(nanvar x) over `axis`; see `nanvar`.

    Errors: `ShapeError` for an axis that is not there.

    >>> nanstd([1.0, float("nan"), 3.0])
    Tensor(1., float32)
    """
    return sqrt(nanvar(x, axis=axis, correction=correction, keepdims=keepdims))


def nanmax(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the largest element over `axis` that is not NaN; NaN where nothing is left.

    Errors: `ShapeError` for an axis that is not there or has no elements.

    >>> nanmax([1.0, float("nan"), 3.0])
    Tensor(3., float32)
    """
    held = asarray(x)
    found = reduction.max(_filled(held, -math.inf), axis=axis, keepdims=keepdims)
    return _unless_empty(found, held, axis, keepdims)


def nanmin(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the smallest element over `axis` that is not NaN; NaN where nothing is left.

    Errors: `ShapeError` for an axis that is not there or has no elements.

    >>> nanmin([1.0, float("nan"), 3.0])
    Tensor(1., float32)
    """
    held = asarray(x)
    found = reduction.min(_filled(held, math.inf), axis=axis, keepdims=keepdims)
    return _unless_empty(found, held, axis, keepdims)


def _filled(x: Tensor, value: float) -> Tensor:
    """`x` with `value` in place of NaN, which only floating numbers have."""
    return where(isnan(x), value, x) if is_floating(x.dtype) else x


def _count(x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    """How many elements over `axis` are not NaN."""
    present = astype(logical_not(isnan(x)), x.dtype)
    return reduction.sum(present, axis=axis, keepdims=keepdims)


def _unless_empty(found: Tensor, x: Tensor, axis: Axes, keepdims: bool) -> Tensor:
    if not is_floating(x.dtype):
        return found
    return where(reduction.all(isnan(x), axis=axis, keepdims=keepdims), math.nan, found)
