"""Writing where the result belongs: copies at the end are left out where that is exact."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.plan.kernel import (
    Buffer,
    Convolution,
    Kernel,
    Load,
    Map,
    Product,
    Role,
    Statement,
    Store,
    View,
    contiguous,
    fault_of,
    reads,
    views,
    writes,
)
from chainrule.plan.routines import renamed


def in_place(kernels: Sequence[Kernel]) -> list[Kernel]:
    """Return `kernels` without the copies of a temporary into a result or a variable.

    The temporary becomes the result itself; or the variable itself, if by then nobody reads what
    the variable held before, or only the very elements that are being replaced.
    """
    program = _Program(kernels)
    for target in dict.fromkeys(buffer for kernel in kernels for buffer in writes(kernel)):
        if target.role in (Role.RESULT, Role.VARIABLE):
            program.write_directly(target)
    return [kernel for kernel in program.kernels if kernel is not None]


class _Program:
    """Kernels by number, `None` for those left out, and which of them touch a buffer."""

    def __init__(self, kernels: Sequence[Kernel]) -> None:
        self.kernels: list[Kernel | None] = list(kernels)
        self.last_fault = max((n for n, k in enumerate(kernels) if fault_of(k)), default=-1)
        self.reading: dict[Buffer, list[int]] = {}
        self.writing: dict[Buffer, list[int]] = {}
        for number, kernel in enumerate(kernels):
            for touching, touched in (
                (self.reading, [view.buffer for view in reads(kernel)]),
                (self.writing, writes(kernel)),
            ):
                for buffer in dict.fromkeys(touched):
                    touching.setdefault(buffer, []).append(number)

    def write_directly(self, target: Buffer) -> None:
        """Leave out the copy into `target`, if what is copied can be made there."""
        number = self.writing[target][-1]
        copy = self.kernels[number]
        temporary = None if copy is None else _copied(copy, target)
        if temporary is None or not self._can_be(temporary, target, number):
            return
        self.kernels[number] = None
        for touching in (self.reading, self.writing):
            users = [n for n in touching.pop(temporary, []) if n != number]
            kept = [n for n in touching.get(target, []) if n != number]
            touching[target] = sorted({*kept, *users})
            for user in users:
                self.kernels[user] = _renamed(self.kernel(user), temporary, target)

    def kernel(self, number: int) -> Kernel:
        """Return a kernel that is not left out."""
        found = self.kernels[number]
        assert found is not None
        return found

    def _can_be(self, temporary: Buffer, target: Buffer, copy: int) -> bool:
        """Whether `temporary` can be `target`: all earlier content is used up when it is written.

        A kernel may refuse its input (an index outside its axis); until then no variable changes.
        """
        first = self.writing[temporary][0]
        if target.role is Role.VARIABLE and self.last_fault >= first:
            return False
        readers = [number for number in self.reading.get(target, []) if number != copy]
        if not readers or readers[-1] < first:
            return True
        return readers[-1] == first and _replaces(self.kernel(first), temporary, target)


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


def _replaces(kernel: Kernel, temporary: Buffer, target: Buffer) -> bool:
    """Whether `kernel` reads each element of `target` before it writes that of `temporary`."""
    if not isinstance(kernel, Map | Product | Convolution):
        return False
    if not isinstance(kernel, Map) and target in (kernel.a.buffer, kernel.b.buffer):
        return False
    stored = next((i for i, s in enumerate(kernel.body) if _touches(s, Store, temporary)), None)
    if stored is None:
        return False
    places = {_place(view) for view in views(kernel) if view.buffer in (temporary, target)}
    return len(places) == 1 and not any(
        _touches(statement, Load, target) for statement in kernel.body[stored:]
    )


def _place(view: View) -> tuple[object, ...]:
    """Where the elements of `view` lie, whatever its buffer."""
    return view.offset, view.shape, view.strides


def _touches(statement: Statement, kind: type[Load] | type[Store], buffer: Buffer) -> bool:
    return isinstance(statement, kind) and statement.view.buffer is buffer


def _renamed(kernel: Kernel, old: Buffer, new: Buffer) -> Kernel:
    """Return `kernel` with the buffer `new` in place of `old`; itself where nothing changes."""
    if all(view.buffer is not old for view in reads(kernel)) and old not in writes(kernel):
        return kernel
    return renamed(kernel, lambda buffer: new if buffer is old else buffer)
