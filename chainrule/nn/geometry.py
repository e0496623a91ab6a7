"""Where windows lie on an image: sizes, steps, borders, and how many windows there are.

Along an axis of length n, with windows of size k every `stride` places, their taps `dilation` apart
and a border of `padding` on both sides, there are ⌊(n + 2·padding − dilation·(k − 1) − 1) / stride⌋
+ 1 windows. With `ceil_mode` it is ⌈…⌉ + 1: the last one may reach over the border behind, though
none begins behind the image and its first border.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.extension import pad
from chainrule.build.primitives.window import Window
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.module import Module

Sizes = int | Sequence[int]


class ImageLayer(Module):
    """A layer that changes the size of images and leaves alone what an initializer cares for.

    `rank` is how many axes a place has: 1 in a signal, 2 in an image, 3 in a volume.
    """

    rank: ClassVar[int]

    def initializer_before(self, following: Initializer | None) -> Initializer | None:
        """Return `following`."""
        return following

    def arguments(self) -> str:
        """Return what differs from the defaults as it is written in Python."""
        fields = getattr(self, "__dataclass_fields__", {})
        given = {name: getattr(self, name) for name in fields}
        return ", ".join(f"{k}={v!r}" for k, v in given.items() if v != fields[k].default)


def images(name: str, x: ArrayLike, rank: int) -> Tensor:
    """Return `x` as a tensor with `rank` axes of places behind at least one of channels.

    Errors: `ShapeError` where it has fewer axes.
    """
    given = asarray(x)
    if given.ndim <= rank:
        places = ", ".join(("depth", "height", "width")[3 - rank :])
        raise ShapeError(
            f"{name} takes (n, channels, {places}), the n images of a batch, or one image without "
            f"the n; got shape {given.shape} (at {caller()})"
        )
    return given


def per_axis(name: str, option: str, value: Any, rank: int, least: int) -> tuple[int, ...]:
    """Return `value` as one integer for each of `rank` axes; a single one holds for all.

    Errors: `OptionError` where there are not as many, or one is below `least`.

    >>> per_axis("max_pool2d", "kernel_size", 3, 2, 1)
    (3, 3)
    """
    listed = tuple(value) if isinstance(value, Sequence) else (value,)
    whole = listed * rank if len(listed) == 1 else listed
    try:
        numbers = tuple(operator.index(number) for number in whole)
    except TypeError:
        numbers = ()
    if len(numbers) != rank or any(number < least for number in numbers):
        raise OptionError(
            f"{name}: {option} is an integer of at least {least}, or {rank} of them, got {value!r}"
        )
    return numbers


@dataclass(frozen=True)
class Geometry:
    """The windows of one kind of pooling, checked; one number an axis of places."""

    name: str
    sizes: tuple[int, ...]
    steps: tuple[int, ...]
    borders: tuple[int, ...]
    dilations: tuple[int, ...]
    ceil: bool

    def counts(self, lengths: Shape) -> Shape:
        """Return how many windows there are along axes of these lengths.

        Errors: `ShapeError` where not even one fits.
        """
        found = tuple(map(self._count, lengths, self.spans, self.steps, self.borders))
        if any(count < 1 for count in found):
            raise ShapeError(
                f"{self.name}: no window of {self.spans} places fits into an image of {lengths} "
                f"with a border of {self.borders} (at {caller()})"
            )
        return found

    @property
    def spans(self) -> tuple[int, ...]:
        """How many places a window reaches over, gaps included."""
        return tuple((k - 1) * d + 1 for k, d in zip(self.sizes, self.dilations, strict=True))

    def _count(self, length: int, span: int, step: int, border: int) -> int:
        room = length + 2 * border - span
        if not self.ceil or room < 0:
            return room // step + 1
        count = -(-room // step) + 1
        return count - ((count - 1) * step >= length + border)

    def windows(self, x: Tensor, fill: float) -> Tensor:
        """Return the windows of `x` (… i … t); the border holds `fill`."""
        rank, counts = len(self.sizes), self.counts(x.shape[-len(self.sizes) :])
        axes = tuple(range(x.ndim - rank, x.ndim))
        reached = [
            (count - 1) * step + span
            for count, step, span in zip(counts, self.steps, self.spans, strict=True)
        ]
        widths = [(0, 0)] * (x.ndim - rank) + [
            (border, max(reach - border - x.shape[axis], 0))
            for axis, border, reach in zip(axes, self.borders, reached, strict=True)
        ]
        framed = pad(x, widths, value=fill) if any(map(any, widths)) else x
        return Window(axes, self.sizes, self.steps, self.dilations)(framed)

    def starts(self, lengths: Shape) -> list[Array]:
        """Return for each axis the place of the first tap of each window; borders are negative."""
        each = zip(self.counts(lengths), self.steps, self.borders, strict=True)
        return [np.arange(count) * step - border for count, step, border in each]


class Windows(NamedTuple):
    """Windows as PyTorch's options describe them."""

    kernel_size: Sizes
    stride: Sizes | None
    padding: Sizes = 0
    dilation: Sizes = 1
    ceil_mode: bool = False


def geometry(name: str, rank: int, windows: Windows) -> Geometry:
    """Return the checked windows along `rank` axes; without a stride they do not overlap.

    Errors: `OptionError` for sizes that make no sense, or a border wider than half a window.
    """
    kernel_size, stride, padding, dilation, ceil_mode = windows
    sizes = per_axis(name, "kernel_size", kernel_size, rank, 1)
    lacking = stride is None or stride == ()
    steps = sizes if lacking else per_axis(name, "stride", stride, rank, 1)
    borders = per_axis(name, "padding", padding, rank, 0)
    dilations = per_axis(name, "dilation", dilation, rank, 1)
    found = Geometry(name, sizes, steps, borders, dilations, ceil_mode)
    if any(2 * border > span for border, span in zip(borders, found.spans, strict=True)):
        raise OptionError(
            f"{name}: a border is at most half as wide as a window, got padding {padding} for "
            f"windows over {found.spans} places"
        )
    return found


def taps(windows: Tensor, rank: int) -> tuple[int, ...]:
    """Return the axes of the taps, which are the last `rank`."""
    return tuple(range(windows.ndim - rank, windows.ndim))


def lowest(x: Tensor) -> float:
    """Return a number that is never above another one of the data type of `x`."""
    if x.dtype.kind == "f":
        return -np.inf
    return int(np.iinfo(x.dtype).min) if x.dtype.kind in "iu" else False
