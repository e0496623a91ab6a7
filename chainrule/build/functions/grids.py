"""Grids: what depends on where an element stands, coordinates and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.creation import ones
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.elementwise import Where
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError


def tri(
    n_rows: int,
    n_cols: int | None = None,
    /,
    *,
    k: int = 0,
    dtype: Any = None,
    device: str | None = None,
) -> Tensor:
    """Return ones on the `k`-th diagonal and below it, y_(i j) = [j − i ≤ k], zeros above.

    Errors: `ShapeError` for a negative length.

    >>> tri(2, 3)
    Tensor([[1., 0., 0.],
            [1., 1., 0.]], float32)
    """
    shape = (n_rows, n_rows if n_cols is None else n_cols)
    return tril(ones(shape, dtype=dtype, device=device), k=k)


def tril(x: ArrayLike, /, *, k: int = 0) -> Tensor:
    """Return the matrices x_(… i j) with zeros above the `k`-th diagonal, where j − i > k.

    Errors: `ShapeError` for fewer than two axes.

    >>> tril([[1, 2], [3, 4]])
    Tensor([[1, 0],
            [3, 4]], int64)
    """
    held = asarray(x)
    return Where()(_lower(held, k), held, constant(np.zeros((), held.dtype)))


def triu(x: ArrayLike, /, *, k: int = 0) -> Tensor:
    """Return the matrices x_(… i j) with zeros below the `k`-th diagonal, where j − i < k.

    Errors: `ShapeError` for fewer than two axes.

    >>> triu([[1, 2], [3, 4]])
    Tensor([[1, 2],
            [0, 4]], int64)
    """
    held = asarray(x)
    return Where()(_lower(held, k - 1), constant(np.zeros((), held.dtype)), held)


def _lower(x: Tensor, k: int) -> Tensor:
    """Where the last two axes of `x` are on the `k`-th diagonal or below it."""
    if x.ndim < 2:
        raise ShapeError(f"a triangle needs matrices, of two axes or more, got shape {x.shape}")
    rows, columns = x.shape[-2:]
    return constant(np.tri(rows, columns, k, np.bool_))


def meshgrid(*arrays: ArrayLike, indexing: str = "xy") -> list[Tensor]:
    """Return for each one-dimensional array the coordinate it gives every point of their grid.

    With `indexing="ij"` the grid's axis k belongs to array k; with `"xy"` the first two are
    exchanged, as in a picture: rows are y.

    Errors: `OptionError` for another `indexing`, `ShapeError` for an array of several axes.

    >>> meshgrid([1, 2], [10, 20, 30], indexing="ij")[1]
    Tensor([[10, 20, 30],
            [10, 20, 30]], int64)
    """
    if indexing not in ("xy", "ij"):
        raise OptionError(f"meshgrid knows the indexing 'xy' and 'ij', got {indexing!r}")
    lines = [asarray(x) for x in arrays]
    if any(x.ndim != 1 for x in lines):
        raise ShapeError(f"meshgrid takes one-dimensional arrays, got {[x.shape for x in lines]}")
    order = list(range(len(lines)))
    if indexing == "xy":
        order[:2] = order[:2][::-1]
    shape = tuple(lines[axis].size for axis in order)
    return [_along(x, order.index(place), shape) for place, x in enumerate(lines)]


def _along(x: Tensor, axis: int, shape: Shape) -> Tensor:
    """The array `x` of one axis, laid along `axis` and repeated to `shape`."""
    own = tuple(length if place == axis else 1 for place, length in enumerate(shape))
    return broadcast_to(reshape(x, own), shape)
