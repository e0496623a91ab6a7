"""Many steps in one call: rows gathered by number, the program run, results side by side.

    epoch(ptr drive, i64 thread, i64 threads)

    drive = table, first, last, order, done, then a place for each array with rows, for each result

For the steps from `first` up to `last` of a drive: the rows that `order` names for the step are
copied from the data to where the program reads its arguments; the program runs; its results go to
the next place behind those of the step before. `done` counts the steps from `first`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from chainrule.plan.machine import Machine
from chainrule.render.builder import INDEX, POINTER, Function, Module, Type, Value, index
from chainrule.render.floating_state import floating_state
from chainrule.render.memory import copy

DRIVE = Value("%drive", POINTER)
THREAD, THREADS = Value("%thread", INDEX), Value("%threads", INDEX)
TABLE_AT, FIRST_AT, LAST_AT, ORDER_AT, DONE_AT, PLACES_AT = range(6)


@dataclass(frozen=True)
class Border:
    """What goes in and out in a step: places in the program's table, and bytes of each.

    `rows` are in each of the arrays of `inputs`, whose bytes are those of a row.
    """

    rows: int
    inputs: Sequence[tuple[int, int]]
    results: Sequence[tuple[int, int]]
    fault: int
    barrier: int


def write_epoch(module: Module, border: Border, machine: Machine) -> None:
    """Write the functions `epoch` and `steps`, which calls the program's `run`."""
    steps = Function(module, "steps", [DRIVE, THREAD, THREADS])
    _Writer(steps, border).run()
    steps.finish()
    epoch = Function(module, "epoch", [DRIVE, THREAD, THREADS])
    with floating_state(epoch, machine.architecture):
        epoch.do(f"call void @steps({DRIVE}, {THREAD}, {THREADS})")
    epoch.finish()


class _Writer:
    """The loop over the steps, as one thread does it."""

    def __init__(self, f: Function, border: Border) -> None:
        self.f, self.border = f, border
        self.table = self._word(TABLE_AT, POINTER)
        self.order = self._word(ORDER_AT, POINTER)

    def _word(self, place: int, type_: Type) -> Value:
        return self.f.load(self.f.address(DRIVE, "i64", index(place)), type_)

    def _entry(self, slot: int) -> Value:
        return self.f.load(self.f.address(self.table, "ptr", index(slot)), POINTER)

    def run(self) -> None:
        """Write the loop."""
        f, border = self.f, self.border
        first, last = self._word(FIRST_AT, INDEX), self._word(LAST_AT, INDEX)
        with f.loop(first, last) as step:
            self._gather(f.times(step.index, border.rows))
            done = f.binary("sub", step.index, first)
            with self._first_alone():
                self._point(done)
            self._wait()
            f.do(f"call void @run({self.table}, {THREAD}, {THREADS})")
            self._wait()
            fault = f.load(self._entry(border.fault), INDEX)
            f.leave_if(f.compare("icmp ne", fault, index(0)))
            with self._first_alone():
                f.store(f.plus(done, index(1)), f.address(DRIVE, "i64", index(DONE_AT)))

    def _wait(self) -> None:
        state = self._entry(self.border.barrier)
        self.f.do(f"call void @barrier({state}, {THREAD}, {THREADS})")

    @contextmanager
    def _first_alone(self) -> Iterator[None]:
        mine = self.f.cast("zext", self.f.compare("icmp eq", THREAD, index(0)), "i64")
        with self.f.loop(index(0), mine):
            yield

    def _gather(self, start: Value) -> None:
        """Copy this thread's share of the rows of a step."""
        f, border = self.f, self.border
        start_of, end_of = (
            f.binary("udiv", f.times(thread, border.rows), THREADS)
            for thread in (THREAD, f.plus(THREAD, index(1)))
        )
        with f.loop(start_of, end_of) as row:
            place = f.address(self.order, "i64", start, row.index)
            chosen = f.load(place, INDEX)
            for number, (slot, size) in enumerate(border.inputs):
                source = self._word(PLACES_AT + number, POINTER)
                target = self._entry(slot)
                copy(
                    f,
                    f.address(target, "i8", f.times(row.index, size)),
                    f.address(source, "i8", f.times(chosen, size)),
                    size,
                )

    def _point(self, done: Value) -> None:
        """Let the program write the results of this step behind those of the steps `done`."""
        f = self.f
        for number, (slot, size) in enumerate(self.border.results):
            base = self._word(PLACES_AT + len(self.border.inputs) + number, POINTER)
            place = f.address(base, "i8", f.times(done, size))
            f.store(place, f.address(self.table, "ptr", index(slot)))
