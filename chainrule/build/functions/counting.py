"""Counting: how often each whole number occurs, and how many numbers fall into each interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from chainrule.array.dtype import int64, is_floating
from chainrule.build.convert import ArrayLike, as_type, asarray, floating, holds_arrays
from chainrule.build.functions.arithmetic import divide
from chainrule.build.functions.comparison import logical_or, where
from chainrule.build.functions.reduction import max, min, sum
from chainrule.build.functions.scan import diff
from chainrule.build.functions.searching import searchsorted
from chainrule.build.functions.segments import length_of, numbered, segment_sum
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.primitives.detach import detach
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError


class Histogram(NamedTuple):
    """How many numbers, or how much weight, each interval got, and the edges between them."""

    counts: Tensor
    edges: Tensor


def bincount(
    x: ArrayLike, /, *, weights: ArrayLike | None = None, length: int | None = None
) -> Tensor:
    """Return y_k = how many elements of `x` are k, or the sum of their weights, for k < length.

    `x` holds integers from 0, in any shape; without `length`, it is one more than the largest. In a
    function that is being recorded it has to be said. Counts are int64; weights have the shape of
    `x`, keep their type and get gradients.

    Errors: `DataError` for a number that is not one of 0 … length − 1, `DTypeError` where they are
    no integers, `ShapeError` for weights of another shape.

    >>> bincount([1, 1, 3])
    Tensor([0, 2, 0, 1], int64)
    """
    numbers = numbered(x)
    total = length_of(numbers, length)
    each = constant(np.ones((), int64)) if weights is None else asarray(weights)
    if each.ndim and each.shape != numbers.shape:
        raise ShapeError(f"weights of shape {each.shape} for numbers of shape {numbers.shape}")
    if not each.ndim:
        each = each + constant(np.zeros(numbers.shape, each.dtype))
    return segment_sum(_flat(each), _flat(numbers), total)


def histogram(
    x: ArrayLike,
    /,
    bins: int | ArrayLike = 10,
    *,
    range: Sequence[ArrayLike] | None = None,  # noqa: A002 - NumPy's name
    weights: ArrayLike | None = None,
    density: bool = False,
) -> Histogram:
    """Return how many elements of `x` fall into each of `bins` intervals, and their edges.

    The intervals are equally wide from the smallest to the largest element, or over `range`; or
    `bins` are their edges, rising. Each holds its left edge, the last one its right edge too; what
    lies outside counts nowhere. With `density` the counts are divided by their sum and by the
    width, so that the area is 1. Only weights get gradients.

    Errors: `OptionError` for less than one interval, `ShapeError` for weights of another shape and
    for edges that are no vector.

    >>> histogram([1.0, 2.0, 2.5, 4.0], 3).counts
    Tensor([1, 2, 1], int64)
    """
    (held,) = floating(x)
    held = detach(held)
    edges = _edges(held, bins, range)
    count = edges.size - 1
    place = searchsorted(edges, held, side="right") - 1
    place = where(held == edges[-1], count - 1, place)
    outside = logical_or(place < 0, place >= count)
    found = bincount(where(outside, count, place), weights=weights, length=count + 1)[:-1]
    if not density:
        return Histogram(found, edges)
    shares = found if is_floating(found.dtype) else as_type(found, edges.dtype)
    return Histogram(divide(divide(shares, sum(shares)), diff(edges)), edges)


def _edges(x: Tensor, bins: int | ArrayLike, ends: Sequence[ArrayLike] | None) -> Tensor:
    if not isinstance(bins, int):
        (given,) = floating(bins if holds_arrays(bins) else asarray(bins, dtype=x.dtype))
        if given.ndim != 1 or given.size < 2:
            raise ShapeError(f"edges are a vector of two or more numbers, got shape {given.shape}")
        return given
    if bins < 1:
        raise OptionError(f"a histogram has one interval or more, not {bins}")
    _, low, high = floating(x, *((min(x), max(x)) if ends is None else ends))
    # One number by itself stands in the middle of an interval of length 1.
    alone = where(low == high, 0.5, 0.0)
    low, high = low - alone, high + alone
    shares = constant(np.linspace(0.0, 1.0, bins + 1).astype(low.dtype))
    return where(shares == 1.0, high, low + (high - low) * shares)


def _flat(x: Tensor) -> Tensor:
    return reshape(x, (x.size,))
