"""Small kernels by hand, for the tests of what is done to them."""

from __future__ import annotations

import numpy as np

from chainrule.build.primitives.elementwise import Add
from chainrule.build.source import Source, caller
from chainrule.plan.kernel import Buffer, Compute, Load, Map, Role, Store, View, contiguous

FLOAT = np.dtype(np.float32)
LINE: Source = caller()


def buffer(index: int, role: Role = Role.TEMPORARY, size: int = 20) -> Buffer:
    return Buffer(index, FLOAT, size, role)


def whole(of: Buffer) -> View:
    return contiguous(of, (of.size,))


def copy(source: Buffer, target: Buffer) -> Map:
    return Map((source.size,), (), (Load(0, whole(source)), Store(whole(target), 0)), LINE)


def add(a: View, b: View, target: Buffer) -> Map:
    body = (Load(0, a), Load(1, b), Compute(2, Add(), (0, 1), FLOAT), Store(whole(target), 2))
    return Map(a.shape, (), body, LINE)
