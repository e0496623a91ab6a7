"""Which kernel reads what another one wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chainrule.array.shape import size_of
from chainrule.plan.kernel import Buffer, Kernel, reads, written


@dataclass(frozen=True)
class Edge:
    """The kernel number `user` reads what the kernel number `maker` wrote, so many bytes."""

    maker: int
    user: int
    bytes: int


def edges(kernels: Sequence[Kernel]) -> Iterator[Edge]:
    """Yield the data that kernels hand on to each other.

    What is written as a whole comes from its last writer; what is written in parts, from each.
    """
    makers: dict[Buffer, list[int]] = {}
    for number, kernel in enumerate(kernels):
        handed: Counter[int] = Counter()
        for buffer in dict.fromkeys(view.buffer for view in reads(kernel)):
            for maker in makers.get(buffer, ()):
                handed[maker] += buffer.size * buffer.dtype.itemsize
        yield from (Edge(maker, number, size) for maker, size in handed.items())
        for view in written(kernel):
            others = makers.get(view.buffer, []) if size_of(view.shape) < view.buffer.size else []
            makers[view.buffer] = [*others, number]
