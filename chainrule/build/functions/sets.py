"""Sets: the distinct elements of an array, in order, each NaN distinct from all others.

How many there are depends on the values, which have to be known: in a function that is being
recorded these raise `ValueUnknownError`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chainrule.array.dtype import int64
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.indexing import take
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.tensor import Array, Tensor


class UniqueAll(NamedTuple):
    """The distinct elements, where each is first, which of them each element is, how often."""

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


class UniqueCounts(NamedTuple):
    """The distinct elements, and how often each occurs."""

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """The distinct elements, and for each element of the array which of them it is."""

    values: Tensor
    inverse_indices: Tensor


def unique_all(x: ArrayLike, /) -> UniqueAll:
    """Return the distinct elements of `x` with their first places, inverse indices and counts.

    `values`, `indices` and `counts` are vectors, values rising; indices are places in the flattened
    array. `inverse_indices` has the shape of `x`, and `values[inverse_indices]` is `x`. A value's
    gradient goes to its first place.

    Errors: `ValueUnknownError` in a function that is being recorded.

    >>> unique_all([3, 1, 3]).counts
    Tensor([1, 2], int64)
    """
    held = asarray(x)
    _, first, inverse, counts = np.unique(
        held.known().reshape(-1),
        return_index=True,
        return_inverse=True,
        return_counts=True,
        equal_nan=False,
    )
    places = _whole(first)
    values = take(reshape(held, (held.size,)), places)
    return UniqueAll(values, places, _whole(inverse.reshape(held.shape)), _whole(counts))


def unique_counts(x: ArrayLike, /) -> UniqueCounts:
    """Return the distinct elements of `x`, rising, and how often each occurs; see `unique_all`.

    Errors: `ValueUnknownError` in a function that is being recorded.

    >>> unique_counts([3, 1, 3])
    UniqueCounts(values=Tensor([1, 3], int64), counts=Tensor([1, 2], int64))
    """
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: ArrayLike, /) -> UniqueInverse:
    """Return the distinct elements v of `x`, rising, and i with v[i] = x; see `unique_all`.

    Errors: `ValueUnknownError` in a function that is being recorded.

    >>> unique_inverse([3, 1, 3]).inverse_indices
    Tensor([1, 0, 1], int64)
    """
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: ArrayLike, /) -> Tensor:
    """Return the distinct elements of `x`, rising; see `unique_all`.

    Errors: `ValueUnknownError` in a function that is being recorded.

    >>> unique_values([3, 1, 3])
    Tensor([1, 3], int64)
    """
    return unique_all(x).values


def _whole(places: Array) -> Tensor:
    return constant(places.astype(int64))
