"""Images cut into patches, as columns, and put together of them again."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.manipulation import permute_dims, reshape
from chainrule.build.primitives.movement import sliced
from chainrule.build.primitives.window import Unwindow, Window
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.geometry import Geometry, ImageLayer, Sizes, Windows, geometry, images, per_axis


def unfold(
    x: ArrayLike, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1
) -> Tensor:
    """Return the patches under a window that slides over images, each as a column.

    y_(n, (c t), i) = x_(n, c, i·stride + t·dilation − padding), channels and taps in one axis, the
    places of windows in the other, both row by row; the border holds zeros.

    Shapes: x (…, c, height, width), y (…, c · taps, windows).

    Errors: `ShapeError` where x has too few axes or no window fits; `OptionError` for sizes that
    make no sense.

    >>> unfold([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]], 2)
    Tensor([[1., 2.],
            [2., 3.],
            [4., 5.],
            [5., 6.]], float32)
    """
    given = images("unfold", x, 2)
    found = _geometry("unfold", kernel_size, dilation, padding, stride).windows(given, 0.0)
    front, (channels, rows, columns, height, width) = found.shape[:-5], found.shape[-5:]
    first = len(front)
    order = (*range(first + 1), first + 3, first + 4, first + 1, first + 2)
    shape = (*front, channels * height * width, rows * columns)
    return reshape(permute_dims(found, order), shape)


def fold(
    x: ArrayLike,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Return images of `output_size` put together of patches, added up where they overlap.

    It is the transpose of `unfold`, not its inverse: an element comes back as often as windows
    have it.

    Shapes: x (…, c · taps, windows), y (…, c, height, width).

    Errors: `ShapeError` where the shape of x is not that of patches; `OptionError` for sizes that
    make no sense.

    >>> fold([[1.0, 2.0], [2.0, 3.0], [4.0, 5.0], [5.0, 6.0]], (2, 3), 2)
    Tensor([[[ 1.,  4.,  3.],
             [ 4., 10.,  6.]]], float32)
    """
    given = asarray(x)
    lengths = per_axis("fold", "output_size", output_size, 2, 1)
    shape = _geometry("fold", kernel_size, dilation, padding, stride)
    counts = shape.counts(lengths)
    if given.ndim < 2 or given.shape[-1] != prod(counts) or given.shape[-2] % prod(shape.sizes):
        raise ShapeError(
            f"fold: patches for images of {lengths} have shape (…, c · {prod(shape.sizes)}, "
            f"{prod(counts)}), got {given.shape} (at {caller()})"
        )
    front, channels = given.shape[:-2], given.shape[-2] // prod(shape.sizes)
    apart = reshape(given, (*front, channels, *shape.sizes, *counts))
    first = len(front) + 1
    windows = permute_dims(apart, (*range(first), first + 2, first + 3, first, first + 1))
    framed = [n + 2 * border for n, border in zip(lengths, shape.borders, strict=True)]
    window = Window((first, first + 1), shape.sizes, shape.steps, shape.dilations)
    whole = Unwindow((*front, channels, *framed), window)(windows)
    inside = [range(b, b + n) for b, n in zip(shape.borders, lengths, strict=True)]
    return sliced(whole, [*map(range, whole.shape[:-2]), *inside])


def _geometry(
    name: str, kernel_size: Sizes, dilation: Sizes, padding: Sizes, stride: Sizes
) -> Geometry:
    """The windows; a border may be wider than they are."""
    borders = per_axis(name, "padding", padding, 2, 0)
    found = geometry(name, 2, Windows(kernel_size, stride, 0, dilation))
    return Geometry(name, found.sizes, found.steps, borders, found.dilations, ceil=False)


@dataclass(eq=False, repr=False)
class Unfold(ImageLayer):
    """The layer of `unfold`.

    >>> Unfold(2)([[[1.0, 2.0], [4.0, 5.0]]]).shape
    (4, 1)
    """

    kernel_size: Sizes
    dilation: Sizes = 1
    padding: Sizes = 0
    stride: Sizes = 1

    def forward(self, x: ArrayLike) -> Tensor:
        """Return the patches of images x."""
        return unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)


@dataclass(eq=False, repr=False)
class Fold(ImageLayer):
    """The layer of `fold`.

    >>> Fold(2, 2)([[1.0], [2.0], [3.0], [4.0]])
    Tensor([[[1., 2.],
             [3., 4.]]], float32)
    """

    output_size: Sizes
    kernel_size: Sizes
    dilation: Sizes = 1
    padding: Sizes = 0
    stride: Sizes = 1

    def forward(self, x: ArrayLike) -> Tensor:
        """Return the images of patches x."""
        windows = self.kernel_size, self.dilation, self.padding, self.stride
        return fold(x, self.output_size, *windows)
