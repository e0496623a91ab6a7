"""Layers that put a border around signals, images and volumes; the function is `cr.pad`.

The widths are one number for all sides, or a pair (before, after) for each axis of places, those of
the last axis first, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.extension import pad
from chainrule.build.tensor import Tensor
from chainrule.nn.geometry import ImageLayer, images, per_axis

Widths = int | Sequence[int]


@dataclass(eq=False, repr=False)
class Border(ImageLayer):
    """What the layers share that take the border from the image; `mode` is that of `cr.pad`."""

    padding: Widths
    mode: ClassVar[str]

    def __post_init__(self) -> None:
        per_axis(type(self).__name__, "padding", self.padding, 2 * self.rank, 0)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return images x with their border."""
        return _padded(self, x, self.padding, self.mode, 0.0)


@dataclass(eq=False, repr=False)
class ConstantBorder(ImageLayer):
    """What the layers share whose border holds one value."""

    padding: Widths
    value: float = 0.0

    def __post_init__(self) -> None:
        per_axis(type(self).__name__, "padding", self.padding, 2 * self.rank, 0)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return images x with their border."""
        return _padded(self, x, self.padding, "constant", self.value)


def _padded(layer: ImageLayer, x: ArrayLike, padding: Widths, mode: str, value: float) -> Tensor:
    name = type(layer).__name__
    given = images(name, x, layer.rank)
    widths = per_axis(name, "padding", padding, 2 * layer.rank, 0)
    pairs = [(widths[i], widths[i + 1]) for i in range(0, 2 * layer.rank, 2)][::-1]
    return pad(given, [(0, 0)] * (given.ndim - layer.rank) + pairs, mode=mode, value=value)


class ConstantPad1d(ConstantBorder):
    """A layer that puts a border of `value` around signals; see `cr.pad`.

    Shapes: x and y (…, c, width).

    >>> ConstantPad1d((1, 1), 9.0)([[1.0, 2.0]])
    Tensor([[9., 1., 2., 9.]], float32)
    """

    rank = 1


class ConstantPad2d(ConstantBorder):
    """A layer that puts a border of `value` around images; see `cr.pad`.

    Shapes: x and y (…, c, height, width).

    >>> ConstantPad2d((1, 1, 0, 0), 9.0)([[[1.0, 2.0]]])
    Tensor([[[9., 1., 2., 9.]]], float32)
    """

    rank = 2


class ConstantPad3d(ConstantBorder):
    """A layer that puts a border of `value` around volumes; see `cr.pad`.

    Shapes: x and y (…, c, depth, height, width).

    >>> ConstantPad3d((1, 1, 0, 0, 0, 0), 9.0)([[[[1.0, 2.0]]]])
    Tensor([[[[9., 1., 2., 9.]]]], float32)
    """

    rank = 3


class ZeroPad1d(ConstantBorder):
    """A layer that puts a border of zeros around signals; see `cr.pad`.

    Shapes: x and y (…, c, width).

    >>> ZeroPad1d((1, 1))([[1.0, 2.0]])
    Tensor([[0., 1., 2., 0.]], float32)
    """

    rank = 1


class ZeroPad2d(ConstantBorder):
    """A layer that puts a border of zeros around images; see `cr.pad`.

    Shapes: x and y (…, c, height, width).

    >>> ZeroPad2d((1, 1, 0, 0))([[[1.0, 2.0]]])
    Tensor([[[0., 1., 2., 0.]]], float32)
    """

    rank = 2


class ZeroPad3d(ConstantBorder):
    """A layer that puts a border of zeros around volumes; see `cr.pad`.

    Shapes: x and y (…, c, depth, height, width).

    >>> ZeroPad3d((1, 1, 0, 0, 0, 0))([[[[1.0, 2.0]]]])
    Tensor([[[[0., 1., 2., 0.]]]], float32)
    """

    rank = 3


class ReflectionPad1d(Border):
    """A layer that puts a mirrored border around signals; see `cr.pad`.

    Shapes: x and y (…, c, width).

    >>> ReflectionPad1d((1, 1))([[1.0, 2.0]])
    Tensor([[2., 1., 2., 1.]], float32)
    """

    rank = 1
    mode = "reflect"


class ReflectionPad2d(Border):
    """A layer that puts a mirrored border around images; see `cr.pad`.

    Shapes: x and y (…, c, height, width).

    >>> ReflectionPad2d((1, 1, 0, 0))([[[1.0, 2.0]]])
    Tensor([[[2., 1., 2., 1.]]], float32)
    """

    rank = 2
    mode = "reflect"


class ReflectionPad3d(Border):
    """A layer that puts a mirrored border around volumes; see `cr.pad`.

    Shapes: x and y (…, c, depth, height, width).

    >>> ReflectionPad3d((1, 1, 0, 0, 0, 0))([[[[1.0, 2.0]]]])
    Tensor([[[[2., 1., 2., 1.]]]], float32)
    """

    rank = 3
    mode = "reflect"


class ReplicationPad1d(Border):
    """A layer that puts a border of the outermost elements around signals; see `cr.pad`.

    Shapes: x and y (…, c, width).

    >>> ReplicationPad1d((1, 1))([[1.0, 2.0]])
    Tensor([[1., 1., 2., 2.]], float32)
    """

    rank = 1
    mode = "edge"


class ReplicationPad2d(Border):
    """A layer that puts a border of the outermost elements around images; see `cr.pad`.

    Shapes: x and y (…, c, height, width).

    >>> ReplicationPad2d((1, 1, 0, 0))([[[1.0, 2.0]]])
    Tensor([[[1., 1., 2., 2.]]], float32)
    """

    rank = 2
    mode = "edge"


class ReplicationPad3d(Border):
    """A layer that puts a border of the outermost elements around volumes; see `cr.pad`.

    Shapes: x and y (…, c, depth, height, width).

    >>> ReplicationPad3d((1, 1, 0, 0, 0, 0))([[[[1.0, 2.0]]]])
    Tensor([[[[1., 1., 2., 2.]]]], float32)
    """

    rank = 3
    mode = "edge"


class CircularPad1d(Border):
    """A layer that puts a border of the elements from the other end around signals; see `cr.pad`.

    Shapes: x and y (…, c, width).

    >>> CircularPad1d((1, 1))([[1.0, 2.0]])
    Tensor([[2., 1., 2., 1.]], float32)
    """

    rank = 1
    mode = "wrap"


class CircularPad2d(Border):
    """A layer that puts a border of the elements from the other end around images; see `cr.pad`.

    Shapes: x and y (…, c, height, width).

    >>> CircularPad2d((1, 1, 0, 0))([[[1.0, 2.0]]])
    Tensor([[[2., 1., 2., 1.]]], float32)
    """

    rank = 2
    mode = "wrap"


class CircularPad3d(Border):
    """A layer that puts a border of the elements from the other end around volumes; see `cr.pad`.

    Shapes: x and y (…, c, depth, height, width).

    >>> CircularPad3d((1, 1, 0, 0, 0, 0))([[[[1.0, 2.0]]]])
    Tensor([[[[2., 1., 2., 1.]]]], float32)
    """

    rank = 3
    mode = "wrap"
