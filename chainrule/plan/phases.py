"""Phases: which kernels threads may run side by side, between one barrier and the next.

Within a phase no kernel touches what another one writes, so that it does not matter which thread is
how far. Kernels of one unit are all done by the first thread, one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.plan.check import span
from chainrule.plan.kernel import Buffer, Kernel, View, fault_of, reads, written
from chainrule.plan.machine import Machine
from chainrule.plan.memory import Arena
from chainrule.plan.units import split

Stretch = tuple[object, int, int]


@dataclass(frozen=True)
class Schedule:
    """Kernels, by number in phases; `barrier` is where the program's table has the barrier."""

    kernels: tuple[Kernel, ...]
    phases: tuple[tuple[int, ...], ...]
    barrier: int


def schedule(kernels: Sequence[Kernel], arena: Arena, machine: Machine, barrier: int) -> Schedule:
    """Return `kernels` in as few phases as their order allows."""
    phases: list[list[Kernel]] = []
    for kernel in kernels:
        while not phases or _must_wait(phases, kernel, arena, machine):
            phases.append([])
        phases[-1].append(kernel)
    numbers = iter(range(len(kernels)))
    numbered = tuple(tuple(next(numbers) for _ in phase) for phase in phases)
    return Schedule(tuple(kernels), numbered, barrier)


def _must_wait(
    phases: Sequence[Sequence[Kernel]], kernel: Kernel, arena: Arena, machine: Machine
) -> bool:
    """Whether `kernel` cannot be in the last of `phases`."""
    before = phases[-2] if len(phases) > 1 else ()
    return any(_meet(other, kernel, arena, machine) for other in phases[-1]) or any(
        _share_fault(other, kernel) for other in before
    )


def _share_fault(first: Kernel, second: Kernel) -> bool:
    """Whether threads look behind the barrier at what `first` wrote and `second` may write again.

    Were they in phases one after the other, a slow thread would leave, and the others wait for it.
    """
    return fault_of(first) is not None and fault_of(first) is fault_of(second)


def _meet(first: Kernel, second: Kernel, arena: Arena, machine: Machine) -> bool:
    """Whether `second` has to wait for `first`."""
    if fault_of(first) is not None:
        return True  # it may end the program
    if split(first, machine).count == split(second, machine).count == 1:
        return False
    made, makes = (_stretches(written(kernel), arena) for kernel in (first, second))
    used, uses = (_stretches(reads(kernel), arena) for kernel in (first, second))
    return _overlap(made, [*makes, *uses]) or _overlap(used, makes)


def _stretches(views: Sequence[View], arena: Arena) -> list[Stretch]:
    """The memory that `views` reach, in bytes; temporaries lie in the arena."""
    return [stretch(view, arena) for view in views]


def stretch(view: View, arena: Arena) -> Stretch:
    """Return the memory that `view` reaches: in what, from which byte, up to which."""
    low, high = (place * view.buffer.dtype.itemsize for place in span(view))
    start = arena.offsets.get(view.buffer)
    home: Buffer | str = view.buffer if start is None else "arena"
    return home, low + (start or 0), high + (start or 0)


def _overlap(some: Sequence[Stretch], others: Sequence[Stretch]) -> bool:
    return any(
        a is b and low < top and bottom < high for a, low, high in some for b, bottom, top in others
    )
