"""Checking a program before it runs: every access inside its buffer, nothing read unwritten."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import as_strided

from chainrule.build.tensor import Array
from chainrule.errors import ChainruleError
from chainrule.plan.kernel import (
    Buffer,
    Kernel,
    Role,
    View,
    reads,
    views,
    writes,
    written as written_views,
)

WRITABLE = (Role.TEMPORARY, Role.RESULT, Role.VARIABLE, Role.FAULT)
MADE_HERE = (Role.TEMPORARY, Role.RESULT)


def check(kernels: Sequence[Kernel]) -> None:
    """Check what every kernel reads and writes, element by element.

    Errors: `ChainruleError` for a view that leaves its buffer, an element that is read before it is
    written, or a buffer that is written and belongs to the caller.
    """
    written: dict[Buffer, Array] = {}
    for place, kernel in enumerate(kernels):
        for view in views(kernel):
            low, high = span(view)
            if low < 0 or high > view.buffer.size:
                raise ChainruleError(f"kernel {place}: {view} reaches from {low} to {high}")
        for view in reads(kernel):
            if view.buffer.role in MADE_HERE and not _elements(view, written).all():
                raise ChainruleError(f"kernel {place} reads what nothing wrote of {view.buffer}")
        for buffer in writes(kernel):
            if buffer.role not in WRITABLE:
                raise ChainruleError(f"kernel {place} writes {buffer}, which is not the program's")
        _note(kernel, written)


def span(view: View) -> tuple[int, int]:
    """Return the first element that `view` reaches and the one behind the last; 0, 0 if none."""
    if 0 in view.shape:
        return 0, 0
    ways = [(n - 1) * stride for n, stride in zip(view.shape, view.strides, strict=True)]
    low = view.offset + sum(way for way in ways if way < 0)
    return low, view.offset + sum(way for way in ways if way > 0) + 1


def _note(kernel: Kernel, written: dict[Buffer, Array]) -> None:
    """Note which elements `kernel` writes."""
    for view in written_views(kernel):
        _elements(view, written)[...] = True


def _elements(view: View, written: dict[Buffer, Array]) -> Array:
    """The notes on the elements of `view`, one byte each."""
    notes = written.setdefault(view.buffer, np.zeros(view.buffer.size, np.bool_))
    if 0 in view.shape:
        return np.zeros(view.shape, np.bool_)
    return as_strided(notes[view.offset :], view.shape, view.strides)
