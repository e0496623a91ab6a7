"""Pooling into a given number of windows, and of whole images.

Of o windows along an axis of length n, window i reaches from ⌊i·n/o⌋ up to ⌈(i + 1)·n/o⌉. Where o
divides n they are alike and do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any, NamedTuple

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike, asarray, floating
from chainrule.build.functions.arithmetic import divide
from chainrule.build.functions.comparison import where
from chainrule.build.functions.indexing import take
from chainrule.build.functions.manipulation import moveaxis, reshape
from chainrule.build.functions.reduction import argmax, max as largest, mean, sum as total
from chainrule.build.leaf import constant
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import ShapeError
from chainrule.nn.geometry import Geometry, images, lowest, per_axis, taps
from chainrule.nn.pooling.maximum import flat_places

OutputSize = int | Sequence[int | None] | None


def adaptive_max_pool1d(x: ArrayLike, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Return the largest number of each of `output_size` windows; see `adaptive_max_pool2d`.

    Shapes: x (…, c, width), y (…, c, output_size).

    >>> adaptive_max_pool1d([[1.0, 5.0, 2.0, 4.0]], 2)
    Tensor([[5., 4.]], float32)
    """
    return adaptive_max_pool("adaptive_max_pool1d", 1, x, output_size, return_indices)


def adaptive_max_pool2d(x: ArrayLike, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Return the largest number of each window, of which there are `output_size` an axis.

    Along an axis of length n, window i of o reaches from ⌊i·n/o⌋ up to ⌈(i + 1)·n/o⌉. A size of
    None is the image's own. With `return_indices` the result is a pair: y, and where in its image
    each y stands, counted row by row.

    Shapes: x (…, c, height, width), y (…, c, *output_size).

    Errors: `ShapeError` where x has too few axes; `OptionError` for a size that is not positive.

    >>> adaptive_max_pool2d([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]], (1, 2))
    Tensor([[[5., 6.]]], float32)
    """
    return adaptive_max_pool("adaptive_max_pool2d", 2, x, output_size, return_indices)


def adaptive_max_pool3d(x: ArrayLike, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Return the largest number of each window of a volume; see `adaptive_max_pool2d`.

    Shapes: x (…, c, depth, height, width), y (…, c, *output_size).

    >>> adaptive_max_pool3d([[[[1.0, 2.0], [3.0, 4.0]]]], 1)
    Tensor([[[[4.]]]], float32)
    """
    return adaptive_max_pool("adaptive_max_pool3d", 3, x, output_size, return_indices)


def adaptive_max_pool(
    name: str, rank: int, x: ArrayLike, output_size: OutputSize, return_indices: bool
) -> Any:
    """Return what pooling into `output_size` windows over the last `rank` axes gives."""
    given = images(name, x, rank)
    sizes = _sizes(name, rank, given.shape, output_size)
    if set(sizes) == {1} and not return_indices:
        return largest(given, axis=taps(given, rank), keepdims=True)
    found = _windows(name, given, sizes)
    inside = found.taps if found.mask is None else where(found.mask, found.taps, lowest(given))
    y = largest(inside, axis=taps(inside, rank))
    if not return_indices:
        return y
    first = argmax(reshape(inside, (*y.shape, -1)), axis=-1)
    return y, _looked_up(first, found.places, given.shape[-rank:])


def _looked_up(first: Tensor, places: Sequence[Array], lengths: Shape) -> Tensor:
    """Where in the image the tap number `first` of each window lies."""
    sizes, counts = zip(*(each.shape for each in places), strict=True)
    rank = len(places)
    grid = flat_places([each.ravel() for each in places], lengths)
    apart = grid.reshape([n for each in places for n in each.shape])
    table = apart.transpose((*range(0, 2 * rank, 2), *range(1, 2 * rank, 2)))
    begin = np.arange(prod(sizes)).reshape(sizes) * prod(counts)
    return take(constant(table.ravel()), first + begin)


def adaptive_avg_pool1d(x: ArrayLike, output_size: OutputSize) -> Tensor:
    """Return the mean of each of `output_size` windows; see `adaptive_avg_pool2d`.

    Shapes: x (…, c, width), y (…, c, output_size).

    >>> adaptive_avg_pool1d([[1.0, 5.0, 2.0, 4.0]], 2)
    Tensor([[3., 3.]], float32)
    """
    return adaptive_avg_pool("adaptive_avg_pool1d", 1, x, output_size)


def adaptive_avg_pool2d(x: ArrayLike, output_size: OutputSize) -> Tensor:
    """Return the mean of each window, of which there are `output_size` an axis.

    Windows are those of `adaptive_max_pool2d`.

    Shapes: x (…, c, height, width), y (…, c, *output_size).

    Errors: `ShapeError` where x has too few axes; `OptionError` for a size that is not positive.

    >>> adaptive_avg_pool2d([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]], (1, 2))
    Tensor([[[3., 4.]]], float32)
    """
    return adaptive_avg_pool("adaptive_avg_pool2d", 2, x, output_size)


