"""Pooling by the largest number of a window.

    y_i = max_t x_(i·stride + t·dilation − padding)

Elements of a window that tie share the gradient equally, as in `cr.max`; an index names the first.
What lies outside the image is −∞: it is not chosen where anything else is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike
from chainrule.build.functions.indexing import take
from chainrule.build.functions.manipulation import reshape
from chainrule.build.functions.reduction import argmax, max as largest
from chainrule.build.leaf import constant
from chainrule.build.tensor import Array
from chainrule.nn.geometry import ImageLayer, Sizes, Windows, geometry, images, lowest, taps


def max_pool1d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: bool = False,
) -> Any:
    """Return the largest number of each window of a signal; see `max_pool2d`.

    Shapes: x (…, c, width), y (…, c, windows).

    >>> max_pool1d([[1.0, 5.0, 2.0, 3.0]], 2)
    Tensor([[5., 3.]], float32)
    """
    windows = Windows(kernel_size, stride, padding, dilation, ceil_mode)
    return max_pool("max_pool1d", 1, x, windows, return_indices)


def max_pool2d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: bool = False,
) -> Any:
    """Return y_i = max_t x_(i·stride + t·dilation − padding) for the taps t of each window i.

    Sizes are one number for both axes, or a pair; without a `stride` windows do not overlap. With
    `return_indices` the result is a pair: y, and where in its image each y stands, counted row by
    row. How many windows there are: `chainrule.nn.geometry`.

    Shapes: x (…, c, height, width), y (…, c, rows of windows, windows in a row).

    Errors: `ShapeError` where x has too few axes or no window fits; `OptionError` for sizes that
    make no sense.

    >>> max_pool2d([[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 1.0, 1.0]]], 2)
    Tensor([[[4., 5.]]], float32)
    """
    windows = Windows(kernel_size, stride, padding, dilation, ceil_mode)
    return max_pool("max_pool2d", 2, x, windows, return_indices)


def max_pool3d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: bool = False,
) -> Any:
    """Return the largest number of each window of a volume; see `max_pool2d`.

    Shapes: x (…, c, depth, height, width), y (…, c, windows along each of these).

    >>> max_pool3d([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]], 2)
    Tensor([[[[8.]]]], float32)
    """
    windows = Windows(kernel_size, stride, padding, dilation, ceil_mode)
    return max_pool("max_pool3d", 3, x, windows, return_indices)


def max_pool(name: str, rank: int, x: ArrayLike, windows: Windows, return_indices: bool) -> Any:
    """Return what pooling over the last `rank` axes gives; `windows` are geometry's options."""
    given = images(name, x, rank)
    shape = geometry(name, rank, windows)
    found = shape.windows(given, lowest(given))
    y = largest(found, axis=taps(found, rank))
    if not return_indices:
        return y
    starts = shape.starts(given.shape[-rank:])
    steps = [np.arange(n) * d for n, d in zip(shape.sizes, shape.dilations, strict=True)]
    lengths = given.shape[-rank:]
    first = argmax(reshape(found, (*y.shape, prod(shape.sizes))), axis=-1)
    inside = constant(flat_places(steps, lengths).ravel())
    return y, take(inside, first) + flat_places(starts, lengths)


def flat_places(places: Sequence[Array], lengths: Shape) -> Array:
    """Return the number, row by row, of each element of an image of `lengths` at these places.

    There is one array of places for each axis; the result has an axis for each of them.

    >>> flat_places([np.array([0, 1]), np.array([1, 2])], (3, 4))
    array([[1, 2],
           [5, 6]])
    """
    strides = [prod(lengths[axis + 1 :]) for axis in range(len(lengths))]
    grids = np.meshgrid(*places, indexing="ij")
    whole: Array = sum(
        (grid * stride for grid, stride in zip(grids, strides, strict=True)),
        np.zeros((), np.int64),
    )
    return whole


@dataclass(eq=False, repr=False)
class MaxPool(ImageLayer):
    """What the layers of max pooling share; their options are those of `max_pool2d`."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    dilation: Sizes = 1
    return_indices: bool = False
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        geometry(type(self).__name__, self.rank, self._windows())

    def _windows(self) -> Windows:
        return Windows(self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)

    def forward(self, x: ArrayLike) -> Any:
        """Return y, or y and the indices, for images x."""
        name = type(self).__name__
        return max_pool(name, self.rank, x, self._windows(), self.return_indices)


class MaxPool1d(MaxPool):
    """The layer of `max_pool1d`.

    >>> MaxPool1d(2)([[1.0, 5.0, 2.0, 3.0]])
    Tensor([[5., 3.]], float32)
    """

    rank = 1


class MaxPool2d(MaxPool):
    """The layer of `max_pool2d`.

    LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition (1998),
    average; Ranzato, Huang, Boureau & LeCun, Unsupervised learning of invariant feature hierarchies
    (CVPR 2007), take the largest.

    >>> MaxPool2d(2)([[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 1.0, 1.0]]])
    Tensor([[[4., 5.]]], float32)
    """

    rank = 2


class MaxPool3d(MaxPool):
    """The layer of `max_pool3d`.

    >>> MaxPool3d(2)([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]])
    Tensor([[[[8.]]]], float32)
    """

    rank = 3
