"""Native execution: a recording planned, rendered, compiled, and called on a table of addresses."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from chainrule.build.record import Recording
from chainrule.build.tensor import Array
from chainrule.build.turns import turn
from chainrule.build.variable import latest
from chainrule.errors import ChainruleError
from chainrule.plan.cost import estimate
from chainrule.plan.memory import ALIGNMENT
from chainrule.plan.show import show
from chainrule.render.team import BARRIER_BYTES
from chainrule.run.border import Arguments, Results
from chainrule.run.cache import user_cache
from chainrule.run.drive import Drive
from chainrule.run.machine_code import MachineCode, host
from chainrule.run.pace import Pace
from chainrule.run.planning import plan
from chainrule.run.team import run as run_in_team
from chainrule.run.threads import threads_for

JOB = (ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


class Job:
    """A function of the machine code that a team can run, and its address."""

    def __init__(self, code: MachineCode, name: str) -> None:
        self._call: Any = code.function(name, JOB)
        self._address = ctypes.cast(self._call, ctypes.c_void_p).value or 0

    def run(self, argument: int, threads: int) -> None:
        """Run it on `threads` threads."""
        if threads == 1:
            self._call(argument, 0, 1)
        else:
            run_in_team(self._address, argument, threads)


class Native:
    """One recording as machine code.

    Errors: `NotNativeError` where it contains a primitive without a native kernel.
    """

    def __init__(
        self, recording: Recording, interpreted: Callable[[Sequence[Array]], list[Array]]
    ) -> None:
        self._interpreted = interpreted
        self._reads, self._writes = recording.reads, recording.writes
        self._unread = [variable for variable in self._writes if variable not in set(self._reads)]
        self.plan = plan(recording, host())
        self.kernels, self.arena = self.plan.schedule.kernels, self.plan.arena
        self.code = MachineCode(self.plan.listing(), self.plan.machine, user_cache())
        self._step = Job(self.code, "step")
        self._pace = Pace(sum(map(estimate, self.kernels)))
        self._allocate()
        self._made: object = None
        self._busy = False

    @property
    def llvm(self) -> str:
        """The program in LLVM's language."""
        return self.plan.written()

    def _allocate(self) -> None:
        """Make the memory, and the table of its addresses; large arguments are still missing."""
        lowered, barrier = self.plan.lowered, self.plan.schedule.barrier
        self._memory, self._barrier = aligned(self.arena.size), aligned(BARRIER_BYTES)
        self._fault = np.zeros(1, np.int64)
        self.table = table = (ctypes.c_void_p * (barrier + 1))()
        self.address = ctypes.addressof(table)
        table[barrier] = self._barrier.ctypes.data
        table[lowered.fault.index] = self._fault.ctypes.data
        for buffer, value in lowered.constants.items():
            table[buffer.index] = value.ctypes.data
        for buffer, offset in self.arena.offsets.items():
            table[buffer.index] = self._memory.ctypes.data + offset
        known = set(self._reads)
        self._cells: list[Array] = []  # they live as long as their addresses are known
        for buffer, variable in self.plan.held:
            cell = variable.storage(read=variable in known)
            table[buffer.index] = cell.ctypes.data
            self._cells.append(cell)
        self._arguments = Arguments(table, self.plan.given)
        self._results = Results(table, self.plan.made)

    def __call__(self, arguments: Sequence[Array]) -> list[Array]:
        """Return the results; variables are written in place.

        Where an index lies outside its axis nothing is written, and the interpreter says which.
        """
        with turn:
            self._begin()
            try:
                borrowed = self._arguments.enter(arguments)
                results = self._results.prepare()
                refused = self._run(self._step, self.address, 1)
                del borrowed  # it had to live until here
                made = self._results.leave(results)
            finally:
                self._busy = False
            return self._interpreted(arguments) if refused else made

    def _begin(self) -> None:
        """Take the memory of the program, of which there is one.

        Errors: `ChainruleError` where it is in use: only a signal handler can come in between.
        """
        if self._busy:
            raise ChainruleError("a compiled function was called from within itself, by a signal")
        self._busy = True

    def over(self, data: Sequence[Array], order: Array) -> NativeSteps:
        """Return steps over `data`, where step n takes the rows in `order[n]`."""
        border = self.plan.border
        assert border is not None, "data has rows, and so have the arguments"
        specs = [node.spec for _, node in self.plan.made]
        return NativeSteps(self, Drive(self.table, border, data, order, specs))

    def drive(self, drive: Drive, first: int, last: int) -> list[Array]:
        """Do steps of a drive; where one refuses its rows, the interpreter says why."""
        with turn:
            self._begin()
            try:
                results = drive.enter(first, last)
                refused = self._run(Job(self.code, "epoch"), drive.address, last - first)
            finally:
                self._busy = False
            if refused:
                self._interpreted(drive.rows(first + drive.done))
        if refused:
            raise ChainruleError(
                f"step {first + drive.done} found an index outside its axis that is not there any "
                "more: do not write to data while steps run over it"
            )
        return results

    def _run(self, job: Job, argument: int, steps: int) -> bool:
        """Run a job, on as many threads as promise to be the fastest; tell whether it refused."""
        if self._made is not latest.deferred:
            self._make_pending()
        threads = threads_for(self._pace)
        begun = perf_counter()
        try:
            job.run(argument, threads)
        finally:  # Ctrl-C is raised when native code returns: the steps are done all the same
            refused = self._end(steps)
        self._pace.record(threads, perf_counter() - begun, steps)
        return refused

    def _end(self, steps: int) -> bool:
        """Take note of what a job wrote; tell whether it refused."""
        refused = bool(self._fault[0])
        if refused:
            self._fault[0] = 0
        if self._writes and (not refused or steps > 1):
            self._written()
        return refused

    def _written(self) -> None:
        latest.written = object()
        for variable in self._unread:
            variable.replaced()

    def _make_pending(self) -> None:
        """Make the contents that are still to be made; their addresses are known already."""
        deferred = latest.deferred
        for variable in self._reads:
            variable.storage()
        for variable in self._writes:
            variable.let_go()
        self._made = deferred

    @contextmanager
    def standing_by(self, arguments: Sequence[Array]) -> Iterator[None]:
        """Keep everything in place for kernels to run on the table.

        Whatever they do, the variables have the same bits afterwards as before.
        """
        with turn:
            self._make_pending()
            borrowed, results = self._arguments.enter(arguments), self._results.prepare()
            cells = [variable.storage(read=False) for variable in self._writes]
            before = [cell.copy() for cell in cells]
            try:
                yield
            finally:
                for cell, content in zip(cells, before, strict=True):
                    np.copyto(cell, content)
                self._fault[0] = 0
                del borrowed, results  # they had to live until here

    @property
    def refused(self) -> bool:
        """Whether a kernel has refused its input, while standing by."""
        return bool(self._fault[0])

    def describe(self) -> str:
        """Return the kernels, a line each, and the memory they share."""
        lines = [f"{number:3}  {show(kernel)}" for number, kernel in enumerate(self.kernels)]
        return "\n".join([*lines, f"     {self.arena.size:,} bytes for all temporaries"])


class NativeSteps:
    """Steps of a native program over data in memory."""

    def __init__(self, native: Native, drive: Drive) -> None:
        self._native, self._drive = native, drive

    def run(self, first: int, last: int) -> list[Array]:
        """Do the steps from `first` up to `last`; return each result with an axis for the steps."""
        return self._native.drive(self._drive, first, last)


def aligned(size: int) -> Array:
    """Return `size` bytes of memory that begin at a multiple of the vector size."""
    raw = np.zeros(size + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + size]
