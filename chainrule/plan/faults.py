"""Indices are looked at once: a lookup behind another one with the same indices cannot refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chainrule.plan.kernel import Kernel, Lookup, Role


def looked_at_once(kernels: Sequence[Kernel]) -> list[Kernel]:
    """Return `kernels`, where each lookup whose indices were looked at before has no fault."""
    seen: set[object] = set()
    return [_without_fault(k, seen) if isinstance(k, Lookup) else k for k in kernels]


def _without_fault(kernel: Lookup, seen: set[object]) -> Lookup:
    lengths = kernel.data.shape[kernel.shared : kernel.shared + len(kernel.indices)]
    question = kernel.indices, lengths, kernel.from_end
    known = question in seen
    # What a variable holds may change in between.
    if all(view.buffer.role is not Role.VARIABLE for view in kernel.indices):
        seen.add(question)
    return replace(kernel, fault=None) if known else kernel
