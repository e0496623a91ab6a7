"""Small kernels by hand, for the tests of what is done to them."""

from __future__ import annotations

import numpy as np

from chainrule.array.shape import Shape, size_of
from chainrule.build.primitives.elementwise import Add
from chainrule.build.source import Source, caller
from chainrule.plan.kernel import (
    Buffer,
    Compute,
    Load,
    Lookup,
    Map,
    Product,
    Role,
    Store,
    View,
    contiguous,
)

FLOAT = np.dtype(np.float32)
INDEX = np.dtype(np.int64)
LINE: Source = caller()


def buffer(index: int, role: Role = Role.TEMPORARY, size: int = 20) -> Buffer:
    return Buffer(index, FLOAT, size, role)


def array(index: int, *shape: int, role: Role = Role.TEMPORARY) -> View:
    """A row-major array in a buffer of its own."""
    return contiguous(buffer(index, role, size_of(shape)), shape)


def whole(of: Buffer) -> View:
    return contiguous(of, (of.size,))


def copy(source: Buffer, target: Buffer) -> Map:
    return copied(whole(source), whole(target))


def copied(source: View, target: View) -> Map:
    return Map(source.shape, (), (Load(0, source), Store(target, 0)), LINE)


def add(a: View, b: View, target: Buffer) -> Map:
    body = (Load(0, a), Load(1, b), Compute(2, Add(), (0, 1), FLOAT), Store(whole(target), 2))
    return Map(a.shape, (), body, LINE)


def product(a: View, b: View, c: View, panels: View | None = None) -> Product:
    """C = AB."""
    return Product(a, b, panels, False, (Store(c, 0),), LINE)


def gather(
    data: View, index: int, count: int, fault: Buffer | None, role: Role = Role.ARGUMENT
) -> Lookup:
    """The rows of `data` that the indices in buffer `index` name, in the buffer behind it."""
    indices = contiguous(Buffer(index, INDEX, count, role), (count,))
    shape: Shape = (count, *data.shape[1:])
    values = contiguous(buffer(index + 1, Role.TEMPORARY, size_of(shape)), shape)
    return Lookup(data, (indices,), values, fault, 0, True, None, LINE)


FAULT = Buffer(99, INDEX, 1, Role.FAULT)
