"""Ordering: the sorted elements, and the permutation that sorts them.

Both keep equal elements in the order of their appearance and put NaN last, in either direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainrule.array.dtype import int64, is_floating
from chainrule.array.shape import size_of
from chainrule.build.primitives.indexing import gather_along
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of


class Ordering(Primitive, abstract=True):
    """A primitive that compares the elements along an axis with each other."""

    def cost(self, *inputs: Spec) -> Cost:
        size = size_of(inputs[0].shape)
        return Cost(size * size.bit_length(), bytes_of(*inputs, self.infer(*inputs)))


@dataclass(frozen=True)
class Argsort(Ordering):
    """y = the permutation with x_y(0) ≤ x_y(1) ≤ … along an axis (≥ where descending)."""

    axis: int
    descending: bool = False

    def infer(self, x: Spec) -> Spec:
        return Spec(x.shape, int64)

    def evaluate(self, x: Array) -> Array:
        key = reversed_order(x) if self.descending else x
        return np.argsort(key, self.axis, kind="stable").astype(np.int64, copy=False)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return replace(self, axis=self.axis + 1)(x)


@dataclass(frozen=True)
class Sort(Ordering):
    """y_i = x_p(i) with p the permutation of `Argsort`: y_0 ≤ y_1 ≤ … along an axis."""

    axis: int
    descending: bool = False

    def infer(self, x: Spec) -> Spec:
        return x

    def evaluate(self, x: Array) -> Array:
        if self.descending:
            return reversed_order(np.sort(reversed_order(x), self.axis, kind="stable"))
        return np.sort(x, self.axis, kind="stable")

    # dx_p(i) = g_i, so dx = g picked by the inverse of p, and that is the argsort of p.
    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        inverse = Argsort(self.axis)(Argsort(self.axis, self.descending)(x))
        return (gather_along(g, inverse, self.axis),)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return replace(self, axis=self.axis + 1)(x)


def reversed_order(x: Array) -> Array:
    """Return numbers ordered the other way round, NaN staying NaN; applied twice it gives `x`."""
    return np.negative(x) if is_floating(x.dtype) else np.invert(x)
