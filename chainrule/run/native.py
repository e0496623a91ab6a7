"""Native execution: a recording planned, rendered, compiled, and called on a table of addresses."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from threading import Lock
from time import perf_counter

import numpy as np

from chainrule.build.graph import Graph
from chainrule.build.leaf import argument
from chainrule.build.record import Recording
from chainrule.build.tensor import Array
from chainrule.build.variable import Variable, latest
from chainrule.fuse.group import group
from chainrule.fuse.simplify import simplify
from chainrule.plan.cost import estimate
from chainrule.plan.faults import looked_at_once
from chainrule.plan.kernel import Kernel, Role
from chainrule.plan.lower import Lowered, lower
from chainrule.plan.memory import ALIGNMENT, arrange
from chainrule.plan.phases import schedule
from chainrule.plan.place import in_place
from chainrule.plan.show import show
from chainrule.render.program import write_program
from chainrule.render.team import BARRIER_BYTES
from chainrule.run.border import Arguments, Results
from chainrule.run.cache import user_cache
from chainrule.run.machine_code import MachineCode, host
from chainrule.run.pace import Pace
from chainrule.run.team import run as run_in_team
from chainrule.run.threads import threads_for

JOB = (ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


class Native:
    """One recording as machine code.

    Errors: `NotNativeError` where it contains a primitive without a native kernel.
    """

    def __init__(
        self, recording: Recording, interpreted: Callable[[Sequence[Array]], list[Array]]
    ) -> None:
        self._interpreted = interpreted
        self._reads, self._writes = recording.reads, recording.writes
        graph, variables = _with_all_variables(recording)
        arguments = len(graph.inputs) - len(variables)
        places = {variable: place for place, variable in enumerate(variables, arguments)}
        written = [places[variable] for variable in recording.writes]
        machine = host()
        lowered = lower(graph, group(graph), arguments, written, machine)
        self.kernels: tuple[Kernel, ...] = tuple(in_place(looked_at_once(lowered.kernels)))
        self.arena = arrange(self.kernels)
        planned = schedule(self.kernels, self.arena, machine, len(lowered.buffers))
        self.llvm = write_program(planned, machine)
        self._code = MachineCode(self.llvm, machine, user_cache())
        self._step = self._code.function("step", JOB)
        self._job = ctypes.cast(self._step, ctypes.c_void_p).value or 0
        self._pace = Pace(sum(map(estimate, self.kernels)))
        self._barrier = aligned(BARRIER_BYTES)
        self._memory = aligned(self.arena.size)
        self._fault = np.zeros(1, np.int64)
        self._constants = lowered.constants
        self._table = self._addresses(lowered)
        cells = [variable.storage(read=variable in set(self._reads)) for variable in variables]
        for buffer, cell in zip(lowered.inputs[arguments:], cells, strict=True):
            self._table[buffer.index] = cell.ctypes.data
        given, made = graph.inputs[:arguments], graph.outputs[: len(lowered.results)]
        self._arguments = Arguments(self._table, lowered.inputs[:arguments], given)
        self._results = Results(self._table, lowered.results, made)
        self._unread = [variable for variable in self._writes if variable not in set(self._reads)]
        self._made: object = None
        self._address = ctypes.addressof(self._table)
        self._lock = Lock()

    def _addresses(self, lowered: Lowered) -> ctypes.Array[ctypes.c_void_p]:
        """The table of addresses; those of arguments, variables and results are still missing."""
        table = (ctypes.c_void_p * (len(lowered.buffers) + 1))()
        table[len(lowered.buffers)] = self._barrier.ctypes.data
        for buffer, value in lowered.constants.items():
            table[buffer.index] = value.ctypes.data
        for buffer, offset in self.arena.offsets.items():
            table[buffer.index] = self._memory.ctypes.data + offset
        for buffer in lowered.buffers:
            if buffer.role is Role.FAULT:
                table[buffer.index] = self._fault.ctypes.data
        return table

    def __call__(self, arguments: Sequence[Array]) -> list[Array]:
        """Return the results; variables are written in place.

        Where an index lies outside its axis nothing is written, and the interpreter says which.
        """
        with self._lock:
            results = self._execute(arguments)
        return self._interpreted(arguments) if results is None else results

    def _execute(self, arguments: Sequence[Array]) -> list[Array] | None:
        """Run once; `None` where an index lies outside its axis."""
        if self._made is not latest.deferred:
            self._make_pending()
        borrowed = self._arguments.enter(arguments)
        results = self._results.prepare()
        self._compute()
        if self._fault[0]:
            self._fault[0] = 0
            return None
        if self._writes:
            latest.written = object()
        for variable in self._unread:
            variable.replaced()
        del borrowed  # it had to live until here
        return self._results.leave(results)

    def _compute(self) -> None:
        """Run the program, on as many threads as promise to be the fastest."""
        threads = threads_for(self._pace)
        begun = perf_counter()
        if threads == 1:
            self._step(self._address, 0, 1)
        else:
            run_in_team(self._job, self._address, threads)
        self._pace.record(threads, perf_counter() - begun)

    def _make_pending(self) -> None:
        """Make the contents that are still to be made; their addresses are known already."""
        deferred = latest.deferred
        for variable in self._reads:
            variable.storage()
        self._made = deferred

    def describe(self) -> str:
        """Return the kernels, a line each, and the memory they share."""
        lines = [f"{number:3}  {show(kernel)}" for number, kernel in enumerate(self.kernels)]
        return "\n".join([*lines, f"     {self.arena.size:,} bytes for all temporaries"])


def _with_all_variables(recording: Recording) -> tuple[Graph, tuple[Variable, ...]]:
    """The graph, simplified, with all variables as inputs: those written but not read come last."""
    graph = simplify(recording.graph)
    unread = tuple(x for x in recording.writes if x not in set(recording.reads))
    inputs = (*graph.inputs, *(argument(variable.spec) for variable in unread))
    return Graph(inputs, graph.outputs), (*recording.reads, *unread)


def aligned(size: int) -> Array:
    """Return `size` bytes of memory that begin at a multiple of the vector size."""
    raw = np.zeros(size + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + size]
