"""Random bits as a function of a counter: the only source of chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainrule.array.dtype import uint32, uint64
from chainrule.array.philox import random_bits
from chainrule.array.shape import Shape, size_of
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.primitives.movement import Concatenate, Slice
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of
from chainrule.errors import ShapeError

WORD_OPERATIONS = 25


@dataclass(frozen=True)
class RandomBits(Primitive):
    """y = the 32-bit words of draw d from stream s, for the state (s, d)."""

    shape: Shape

    def infer(self, state: Spec) -> Spec:
        if state != Spec((2,), uint64):
            raise ShapeError(f"the state of a generator is uint64[2], got {state}")
        return Spec(self.shape, uint32)

    def evaluate(self, state: Array) -> Array:
        return random_bits(int(state[0]), int(state[1]), self.shape)

    def vjp(self, g: Tensor, y: Tensor, state: Tensor) -> Cotangents:
        return (None,)

    def batch(self, batched: Sequence[bool], state: Tensor) -> Tensor:
        rows = [Slice((index, 0), (1, 2), (1, 1))(state) for index in range(state.shape[0])]
        drawn = [reshape(self(reshape(row, (2,))), (1, *self.shape)) for row in rows]
        empty = constant(np.zeros((0, *self.shape), np.uint32))
        return Concatenate(0)(empty, *drawn)

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(WORD_OPERATIONS * size_of(self.shape), bytes_of(self.infer(*inputs)))
