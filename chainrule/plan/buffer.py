"""Buffers and views: stretches of memory, and arrays in them.

Buffer = (index, dtype, size, role)
View   = (buffer, offset, shape, strides)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape


class Role(Enum):
    """Where a buffer's memory comes from."""

    ARGUMENT = auto()
    VARIABLE = auto()
    CONSTANT = auto()
    RESULT = auto()
    TEMPORARY = auto()
    FAULT = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Buffer:
    """A stretch of memory of `size` elements; `index` is its place in the program's table."""

    index: int
    dtype: DType
    size: int
    role: Role


@dataclass(frozen=True, slots=True)
class View:
    """An array in a buffer; element i lies at offset + Σ i·strides."""

    buffer: Buffer
    offset: int
    shape: Shape
    strides: tuple[int, ...]

    def broadcast(self, shape: Shape) -> View:
        """Return the view stretched to `shape`: new axes and axes of length 1 repeat."""
        lead = len(shape) - len(self.shape)
        strides = tuple(
            0 if own == 1 and long != 1 else stride
            for own, long, stride in zip(self.shape, shape[lead:], self.strides, strict=True)
        )
        return View(self.buffer, self.offset, shape, (0,) * lead + strides)


def contiguous(buffer: Buffer, shape: Shape) -> View:
    """Return the row-major array of `shape` at the start of `buffer`."""
    strides: list[int] = []
    step = 1
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return View(buffer, 0, shape, tuple(reversed(strides)))
