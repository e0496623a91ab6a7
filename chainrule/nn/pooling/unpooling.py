"""Undoing max pooling: each number goes back to where it stood, among zeros.

y_(indices_i) = x_i        where several meet, their mean
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from chainrule.array.shape import Shape, size_of
from chainrule.build.convert import ArrayLike, asarray, floating
from chainrule.build.functions.arithmetic import divide, maximum
from chainrule.build.functions.creation import ones
from chainrule.build.functions.manipulation import reshape
from chainrule.build.primitives.indexing import Gather, ScatterAdd
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError, ShapeError
from chainrule.nn.geometry import ImageLayer, Sizes, Windows, geometry, images


def max_unpool1d(
    x: ArrayLike,
    indices: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Return a signal with each x where its index says, among zeros; see `max_unpool2d`.

    Shapes: x and indices (…, c, windows), y (…, c, width).

    >>> max_unpool1d([[5.0, 4.0]], [[1, 3]], 2)
    Tensor([[0., 5., 0., 4.]], float32)
    """
    return max_unpool(
        "max_unpool1d", 1, (x, indices), Windows(kernel_size, stride, padding), output_size
    )


def max_unpool2d(
    x: ArrayLike,
    indices: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Return images with each x where its index says, among zeros: y_(indices_i) = x_i.

    The indices are those that `max_pool2d` returns. Where several numbers meet, as windows overlap,
    y is their mean. Without `output_size`, y is as large as an image that pooling with these
    options makes x of: (windows − 1)·stride + kernel_size − 2·padding along each axis.

    Zeiler & Fergus, Visualizing and understanding convolutional networks (ECCV 2014).

    Shapes: x and indices (…, c, rows of windows, windows in a row), y (…, c, height, width).

    Errors: `ShapeError` where the indices have another shape than x, or x too few axes;
    `DTypeError` where they are no integers; `DataError` where one lies outside of y; `OptionError`
    for sizes that make no sense.

    >>> max_unpool2d([[[5.0]]], [[[3]]], 2)
    Tensor([[[0., 0.],
             [0., 5.]]], float32)
    """
    return max_unpool(
        "max_unpool2d", 2, (x, indices), Windows(kernel_size, stride, padding), output_size
    )


def max_unpool3d(
    x: ArrayLike,
    indices: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Return volumes with each x where its index says, among zeros; see `max_unpool2d`.

    Shapes: x and indices (…, c, windows along each axis), y (…, c, depth, height, width).

    >>> max_unpool3d([[[[5.0]]]], [[[[1]]]], (1, 1, 2))
    Tensor([[[[0., 5.]]]], float32)
    """
    return max_unpool(
        "max_unpool3d", 3, (x, indices), Windows(kernel_size, stride, padding), output_size
    )


def max_unpool(
    name: str,
    rank: int,
    pooled: tuple[ArrayLike, ArrayLike],
    windows: Windows,
    output_size: Sequence[int] | None,
) -> Tensor:
    """Return what undoes max pooling over the last `rank` axes."""
    (x,), places = floating(images(name, pooled[0], rank)), asarray(pooled[1])
    if x.shape != places.shape:
        raise ShapeError(
            f"{name}: each number needs an index, got shapes {x.shape} and {places.shape} "
            f"(at {caller()})"
        )
    if places.dtype.kind not in "iu":
        raise DTypeError(f"{name}: indices are integers, got {places.dtype} (at {caller()})")
    front = x.shape[:-rank]
    lengths = _lengths(name, rank, x.shape, windows, output_size)
    rows = (size_of(front), size_of(x.shape[-rank:]))
    scatter = ScatterAdd((rows[0], prod(lengths)), Gather((1,), shared=1, from_end=False))
    index = reshape(places, rows)
    sums = scatter(reshape(x, rows), index)
    counts = scatter(ones(rows, dtype=x.dtype), index)
    return reshape(divide(sums, maximum(counts, 1.0)), (*front, *lengths))


def _lengths(
    name: str,
    rank: int,
    shape: Shape,
    windows: Windows,
    output_size: Sequence[int] | None,
) -> Shape:
    """The size of the images, given or as pooling would have needed it."""
    found = geometry(name, rank, windows)
    if output_size is not None:
        given = tuple(output_size)[-rank:]
        if len(given) != rank or min(given) < 1 or len(output_size) not in (rank, len(shape)):
            raise ShapeError(f"{name}: output_size is {rank} lengths, got {output_size}")
        return given
    each = zip(shape[-rank:], found.sizes, found.steps, found.borders, strict=True)
    return tuple((n - 1) * step + size - 2 * border for n, size, step, border in each)


@dataclass(eq=False, repr=False)
class MaxUnpool(ImageLayer):
    """What the layers share that undo max pooling."""

    kernel_size: Sizes
    stride: Sizes | None = None
    padding: Sizes = 0

    def forward(
        self, x: ArrayLike, indices: ArrayLike, output_size: Sequence[int] | None = None
    ) -> Tensor:
        """Return y for what a max pooling layer gave, numbers x and indices."""
        windows = Windows(self.kernel_size, self.stride, self.padding)
        return max_unpool(type(self).__name__, self.rank, (x, indices), windows, output_size)


class MaxUnpool1d(MaxUnpool):
    """The layer of `max_unpool1d`.

    >>> MaxUnpool1d(2)([[5.0, 4.0]], [[1, 3]])
    Tensor([[0., 5., 0., 4.]], float32)
    """

    rank = 1


class MaxUnpool2d(MaxUnpool):
    """The layer of `max_unpool2d`.

    >>> MaxUnpool2d(2)([[[5.0]]], [[[3]]])
    Tensor([[[0., 0.],
             [0., 5.]]], float32)
    """

    rank = 2


class MaxUnpool3d(MaxUnpool):
    """The layer of `max_unpool3d`.

    >>> MaxUnpool3d((1, 1, 2))([[[[5.0]]]], [[[[1]]]])
    Tensor([[[[0., 5.]]]], float32)
    """

    rank = 3
