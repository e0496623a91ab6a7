"""Pooling by the mean of a window.

    y_i = (Σ_t x_(i·stride + t − padding)) / count_i

The border counts as zeros: in the sum always, in the count unless `count_include_pad=False`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import divide, multiply
from chainrule.build.functions.reduction import sum as total
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import OptionError
from chainrule.nn.geometry import Geometry, ImageLayer, Sizes, Windows, geometry, images, taps


def avg_pool1d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Return the mean of each window of a signal; see `avg_pool2d`.

    Shapes: x (…, c, width), y (…, c, windows).

    >>> avg_pool1d([[1.0, 5.0, 2.0, 4.0]], 2)
    Tensor([[3., 3.]], float32)
    """
    windows = Windows(kernel_size, stride, padding, 1, ceil_mode)
    return avg_pool("avg_pool1d", 1, x, windows, count_include_pad, None)


def avg_pool2d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    *,
    divisor_override: int | None = None,
) -> Tensor:
    """Return y_i = (Σ_t x_(i·stride + t − padding)) / count_i for the taps t of each window i.

    The count is that of the taps that lie in the image and its border, or in the image alone
    (`count_include_pad=False`), or else `divisor_override`. Sizes are as for `max_pool2d`.

    Shapes: x (…, c, height, width), y (…, c, rows of windows, windows in a row).

    Errors: `ShapeError` where x has too few axes or no window fits; `OptionError` for sizes that
    make no sense, or a divisor of 0.

    >>> avg_pool2d([[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 1.0, 2.0]]], 2)
    Tensor([[[2.5, 2. ]]], float32)
    """
    windows = Windows(kernel_size, stride, padding, 1, ceil_mode)
    return avg_pool("avg_pool2d", 2, x, windows, count_include_pad, divisor_override)


def avg_pool3d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    *,
    divisor_override: int | None = None,
) -> Tensor:
    """Return the mean of each window of a volume; see `avg_pool2d`.

    Shapes: x (…, c, depth, height, width), y (…, c, windows along each of these).

    >>> avg_pool3d([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]], 2)
    Tensor([[[[4.5]]]], float32)
    """
    windows = Windows(kernel_size, stride, padding, 1, ceil_mode)
    return avg_pool("avg_pool3d", 3, x, windows, count_include_pad, divisor_override)


def avg_pool(
    name: str,
    rank: int,
    x: ArrayLike,
    windows: Windows,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    """Return what averaging over the last `rank` axes gives; `windows` are geometry's options."""
    (given,) = floating(images(name, x, rank))
    if divisor_override == 0:
        raise OptionError(f"{name}: divisor_override is not 0")
    shape = geometry(name, rank, windows)
    found = shape.windows(given, 0.0)
    sums = total(found, axis=taps(found, rank))
    if divisor_override is not None:
        return multiply(sums, 1.0 / divisor_override)
    counts = _counts(shape, given.shape[-rank:], count_include_pad)
    if (counts == counts.flat[0]).all():
        return multiply(sums, 1.0 / float(counts.flat[0]))
    return divide(sums, counts.astype(sums.dtype))


def _counts(shape: Geometry, lengths: Shape, border_too: bool) -> Array:
    """How many taps of each window lie in the image, or in the image and its border."""
    along = []
    each = zip(shape.starts(lengths), shape.sizes, shape.borders, lengths, strict=True)
    for starts, size, border, length in each:
        room = border if border_too else 0
        stops = np.minimum(starts + size, length + room)
        along.append(stops - np.maximum(starts, -room))
    return reduce(np.multiply.outer, along)


@dataclass(eq=False, repr=False)
class AvgPool(ImageLayer):
    """What the layers of average pooling share; their options are those of `avg_pool2d`."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None

    def __post_init__(self) -> None:
        geometry(type(self).__name__, self.rank, self._windows())

    def _windows(self) -> Windows:
        return Windows(self.kernel_size, self.stride, self.padding, 1, self.ceil_mode)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        counted = self.count_include_pad, self.divisor_override
        return avg_pool(type(self).__name__, self.rank, x, self._windows(), *counted)


class AvgPool1d(AvgPool):
    """The layer of `avg_pool1d`.

    >>> AvgPool1d(2)([[1.0, 5.0, 2.0, 4.0]])
    Tensor([[3., 3.]], float32)
    """

    rank = 1


class AvgPool2d(AvgPool):
    """The layer of `avg_pool2d`.

    LeCun, Bottou, Bengio & Haffner, Gradient-based learning applied to document recognition (1998).

    >>> AvgPool2d(2)([[[1.0, 2.0, 5.0, 0.0], [3.0, 4.0, 1.0, 2.0]]])
    Tensor([[[2.5, 2. ]]], float32)
    """

    rank = 2


class AvgPool3d(AvgPool):
    """The layer of `avg_pool3d`.

    >>> AvgPool3d(2)([[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]])
    Tensor([[[[4.5]]]], float32)
    """

    rank = 3
