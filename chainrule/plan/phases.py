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
    phases: list[list[int]] = []
    for number in range(len(kernels)):
        if not phases or any(
            _meet(kernels[other], kernels[number], arena, machine) for other in phases[-1]
        ):
            phases.append([])
        phases[-1].append(number)
    return Schedule(tuple(kernels), tuple(map(tuple, phases)), barrier)


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