def adaptive_avg_pool3d(x: ArrayLike, output_size: OutputSize) -> Tensor:
    """Return the mean of each window of a volume; see `adaptive_avg_pool2d`.

    Shapes: x (…, c, depth, height, width), y (…, c, *output_size).

    >>> adaptive_avg_pool3d([[[[1.0, 2.0], [3.0, 4.0]]]], 1)
    Tensor([[[[2.5]]]], float32)
    """
    return adaptive_avg_pool("adaptive_avg_pool3d", 3, x, output_size)


def adaptive_avg_pool(name: str, rank: int, x: ArrayLike, output_size: OutputSize) -> Tensor:
    """Return the means of `output_size` windows over the last `rank` axes."""
    (given,) = floating(images(name, x, rank))
    sizes = _sizes(name, rank, given.shape, output_size)
    if set(sizes) == {1}:
        return mean(given, axis=taps(given, rank), keepdims=True)
    found = _windows(name, given, sizes)
    if found.mask is None:
        return mean(found.taps, axis=taps(found.taps, rank))
    inside = where(found.mask, found.taps, 0.0)
    counts = found.mask.sum(axis=tuple(range(-rank, 0)))
    return divide(total(inside, axis=taps(inside, rank)), counts.astype(given.dtype))


class _Windows(NamedTuple):
    """Windows (… i … t), which of their taps count, and for each axis the place of tap t of i."""

    taps: Tensor
    mask: Array | None
    places: Sequence[Array]


def _sizes(name: str, rank: int, shape: Shape, output_size: OutputSize) -> Shape:
    """How many windows there are along each axis."""
    given = output_size if isinstance(output_size, Sequence) else (output_size,)
    each = tuple(given) * (rank if len(given) == 1 else 1)
    own = zip(each, shape[-rank:], strict=False)
    filled = [length if size is None else size for size, length in own]
    return per_axis(name, "output_size", filled if len(each) == rank else each, rank, 1)


def _windows(name: str, x: Tensor, sizes: Shape) -> _Windows:
    lengths = x.shape[-len(sizes) :]
    if 0 in lengths:
        raise ShapeError(f"{name}: an image of shape {lengths} has nothing to pool")
    ranges = [_reaches(n, size) for n, size in zip(lengths, sizes, strict=True)]
    places = [np.minimum(place, n - 1) for (place, _), n in zip(ranges, lengths, strict=True)]
    if all(n % size == 0 for n, size in zip(lengths, sizes, strict=True)):
        steps = tuple(n // size for n, size in zip(lengths, sizes, strict=True))
        none, ones = (0,) * len(sizes), (1,) * len(sizes)
        shape = Geometry(name, steps, steps, none, ones, ceil=False)
        return _Windows(shape.windows(x, 0.0), None, places)
    mask: Array = reduce(np.logical_and.outer, (there for _, there in ranges))
    rank = len(sizes)
    order = (*range(0, 2 * rank, 2), *range(1, 2 * rank, 2))
    return _Windows(_gathered(x, places), mask.transpose(order), places)


def _reaches(length: int, size: int) -> tuple[Array, Array]:
    """The places of the taps of each window along one axis, and which of them are in the window."""
    starts = np.arange(size) * length // size
    stops = -(-np.arange(1, size + 1) * length // size)
    places = starts[:, None] + np.arange((stops - starts).max())
    return places, places < stops[:, None]


def _gathered(x: Tensor, places: Sequence[Array]) -> Tensor:
    """The elements of `x` at the places of each window and tap (… i … t)."""
    first = x.ndim - len(places)
    for axis, place in enumerate(places, first):
        x = moveaxis(take(x, constant(place), axis=axis), axis + 1, -1)
    return x


def global_avg_pool(x: ArrayLike) -> Tensor:
    """Return the mean of each channel of images, whatever their size: y_nc = mean_i x_nci.

    Lin, Chen & Yan, Network in network (ICLR 2014). Shapes: x (n, c, …), y (n, c).

    Errors: `ShapeError` where x has fewer than three axes.

    >>> global_avg_pool([[[1.0, 5.0]]])
    Tensor([[3.]], float32)
    """
    given = _channels("global_avg_pool", x)
    return mean(given, axis=tuple(range(2, given.ndim)))


def global_max_pool(x: ArrayLike) -> Tensor:
    """Return the largest number of each channel of images: y_nc = max_i x_nci.

    Shapes: x (n, c, …), y (n, c).

    Errors: `ShapeError` where x has fewer than three axes.

    >>> global_max_pool([[[1.0, 5.0]]])
    Tensor([[5.]], float32)
    """
    given = _channels("global_max_pool", x)
    return largest(given, axis=tuple(range(2, given.ndim)))


def _channels(name: str, x: ArrayLike) -> Tensor:
    given = asarray(x)
    if given.ndim < 3:
        raise ShapeError(
            f"{name} takes (n, channels, places …), got shape {given.shape} (at {caller()})"
        )
    return given
