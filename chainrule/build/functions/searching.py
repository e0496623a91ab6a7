"""Searching: where elements differ from 0, and where numbers belong in a sorted array."""

from __future__ import annotations

import numpy as np

from chainrule.array.dtype import bool_, int64
from chainrule.build.convert import ArrayLike, asarray, operands
from chainrule.build.functions.comparison import (
    isnan,
    less,
    logical_and,
    logical_not,
    logical_or,
    where,
)
from chainrule.build.functions.indexing import take
from chainrule.build.functions.manipulation import stack
from chainrule.build.leaf import constant
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError, OptionError, ShapeError


def nonzero(x: ArrayLike, /) -> tuple[Tensor, ...]:
    """Return the places of the elements that are not 0: an int64 array for each axis, row by row.

    `x[nonzero(x)]` is what is not 0.

    Errors: `ShapeError` for an array without axes; `ValueUnknownError` in a function that is being
    recorded, as the number of places depends on the values.

    >>> nonzero([[0, 7], [8, 9]])
    (Tensor([0, 1, 1], int64), Tensor([1, 0, 1], int64))
    """
    held = asarray(x)
    if not held.ndim:
        raise ShapeError("nonzero needs an axis to name places along; reshape to (1,) first")
    return tuple(constant(places.astype(int64)) for places in np.nonzero(held.known()))


def argwhere(x: ArrayLike, /) -> Tensor:
    """Return the places of the n elements that are not 0, one a row: int64, of shape (n, axes).

    Errors: as those of `nonzero`.

    >>> argwhere([[0, 7], [8, 9]])
    Tensor([[0, 1],
            [1, 0],
            [1, 1]], int64)
    """
    return stack(nonzero(x), axis=1)


def searchsorted(
    x1: ArrayLike, x2: ArrayLike, /, *, side: str = "left", sorter: ArrayLike | None = None
) -> Tensor:
    """Return where in the sorted vector `x1` each number v of `x2` belongs, as int64 places p.

    x1[p − 1] < v ≤ x1[p] for the side "left", x1[p − 1] ≤ v < x1[p] for "right". NaN comes last.
    `sorter` are the places that sort `x1`, where it is not sorted itself. Shapes: x1 and sorter
    (n), x2 (…), result (…). It halves the vector ⌈log₂ n⌉ times, for all of `x2` at once.

    Errors: `OptionError` for another side; `ShapeError` unless `x1` is a vector and `sorter` as
    long; `DTypeError` for bools.

    >>> searchsorted([1.0, 2.0, 2.0, 3.0], [0.0, 2.0, 9.0])
    Tensor([0, 1, 4], int64)
    """
    if side not in ("left", "right"):
        raise OptionError(f"searchsorted knows the sides 'left' and 'right', got {side!r}")
    line, sought = _sorted(asarray(x1), sorter), asarray(x2)
    line, sought = operands(line, sought)
    if line.dtype == bool_:
        raise DTypeError("searchsorted takes numbers, got bools; use astype")
    places = constant(np.zeros(sought.shape, int64))
    for exponent in reversed(range(line.size.bit_length())):
        further = places + 2**exponent
        before = take(line, where(further > line.size, 0, further - 1))
        follows = _less(before, sought) if side == "left" else logical_not(_less(sought, before))
        places = where(logical_and(further <= line.size, follows), further, places)
    return places


def _sorted(x: Tensor, sorter: ArrayLike | None) -> Tensor:
    if x.ndim != 1:
        raise ShapeError(f"searchsorted needs a vector to search in, got shape {x.shape}")
    if sorter is None:
        return x
    order = asarray(sorter)
    if order.shape != x.shape:
        raise ShapeError(f"a sorter for shape {x.shape} has that shape, got {order.shape}")
    return take(x, order)


def _less(a: Tensor, b: Tensor) -> Tensor:
    """Whether a comes before b, in an order in which NaN comes last."""
    return logical_or(less(a, b), logical_and(isnan(b), logical_not(isnan(a))))
