"""Jobs for a team, written as IR: what they do can be checked element by element."""

from __future__ import annotations

import ctypes

import numpy as np

from chainrule.build.tensor import Array
from chainrule.render.builder import INDEX, POINTER, Function, Module, Value, index
from chainrule.render.team import BARRIER_BYTES, COUNT, THREAD, write_barrier
from chainrule.run.machine_code import MachineCode, host

ARGUMENT = Value("%argument", POINTER)
LINE = 8  # numbers in a cache line


class Job:
    """A function of a module and its argument: the barrier's state, then numbers."""

    def __init__(self, text: str, name: str, numbers: int) -> None:
        self._function = MachineCode(text, host()).function(name)
        self.address = ctypes.cast(self._function, ctypes.c_void_p).value or 0
        raw = np.zeros(LINE + BARRIER_BYTES // 8 + numbers, np.int64)
        start = -raw.ctypes.data % BARRIER_BYTES // 8
        self.memory = raw[start : start + BARRIER_BYTES // 8 + numbers]
        self.numbers: Array = self.memory[BARRIER_BYTES // 8 :]

    @property
    def argument(self) -> int:
        return self.memory.ctypes.data


def call() -> Job:
    """Each thread adds 1 to its number and writes how many threads there are behind it."""
    module = Module()
    f = Function(module, "job", [ARGUMENT, THREAD, COUNT])
    own = f.address(_numbers(f), "i64", f.times(THREAD, 2))
    f.store(f.plus(f.load(own, INDEX), index(1)), own)
    f.store(COUNT, f.address(own, "i64", index(1)))
    f.finish()
    return Job(str(module), "job", 2 * 64)


def ring(rounds: int, system: str = "linux") -> Job:
    """In each round each thread takes its right neighbor's number and adds 1, in step with all.

    After every round all numbers are equal, if nobody reads too early or writes too soon.
    """
    module = Module()
    write_barrier(module, host().architecture, system)
    f = Function(module, "job", [ARGUMENT, THREAD, COUNT])
    numbers = _numbers(f)
    own = f.address(numbers, "i64", f.times(THREAD, LINE))
    right = f.binary("urem", f.plus(THREAD, index(1)), COUNT)
    neighbor = f.address(numbers, "i64", f.times(right, LINE))
    with f.loop(index(0), index(rounds)):
        taken = f.plus(f.load(neighbor, INDEX), index(1))
        _barrier(f)
        f.store(taken, own)
        _barrier(f)
    f.finish()
    return Job(str(module), "job", LINE * 64)


def _numbers(f: Function) -> Value:
    return f.address(ARGUMENT, "i8", index(BARRIER_BYTES))


def _barrier(f: Function) -> None:
    f.do(f"call void @barrier({ARGUMENT}, {THREAD}, {COUNT})")
