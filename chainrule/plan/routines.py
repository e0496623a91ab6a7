"""Routines: kernels that differ in nothing but their buffers run the same code.

Layers of one size, and the updates of weights of one size, are such kernels; so the code of a deep
network is no longer than that of a shallow one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from chainrule.build.source import Source
from chainrule.plan.kernel import Buffer, Kernel, Load, Reduce, Role, Store, View

NOWHERE = Source("", 0, ())


@dataclass(frozen=True)
class Call:
    """Kernel number n is this routine, with these places of the table as its buffers."""

    routine: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Routines:
    """The routines, in which buffers are numbered from 0, and how each kernel calls one."""

    kernels: tuple[Kernel, ...]
    calls: tuple[Call, ...]


def routines(kernels: Sequence[Kernel]) -> Routines:
    """Return the routines of `kernels`."""
    known: dict[str, int] = {}
    found: list[Kernel] = []
    calls = []
    for kernel in kernels:
        routine, places = _numbered(kernel)
        number = known.setdefault(repr(routine), len(known))
        if number == len(found):
            found.append(routine)
        calls.append(Call(number, places))
    return Routines(tuple(found), tuple(calls))


def _numbered(kernel: Kernel) -> tuple[Kernel, tuple[int, ...]]:
    numbered: dict[Buffer, Buffer] = {}

    def number(buffer: Buffer) -> Buffer:
        new = Buffer(len(numbered), buffer.dtype, buffer.size, Role.TEMPORARY)
        return numbered.setdefault(buffer, new)

    routine = renamed(replace(kernel, source=NOWHERE), number)
    return routine, tuple([buffer.index for buffer in numbered])


def renamed(kernel: Kernel, name: Callable[[Buffer], Buffer]) -> Kernel:
    """Return `kernel` with another buffer for each of its own."""

    def part(given: Any) -> Any:
        match given:
            case Buffer():
                return name(given)
            case View(buffer):
                return replace(given, buffer=name(buffer))
            case Load(_, view) | Store(view) | Reduce(view):
                return replace(given, view=part(view))
            case tuple() if type(given) is tuple:
                return tuple([part(item) for item in given])
        return given

    return replace(kernel, **{f.name: part(getattr(kernel, f.name)) for f in fields(kernel)})
