"""Writing where the result belongs: copies at the program's end are left out where that is exact."""

from __future__ import annotations

from dataclasses import replace

from chainrule.plan.kernel import (
    Buffer,
    Kernel,
    Load,
    Lookup,
    Map,
    Product,
    Role,
    Statement,
    Store,
    View,
    contiguous,
    reads,
    writes,
)


def in_place(kernels: list[Kernel]) -> list[Kernel]:
    """Return `kernels` without the copies of a temporary into a result or a variable.

    The temporary becomes the result itself; or the variable itself, if by then nobody reads what the
    variable held before, or only the very elements that are being replaced.
    """
    for copy in [kernel for kernel in kernels if _copied(kernel) is not None]:
        found = _copied(copy)
        assert found is not None
        temporary, target = found
        if _can_be(temporary, target, copy, kernels):
            kernels = [renamed(k, temporary, target) for k in kernels if k is not copy]
    return kernels


def _copied(kernel: Kernel) -> tuple[Buffer, Buffer] | None:
    """The temporary and its destination, if `kernel` copies one whole buffer to another."""
    match kernel:
        case Map(space, (), (Load(_, source), Store(target, _))):
            whole = contiguous(source.buffer, space)
            same = source == whole and source.buffer.size == target.buffer.size
            if same and source.buffer.role is Role.TEMPORARY:
                if target.buffer.role in (Role.RESULT, Role.VARIABLE):
                    return source.buffer, target.buffer
    return None


def _can_be(temporary: Buffer, target: Buffer, copy: Kernel, kernels: list[Kernel]) -> bool:
    others = [kernel for kernel in kernels if kernel is not copy]
    if any(target in writes(kernel) for kernel in others):
        return False
    first = next(i for i, kernel in enumerate(others) if temporary in writes(kernel))
    return all(
        _same_elements(view, others[first]) if place == first else place < first
        for place, kernel in enumerate(others)
        for view in reads(kernel)
        if view.buffer is target
    )


def _same_elements(view: View, writer: Kernel) -> bool:
    """Whether `writer` reads `view` element by element where it also writes."""
    match writer:
        case Map(space, (), _):
            return view == contiguous(view.buffer, space)
        case Product(a, b, _, _, _):
            space = (*a.shape[:-1], b.shape[-1])
            return view == contiguous(view.buffer, space) and view not in (a, b)
    return False


def renamed(kernel: Kernel, old: Buffer, new: Buffer) -> Kernel:
    """Return `kernel` with the buffer `new` in place of `old`; itself where that changes nothing."""
    if all(view.buffer is not old for view in reads(kernel)) and old not in writes(kernel):
        return kernel

    def view(given: View) -> View:
        return replace(given, buffer=new) if given.buffer is old else given

    def statement(given: Statement) -> Statement:
        return replace(given, view=view(given.view)) if hasattr(given, "view") else given

    match kernel:
        case Map(_, _, body):
            return replace(kernel, body=tuple(map(statement, body)))
        case Product(a, b, _, _, body):
            return replace(kernel, a=view(a), b=view(b), body=tuple(map(statement, body)))
        case Lookup(data, indices, values):
            found = tuple(map(view, indices))
            return replace(kernel, data=view(data), indices=found, values=view(values))
