"""The race check: what one thread writes in a phase, no other thread reads or writes there.

    owner[byte] = the thread that writes it in this phase, counted from 1; 0 where none does

What each thread reads and writes is worked out here from the views of its units, element by
element, and not from the reasoning that made the phases. A fault is written by any thread, always
with the same word; it is looked at by all threads behind the barrier.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib.stride_tricks import as_strided

from chainrule.build.tensor import Array
from chainrule.errors import ChainruleError
from chainrule.plan.kernel import Buffer, Kernel, View, fault_of, written
from chainrule.plan.machine import Machine
from chainrule.plan.memory import Arena
from chainrule.plan.phases import Schedule
from chainrule.plan.shares import Share, share
from chainrule.plan.units import split

TEAMS = (2, 3, 5, 8)
# So many units are looked at one by one at either end of a kernel; those between are alike.
ENDS = 64
APART = Arena(0, {})


def check(schedule: Schedule, arena: Arena, machine: Machine) -> None:
    """Check every phase for some numbers of threads, and that the units of a kernel are all of it.

    Errors: `ChainruleError` where two threads meet, or where units leave out what their kernel
    writes or write it twice.
    """
    counts = [split(kernel, machine).count for kernel in schedule.kernels]
    for number, count in enumerate(counts):
        _check_units(schedule.kernels[number], number, count, machine)
    for place, phase in enumerate(schedule.phases):
        if any(counts[number] > 1 for number in phase):
            for threads in TEAMS:
                _Phase(schedule, place, machine, threads).check(arena)
    _check_faults(schedule)


def _check_units(kernel: Kernel, number: int, count: int, machine: Machine) -> None:
    whole, units = _Notes(APART), _Notes(APART)
    for view in written(kernel):
        whole.count(view)
    for first, last in pairwise(sorted({*range(count + 1)[:ENDS], *range(count + 1)[-ENDS:]})):
        for view in share(kernel, first, last, machine).writes:
            units.count(view)
    for home, notes in whole.bytes.items():
        if notes.max(initial=0) > 1 or not np.array_equal(notes, units.of(home)):
            raise ChainruleError(
                f"kernel {number} ({kernel.source}): not each element of {home} that it writes is "
                f"written once by its {count} units"
            )


@dataclass(frozen=True)
class _Phase:
    """A phase as a team of some threads does it."""

    schedule: Schedule
    place: int
    machine: Machine
    threads: int

    def check(self, arena: Arena) -> None:
        """Check that nobody touches what another thread writes."""
        notes = _Notes(arena)
        for thread, number, part in self.parts():
            for view in part.writes:
                self.refuse(notes, view, thread, f"kernel {number} writes")
                notes.on(view)[...] = thread + 1
        for thread, number, part in self.parts():
            for view in part.reads:
                self.refuse(notes, view, thread, f"kernel {number} reads")

    def parts(self) -> Iterator[tuple[int, int, Share]]:
        """Yield what each thread does of each kernel, by number."""
        for thread in range(self.threads):
            for number in self.schedule.phases[self.place]:
                kernel = self.schedule.kernels[number]
                yield thread, number, _part(kernel, thread, self.threads, self.machine)

    def refuse(self, notes: _Notes, view: View, thread: int, what: str) -> None:
        """Raise where another thread writes what `view` reaches."""
        other = notes.other(view, thread + 1)
        if other:
            raise ChainruleError(
                f"phase {self.place} on {self.threads} threads: {what} in thread {thread} what "
                f"thread {other - 1} writes, {view}"
            )


def _part(kernel: Kernel, thread: int, threads: int, machine: Machine) -> Share:
    """What one thread does of a kernel; a single unit is the first thread's."""
    count = split(kernel, machine).count
    if count == 1:
        return share(kernel, 0, int(thread == 0), machine)
    return share(kernel, count * thread // threads, count * (thread + 1) // threads, machine)


def _check_faults(schedule: Schedule) -> None:
    """A slow thread may look at a fault when a fast one is in the next phase already."""
    faults = [
        {fault_of(schedule.kernels[number]) for number in phase} - {None}
        for phase in schedule.phases
    ]
    for place, (before, after) in enumerate(pairwise(faults)):
        if before & after:
            raise ChainruleError(
                f"phase {place + 1} writes a fault that threads may still be reading behind "
                f"phase {place}: one would leave, the others wait for it"
            )


class _Notes:
    """A note on each byte of memory; a buffer that is not in the arena lies by itself."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.bytes: dict[Buffer | None, Array] = {}

    def of(self, home: Buffer | None) -> Array:
        """Return the notes on all bytes of a buffer, or of the arena."""
        if home not in self.bytes:
            size = self.arena.size if home is None else home.size * home.dtype.itemsize
            self.bytes[home] = np.zeros(size, np.uint8)
        return self.bytes[home]

    def count(self, view: View) -> None:
        """Add one for each byte of `view`."""
        notes = self.on(view)
        notes += np.uint8(1)

    def other(self, view: View, owner: int) -> int:
        """Return a number other than `owner` on a byte of `view`; 0 if there is none."""
        notes = self.on(view)
        others = notes[(notes != 0) & (notes != owner)]
        return int(others[0]) if others.size else 0

    def on(self, view: View) -> Array:
        """Return the notes on the bytes of `view`, each element once, however often it repeats."""
        if 0 in view.shape:
            return np.zeros(0, np.uint8)
        size, start = view.buffer.dtype.itemsize, self.arena.offsets.get(view.buffer)
        notes = self.of(view.buffer if start is None else None)
        ways = zip(view.shape, view.strides, strict=True)
        long = [(length, stride * size) for length, stride in ways if stride and length > 1]
        shape, strides = zip(*long, (size, 1), strict=True)
        return as_strided(notes[(start or 0) + view.offset * size :], shape, strides)
