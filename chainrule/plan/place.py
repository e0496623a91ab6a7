"""Writing where the result belongs: copies at the end are left out where that is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chainrule.plan.kernel import (
    Buffer,
    Kernel,
    Load,
    Map,
    Product,
    Reduce,
    Role,
    Statement,
    Store,
    View,
    contiguous,
    fault_of,
    reads,
    space_of,
    writes,
)


def in_place(kernels: Sequence[Kernel]) -> list[Kernel]:
    """Return `kernels` without the copies of a temporary into a result or a variable.

    The temporary becomes the result itself; or the variable itself, if by then nobody reads what
    the variable held before, or only the very elements that are being replaced.
    """
    written = dict.fromkeys(buffer for kernel in kernels for buffer in writes(kernel))
    placed = list(kernels)
    for target in written:
        if target.role in (Role.RESULT, Role.VARIABLE):
            placed = _written_directly(placed, target)
    return placed


def _written_directly(kernels: list[Kernel], target: Buffer) -> list[Kernel]:
    copy = next(kernel for kernel in reversed(kernels) if target in writes(kernel))
    temporary = _copied(copy, target)
    others = [kernel for kernel in kernels if kernel is not copy]
    if temporary is None or not _can_be(temporary, target, others):
        return kernels
    return [_renamed(kernel, temporary, target) for kernel in others]


def _copied(kernel: Kernel, target: Buffer) -> Buffer | None:
    """The temporary that `kernel` copies to `target`, each as a whole; None if it does not."""
    match kernel:
        case Map(space, (), (Load(_, source), Store(_, _))):
            whole = source == contiguous(source.buffer, space)
            same = source.buffer.size == target.size
            return source.buffer if whole and same and _is_temporary(source.buffer) else None
    return None


def _is_temporary(buffer: Buffer) -> bool:
    return buffer.role is Role.TEMPORARY


def _can_be(temporary: Buffer, target: Buffer, kernels: Sequence[Kernel]) -> bool:
    """Whether `temporary` can be `target`: all earlier content is used up when it is written.

    A kernel may refuse its input (an index outside its axis); until then no variable changes.
    """
    first = next(place for place, kernel in enumerate(kernels) if temporary in writes(kernel))
    if target.role is Role.VARIABLE and any(fault_of(k) is not None for k in kernels[first:]):
        return False
    readers = [
        place
        for place, kernel in enumerate(kernels)
        if any(view.buffer is target for view in reads(kernel))
    ]
    if not readers or readers[-1] < first:
        return True
    return readers[-1] == first and _replaces(kernels[first], temporary, target)


def _replaces(kernel: Kernel, temporary: Buffer, target: Buffer) -> bool:
    """Whether `kernel` reads each element of `target` before it writes that of `temporary`."""
    if not isinstance(kernel, Map | Product):
        return False
    whole = contiguous(target, space_of(kernel))
    if any(view != whole for view in reads(kernel) if view.buffer is target):
        return False
    if isinstance(kernel, Product) and target in (kernel.a.buffer, kernel.b.buffer):
        return False
    stored = next((i for i, s in enumerate(kernel.body) if _touches(s, Store, temporary)), None)
    return stored is not None and not any(
        _touches(statement, Load, target) for statement in kernel.body[stored:]
    )


def _touches(statement: Statement, kind: type[Load] | type[Store], buffer: Buffer) -> bool:
    return isinstance(statement, kind) and statement.view.buffer is buffer


def _renamed(kernel: Kernel, old: Buffer, new: Buffer) -> Kernel:
    """Return `kernel` with the buffer `new` in place of `old`; itself where nothing changes."""
    if all(view.buffer is not old for view in reads(kernel)) and old not in writes(kernel):
        return kernel

    def renamed(part: Any) -> Any:
        match part:
            case View():
                return replace(part, buffer=new) if part.buffer is old else part
            case Load() | Store() | Reduce():
                return replace(part, view=renamed(part.view))
            case tuple():
                return tuple(map(renamed, part))
        return part

    parts = {name: getattr(kernel, name) for name in kernel.__match_args__ if name != "source"}
    return replace(kernel, **{name: renamed(part) for name, part in parts.items()})
