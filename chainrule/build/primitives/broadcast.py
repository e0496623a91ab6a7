"""Reshape, broadcast and sum: what the passes themselves are made of.

Broadcast and sum are each other's transpose, so they stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainrule.array.shape import Shape, broadcast, kept, reduced, size_of
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of
from chainrule.errors import ShapeError


class Movement(Primitive, abstract=True):
    """A primitive that computes nothing: it costs memory traffic only."""

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(0, bytes_of(*inputs, self.infer(*inputs)))


@dataclass(frozen=True)
class Reshape(Movement):
    """y = the elements of x in row-major order, in another shape."""

    shape: Shape

    def infer(self, x: Spec) -> Spec:
        if size_of(self.shape) != size_of(x.shape):
            raise ShapeError(
                f"cannot reshape {x.shape} ({size_of(x.shape)} elements) "
                f"to {self.shape} ({size_of(self.shape)})"
            )
        return Spec(self.shape, x.dtype)

    def evaluate(self, x: Array) -> Array:
        return x.reshape(self.shape)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (reshape(g, x.shape),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return reshape(x, (x.shape[0], *self.shape))


@dataclass(frozen=True)
class Broadcast(Movement):
    """y_(j i) = x_i: new axes in front, axes of length 1 stretched."""

    shape: Shape

    def infer(self, x: Spec) -> Spec:
        if len(x.shape) > len(self.shape) or broadcast(x.shape, self.shape) != self.shape:
            raise ShapeError(f"{x.shape} does not broadcast to {self.shape}")
        return Spec(self.shape, x.dtype)

    def evaluate(self, x: Array) -> Array:
        return np.broadcast_to(x, self.shape)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (g,)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        ones = (1,) * (len(self.shape) - (x.ndim - 1))
        apart = reshape(x, (x.shape[0], *ones, *x.shape[1:]))
        return broadcast_to(apart, (x.shape[0], *self.shape))


@dataclass(frozen=True)
class Reduction(Primitive, abstract=True):
    """y = one element for all elements of x along axes, which vanish."""

    axes: tuple[int, ...]

    def infer(self, x: Spec) -> Spec:
        return Spec(reduced(x.shape, self.axes), x.dtype)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return replace(self, axes=tuple(axis + 1 for axis in self.axes))(x)

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(size_of(inputs[0].shape), bytes_of(*inputs, self.infer(*inputs)))


def row_major(x: Array) -> Array:
    """Return `x` laid out in row-major order.

    NumPy adds in the order that the strides suggest. Reductions go through here first, so that
    their last bits depend on the numbers and the shape alone, not on how an array was made.
    """
    return np.asarray(x, order="C")


@dataclass(frozen=True)
class Sum(Reduction):
    """y = Σ x over axes, which vanish."""

    def evaluate(self, x: Array) -> Array:
        return np.asarray(np.sum(row_major(x), self.axes, dtype=x.dtype))

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (spread(g, x.shape, self.axes),)


def reshape(x: Tensor, shape: Shape) -> Tensor:
    """Return `x` in `shape`; `x` itself where it has that shape."""
    return x if x.shape == shape else Reshape(shape)(x)


def broadcast_to(x: Tensor, shape: Shape) -> Tensor:
    """Return `x` stretched to `shape`; `x` itself where it has that shape."""
    return x if x.shape == shape else Broadcast(shape)(x)


def spread(x: Tensor, shape: Shape, axes: tuple[int, ...]) -> Tensor:
    """Return the result `x` of a reduction over `axes`, repeated over them to `shape`."""
    return broadcast_to(reshape(x, kept(shape, axes)), shape)


def sum_to(x: Tensor, shape: Shape) -> Tensor:
    """Undo broadcasting: sum `x` over each axis that `shape` lacks or holds as 1."""
    if x.shape == shape:
        return x
    lead = x.ndim - len(shape)
    axes = tuple(
        axis
        for axis, length in enumerate(x.shape)
        if axis < lead or (shape[axis - lead] == 1 and length != 1)
    )
    return reshape(Sum(axes)(x), shape)


def raised(batched: Sequence[bool], inputs: Sequence[Tensor]) -> list[Tensor]:
    """Return the inputs so that batch axes and the others meet when broadcast.

    A batched input of fewer axes than another gets axes of length 1 behind its batch axis.
    """
    rank = max(x.ndim - flag for flag, x in zip(batched, inputs, strict=True))
    return [
        reshape(x, (x.shape[0], *(1,) * (rank + 1 - x.ndim), *x.shape[1:])) if flag else x
        for flag, x in zip(batched, inputs, strict=True)
    ]


def stretched(batched: Sequence[bool], inputs: Sequence[Tensor]) -> list[Tensor]:
    """Return the inputs all with a batch axis in front, repeated where it was missing."""
    count = next(x.shape[0] for flag, x in zip(batched, inputs, strict=True) if flag)
    return [
        x if flag else broadcast_to(x, (count, *x.shape))
        for flag, x in zip(batched, inputs, strict=True)
    ]
