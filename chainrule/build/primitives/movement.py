"""Movement: the same elements in other places. Transpose, flip, slice, place, concatenate.

Slice and place are each other's transpose, so they stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from chainrule.array.shape import Shape, kept
from chainrule.build.primitives.broadcast import Movement, stretched
from chainrule.build.tensor import Array, Cotangents, Spec, Tensor
from chainrule.errors import DTypeError, ShapeError


@dataclass(frozen=True)
class Transpose(Movement):
    """y_(i∘axes) = x_i: axis k of y is axis axes[k] of x."""

    axes: tuple[int, ...]

    def infer(self, x: Spec) -> Spec:
        if sorted(self.axes) != list(range(len(x.shape))):
            raise ShapeError(f"axes {self.axes} do not permute the axes of shape {x.shape}")
        return Spec(tuple(x.shape[axis] for axis in self.axes), x.dtype)

    def evaluate(self, x: Array) -> Array:
        return x.transpose(self.axes)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        inverse = sorted(range(len(self.axes)), key=self.axes.__getitem__)
        return (Transpose(tuple(inverse))(g),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return Transpose((0, *(axis + 1 for axis in self.axes)))(x)


def swap_last(x: Tensor) -> Tensor:
    """Return `x` with its last two axes exchanged."""
    *front, rows, columns = range(x.ndim)
    return Transpose((*front, columns, rows))(x)


@dataclass(frozen=True)
class Flip(Movement):
    """y_i = x_(n−1−i) along each of axes."""

    axes: tuple[int, ...]

    def infer(self, x: Spec) -> Spec:
        return x

    def evaluate(self, x: Array) -> Array:
        return np.flip(x, self.axes)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (self(g),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return Flip(tuple(axis + 1 for axis in self.axes))(x)


@dataclass(frozen=True)
class Slice(Movement):
    """y_i = x_(start + i·step) along each axis; steps are positive."""

    start: tuple[int, ...]
    length: tuple[int, ...]
    step: tuple[int, ...]

    def infer(self, x: Spec) -> Spec:
        ranges = self._ranges()
        if len(ranges) != len(x.shape) or any(
            min(places, default=0) < 0 or max(places, default=-1) >= length or places.step < 1
            for places, length in zip(ranges, x.shape, strict=True)
        ):
            raise ShapeError(f"{ranges} leave shape {x.shape}, or a step is not positive")
        return Spec(self.length, x.dtype)

    def evaluate(self, x: Array) -> Array:
        return x[self.key()]

    def key(self) -> tuple[slice, ...]:
        """Return the NumPy index that selects the slice."""
        return tuple(slice(places.start, places.stop, places.step) for places in self._ranges())

    def _ranges(self) -> tuple[range, ...]:
        return tuple(
            range(start, start + length * step, step)
            for start, length, step in zip(self.start, self.length, self.step, strict=True)
        )

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Place(x.shape, self)(g),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return self.batched(x.shape[0])(x)

    def batched(self, count: int) -> Slice:
        """Return the slice of a batch of `count`, whole along the new front axis."""
        return Slice((0, *self.start), (count, *self.length), (1, *self.step))


@dataclass(frozen=True)
class Place(Movement):
    """y = fill in `shape`, except y[slice] = x: padding; with zeros the transpose of `Slice`."""

    shape: Shape
    slice: Slice
    fill: float = 0

    def infer(self, x: Spec) -> Spec:
        if self.slice.infer(Spec(self.shape, x.dtype)) != x:
            raise ShapeError(f"{x.shape} does not fill the slice of {self.slice.length}")
        return Spec(self.shape, x.dtype)

    def evaluate(self, x: Array) -> Array:
        y = np.full(self.shape, self.fill, x.dtype)
        y[self.slice.key()] = x
        return y

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (self.slice(g),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        inside = self.slice.batched(x.shape[0])
        return Place((x.shape[0], *self.shape), inside, self.fill)(x)


@dataclass(frozen=True)
class Concatenate(Movement):
    """y = x₁, x₂, … one after the other along an axis."""

    axis: int

    def infer(self, *inputs: Spec) -> Spec:
        first = inputs[0]
        listed = ", ".join(map(str, inputs))
        if any(x.dtype != first.dtype for x in inputs):
            raise DTypeError(f"arrays of one data type can be joined, got {listed}")
        if len({kept(x.shape, (self.axis,)) for x in inputs}) > 1:
            raise ShapeError(f"cannot join {listed} along axis {self.axis}: the others must agree")
        total = sum(x.shape[self.axis] for x in inputs)
        return Spec((*first.shape[: self.axis], total, *first.shape[self.axis + 1 :]), first.dtype)

    def evaluate(self, *inputs: Array) -> Array:
        return np.concatenate(inputs, self.axis)

    def vjp(self, g: Tensor, y: Tensor, *inputs: Tensor) -> Cotangents:
        ends = accumulate((x.shape[self.axis] for x in inputs), initial=0)
        return [part(g, self.axis, range(*between)) for between in pairwise(ends)]

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        return Concatenate(self.axis + 1)(*stretched(batched, inputs))


def part(x: Tensor, axis: int, places: range) -> Tensor:
    """Return the elements of `x` at `places` along one axis; a range may run backwards."""
    return sliced(x, [*map(range, x.shape[:axis]), places, *map(range, x.shape[axis + 1 :])])


def sliced(x: Tensor, ranges: Sequence[range]) -> Tensor:
    """Return the elements of `x` at `ranges`, one for each axis; `x` itself where that is all."""
    backwards = tuple(axis for axis, places in enumerate(ranges) if places.step < 0)
    forwards = [places[::-1] if places.step < 0 else places for places in ranges]
    if any(places != range(length) for places, length in zip(forwards, x.shape, strict=True)):
        x = slice_of(forwards)(x)
    return Flip(backwards)(x) if backwards else x


def slice_of(ranges: Sequence[range]) -> Slice:
    """Return the slice that takes `ranges`, one for each axis and none backwards."""
    bounds = [_bounds(places) for places in ranges]
    start, length, step = zip(*bounds, strict=True) if bounds else ((), (), ())
    return Slice(start, length, step)


def _bounds(places: range) -> tuple[int, int, int]:
    return (places.start, len(places), places.step) if places else (0, 0, 1)
