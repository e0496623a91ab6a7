"""Checking a program before it runs: every access inside its buffer, nothing read unwritten."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.errors import ChainruleError
from chainrule.plan.kernel import Buffer, Kernel, Map, Product, Role, View, reads, views, writes

WRITABLE = (Role.TEMPORARY, Role.RESULT, Role.VARIABLE, Role.FAULT)
MADE_HERE = (Role.TEMPORARY, Role.RESULT)


def check(kernels: Sequence[Kernel]) -> None:
    """Check what every kernel reads and writes.

    Errors: `ChainruleError` for a view that leaves its buffer, a buffer that is read before it is
    written, or one that is written and belongs to the caller.
    """
    written: set[Buffer] = set()
    for place, kernel in enumerate(kernels):
        for view in views(kernel):
            low, high = span(view)
            if low < 0 or high > view.buffer.size:
                raise ChainruleError(f"kernel {place}: {view} reaches from {low} to {high}")
        for view in reads(kernel):
            if view.buffer.role in MADE_HERE and view.buffer not in written:
                raise ChainruleError(f"kernel {place} reads {view.buffer}, which nothing wrote")
        for buffer in writes(kernel):
            if buffer.role not in WRITABLE:
                raise ChainruleError(f"kernel {place} writes {buffer}, which is not the program's")
        written |= _whole(kernel)


def span(view: View) -> tuple[int, int]:
    """Return the first element that `view` reaches and the one behind the last; 0, 0 if none."""
    if 0 in view.shape:
        return 0, 0
    ways = [(n - 1) * stride for n, stride in zip(view.shape, view.strides, strict=True)]
    low = view.offset + sum(way for way in ways if way < 0)
    return low, view.offset + sum(way for way in ways if way > 0) + 1


def _whole(kernel: Kernel) -> set[Buffer]:
    """The buffers of which `kernel` writes every element."""
    if isinstance(kernel, Map | Product):
        stored = [view for view in views(kernel) if view.buffer in writes(kernel)]
        return {view.buffer for view in stored if span(view) == (0, view.buffer.size)}
    return set(writes(kernel))
