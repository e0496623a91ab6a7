"""Native execution: a recording planned, rendered, compiled, and called on a table of addresses."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

import numpy as np

from chainrule.build.record import Recording
from chainrule.build.tensor import Array
from chainrule.fuse.group import NotNativeError, group
from chainrule.fuse.simplify import simplify
from chainrule.plan.kernel import Buffer, Kernel, Role
from chainrule.plan.lower import lower
from chainrule.plan.memory import ALIGNMENT, arrange
from chainrule.plan.place import in_place
from chainrule.plan.show import show
from chainrule.render.program import write_program
from chainrule.run.machine_code import MachineCode


class Native:
    """One recording as machine code.

    Errors: `NotNativeError` where it contains a primitive without a native kernel.
    """

    def __init__(
        self, recording: Recording, interpreted: Callable[[Sequence[Array]], list[Array]]
    ) -> None:
        self._interpreted = interpreted
        graph = simplify(recording.graph)
        arguments = len(graph.inputs) - len(recording.reads)
        places = {variable: place for place, variable in enumerate(recording.reads, arguments)}
        if any(variable not in places for variable in recording.writes):
            raise NotNativeError("a variable is written that is not read")
        written = [places[variable] for variable in recording.writes]
        lowered = lower(graph, group(graph), arguments, written)
        self.kernels: tuple[Kernel, ...] = tuple(in_place(lowered.kernels))
        self.llvm = write_program(self.kernels)
        self.arena = arrange(self.kernels)
        self._code = MachineCode(self.llvm)
        self._run = self._code.function("run")
        self._recording = recording
        self._arguments = lowered.inputs[:arguments]
        self._variables = lowered.inputs[arguments:]
        self._results = lowered.results
        self._shapes = [node.shape for node in graph.outputs[: len(lowered.results)]]
        self._memory = aligned(self.arena.size)
        self._kept = list(lowered.constants.values())
        self._fault = np.zeros(1, np.int64)
        self._table = self._addresses(lowered.buffers, lowered.constants)

    def _addresses(
        self, buffers: Sequence[Buffer], constants: dict[Buffer, Array]
    ) -> ctypes.Array[ctypes.c_void_p]:
        table = (ctypes.c_void_p * len(buffers))()
        for buffer, value in constants.items():
            table[buffer.index] = value.ctypes.data
        for buffer, offset in self.arena.offsets.items():
            table[buffer.index] = self._memory.ctypes.data + offset
        for buffer in buffers:
            if buffer.role is Role.FAULT:
                table[buffer.index] = self._fault.ctypes.data
        return table

    def __call__(self, arguments: Sequence[Array]) -> list[Array]:
        """Return the results; variables are written in place.

        Where an index lies outside its axis nothing is written, and the interpreter says which.
        """
        held = [np.ascontiguousarray(array) for array in arguments]
        results = [np.empty(s, b.dtype) for s, b in zip(self._shapes, self._results, strict=True)]
        self._point(self._arguments, held)
        self._point(self._results, results)
        for buffer, variable in zip(self._variables, self._recording.reads, strict=True):
            self._table[buffer.index] = variable.storage().ctypes.data
        self._fault[0] = 0
        self._run(ctypes.addressof(self._table))
        if self._fault[0]:
            return self._interpreted(arguments)
        for variable in self._recording.writes:
            variable.rewritten()
        return results

    def describe(self) -> str:
        """Return the kernels, a line each, and the memory they share."""
        lines = [f"{number:3}  {show(kernel)}" for number, kernel in enumerate(self.kernels)]
        return "\n".join([*lines, f"     {self.arena.size:,} bytes for all temporaries"])

    def _point(self, buffers: Sequence[Buffer], arrays: Sequence[Array]) -> None:
        for buffer, array in zip(buffers, arrays, strict=True):
            self._table[buffer.index] = array.ctypes.data


def aligned(size: int) -> Array:
    """Return `size` bytes of memory that begin at a multiple of the vector size."""
    raw = np.zeros(size + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + size]
