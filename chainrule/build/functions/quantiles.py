"""Quantiles: the number below which a given share of the elements lies."""

from __future__ import annotations

from chainrule.array.dtype import int64
from chainrule.array.shape import Axes, kept, normalize_axes, size_of
from chainrule.build.convert import ArrayLike, as_type, asarray, floating, holds_arrays
from chainrule.build.functions.comparison import isnan, where
from chainrule.build.functions.indexing import take
from chainrule.build.functions.ordering import sort
from chainrule.build.functions.piecewise import lerp
from chainrule.build.functions.reduction import any
from chainrule.build.functions.rounding import ceil, floor, round
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.primitives.detach import detach
from chainrule.build.primitives.movement import Transpose
from chainrule.build.tensor import Tensor
from chainrule.errors import DataError, OptionError, ShapeError

METHODS = ("linear", "lower", "higher", "nearest", "midpoint")


def quantile(
    x: ArrayLike,
    q: ArrayLike,
    /,
    *,
    axis: Axes = None,
    method: str = "linear",
    keepdims: bool = False,
) -> Tensor:
    """Return the element at the share `q` of the sorted x over `axis`: q = 0 the least, 1 the most.

    With n elements it stands at the place p = q·(n − 1). Between two places it lies on the line
    between both ("linear"), or is the "lower", the "higher", the "nearest" (even place of two) or
    their "midpoint". With a NaN among them it is NaN. Shapes: q (…), in front of those of x without
    the axes. The gradient goes to the elements it is made of; with "linear" also to q.

    Errors: `OptionError` for another method, `DataError` for a share that is known and not from 0
    to 1, `ShapeError` for an axis that is not there or no elements.

    >>> quantile([1.0, 2.0, 4.0], 0.75)
    Tensor(3., float32)
    """
    if method not in METHODS:
        raise OptionError(f"quantile knows the methods {', '.join(METHODS)}, got {method!r}")
    (held,) = floating(x)
    held, share = floating(held, q if holds_arrays(q) else asarray(q, dtype=held.dtype))
    _check_share(share)
    axes = normalize_axes(axis, held.ndim)
    found = _of_lines(_lines(held, axes), share, method)
    if not keepdims:
        return found
    return reshape(found, (*share.shape, *kept(held.shape, axes)))


def median(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return the middle of the sorted elements over `axis`, of two the mean; NaN with a NaN.

    Errors: `ShapeError` for an axis that is not there or no elements.

    >>> median([3.0, 1.0, 2.0, 10.0])
    Tensor(2.5, float32)
    """
    return quantile(x, 0.5, axis=axis, keepdims=keepdims)


def _check_share(q: Tensor) -> None:
    if q.value is not None and not ((q.value >= 0) & (q.value <= 1)).all():
        raise DataError(f"a quantile is at a share from 0 to 1, got {q.value}")


def _lines(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    """`x` with what is reduced as one axis, the last."""
    rest = [axis for axis in range(x.ndim) if axis not in axes]
    count = size_of(tuple(x.shape[axis] for axis in axes))
    if count == 0:
        raise ShapeError(f"no elements along {axes} of shape {x.shape} to take a quantile of")
    return reshape(Transpose((*rest, *axes))(x), (*(x.shape[axis] for axis in rest), count))


def _of_lines(x: Tensor, q: Tensor, method: str) -> Tensor:
    """The quantiles of each line: the axes of `q` come first."""
    place = q * (x.shape[-1] - 1)
    low, high, share = _between(place, method)
    ordered = sort(x)
    rank = x.ndim - 1
    order = (*range(rank, rank + q.ndim), *range(rank))
    below, above = (Transpose(order)(take(ordered, at, axis=rank)) for at in (low, high))
    weight = reshape(share, (*q.shape, *(1 for _ in range(rank))))
    return where(any(isnan(x), axis=-1), float("nan"), lerp(below, above, weight))


def _between(place: Tensor, method: str) -> tuple[Tensor, Tensor, Tensor]:
    """The two places that each quantile lies between, and how far on the way."""
    fixed = detach(place)
    below, above = as_type(floor(fixed), int64), as_type(ceil(fixed), int64)
    half = where(below == above, 0.0, 0.5)
    match method:
        case "lower":
            return below, below, half * 0
        case "higher":
            return above, above, half * 0
        case "nearest":
            return as_type(round(fixed), int64), as_type(round(fixed), int64), half * 0
        case "midpoint":
            return below, above, half
    return below, above, place - floor(fixed)
