"""Windows that slide over an array: what pooling and unfolding are made of.

Window and unwindow are each other's transpose, so they stand together. Windows may overlap: then
one element of the array is in several of them, and unwindow adds up what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from chainrule.array.shape import Shape, size_of
from chainrule.build.primitives.broadcast import Movement, stretched
from chainrule.build.primitives.movement import Slice
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of
from chainrule.errors import ShapeError


@dataclass(frozen=True)
class Window(Movement):
    """y_(… i … t) = x_(… i·step + t·dilation …) along each of axes; the taps t come last.

    Along an axis of length n there are ⌊(n − (size − 1)·dilation − 1) / step⌋ + 1 windows.
    """

    axes: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]
    dilations: tuple[int, ...]

    def infer(self, x: Spec) -> Spec:
        shape = list(x.shape)
        for axis, size, step, dilation in self.each():
            room = x.shape[axis] - (size - 1) * dilation - 1
            if min(size, step, dilation) < 1 or room < 0:
                raise ShapeError(f"{self} does not fit into shape {x.shape}")
            shape[axis] = room // step + 1
        return Spec((*shape, *self.sizes), x.dtype)

    def each(self) -> zip[tuple[int, int, int, int]]:
        """Yield axis, size, step and dilation of each axis with windows."""
        return zip(self.axes, self.sizes, self.steps, self.dilations, strict=True)

    def evaluate(self, x: Array) -> Array:
        strides = list(x.strides)
        for axis, step in zip(self.axes, self.steps, strict=True):
            strides[axis] *= step
        taps = [x.strides[axis] * dilation for axis, _, _, dilation in self.each()]
        shape = self.infer(Spec(x.shape, x.dtype)).shape
        return as_strided(x, shape, (*strides, *taps), writeable=False)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Unwindow(x.shape, self)(g),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return self.batched()(x)

    def batched(self) -> Window:
        """Return the windows of a batch: one more axis in front."""
        return replace(self, axes=tuple(axis + 1 for axis in self.axes))


@dataclass(frozen=True)
class Unwindow(Primitive):
    """y = 0 in `shape`, and window(y) += x, tap after tap: the transpose of `Window`."""

    shape: Shape
    window: Window

    def infer(self, x: Spec) -> Spec:
        if self.window.infer(Spec(self.shape, x.dtype)) != x:
            raise ShapeError(f"{x.shape} are not the windows of shape {self.shape}")
        return Spec(self.shape, x.dtype)

    def evaluate(self, x: Array) -> Array:
        y = np.zeros(self.shape, x.dtype)
        for tap in np.ndindex(*self.window.sizes):
            key = [slice(None)] * len(self.shape)
            for (axis, _, step, dilation), t in zip(self.window.each(), tap, strict=True):
                start = t * dilation
                key[axis] = slice(start, start + (x.shape[axis] - 1) * step + 1, step)
            y[tuple(key)] += x[(..., *tap)]
        return y

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (self.window(g),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return Unwindow((x.shape[0], *self.shape), self.window.batched())(x)

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(size_of(inputs[0].shape), bytes_of(*inputs, self.infer(*inputs)))


@dataclass(frozen=True)
class Interleave(Movement):
    """y_(… i·step + r …) = x^r_(… i …) along each of axes: one input for each phase r, in order."""

    axes: tuple[int, ...]
    steps: tuple[int, ...]

    def infer(self, *inputs: Spec) -> Spec:
        first = inputs[0]
        if len(inputs) != prod(self.steps) or any(x != first for x in inputs):
            listed = ", ".join(map(str, inputs))
            raise ShapeError(f"{prod(self.steps)} arrays alike can be interleaved, got {listed}")
        shape = list(first.shape)
        for axis, step in zip(self.axes, self.steps, strict=True):
            shape[axis] *= step
        return Spec(tuple(shape), first.dtype)

    def evaluate(self, *inputs: Array) -> Array:
        shape = self.infer(*(Spec(x.shape, x.dtype) for x in inputs)).shape
        y = np.empty(shape, inputs[0].dtype)
        for part, x in zip(self.parts(inputs[0].shape), inputs, strict=True):
            y[part.key()] = x
        return y

    def parts(self, shape: Shape) -> list[Slice]:
        """Return where in the result each input lies, an array of `shape`."""
        step = [1] * len(shape)
        for axis, length in zip(self.axes, self.steps, strict=True):
            step[axis] = length
        found = []
        for phase in product(*map(range, self.steps)):
            start = dict(zip(self.axes, phase, strict=True))
            first = tuple(start.get(axis, 0) if n else 0 for axis, n in enumerate(shape))
            found.append(Slice(first, shape, tuple(step)))
        return found

    def vjp(self, g: Tensor, y: Tensor, *inputs: Tensor) -> Cotangents:
        return [part(g) for part in self.parts(inputs[0].shape)]

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        axes = tuple(axis + 1 for axis in self.axes)
        return Interleave(axes, self.steps)(*stretched(batched, inputs))
