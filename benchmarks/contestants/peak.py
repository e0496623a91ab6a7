"""The machine itself: nothing but fused multiply-adds in registers, on all threads.

It runs in the same rounds as the others, so that a share of the peak is one of what the machine
gave in that minute. It says what a step of the workload would take if it were arithmetic alone.
"""

from __future__ import annotations

from threading import Thread
from typing import Any

import numpy as np

import chainrule
from benchmarks.contestants.contestant import Contestant, Make, threads
from benchmarks.cores import pin_thread
from benchmarks.workload import Workload
from chainrule.plan.machine import Machine
from chainrule.render.builder import POINTER, Function, Module, Type, Value, index
from chainrule.run.machine_code import MachineCode, host

VERSION = chainrule.__version__

REPEATS = 4_000_000  # operations of a call on vectors: about a millisecond, few calls of Python


def flops_of_call(machine: Machine) -> int:
    """Return the multiplications and additions in one call of the loop."""
    return 2 * machine.lanes(4) * machine.accumulators * (REPEATS // machine.accumulators)


def loop_of(machine: Machine) -> Any:
    """Return a function of the address of a factor, a summand and room for the sums (vectors).

    It keeps as many sums as a tile of a matrix product, so that none waits for its predecessor.
    """
    module = Module()
    table = Value("%table", POINTER)
    f = Function(module, "peak", [table])
    vector = Type("float", machine.lanes(4))
    places = [f.address(table, str(vector), index(n)) for n in range(machine.accumulators + 2)]
    factor, summand, *sums = (f.load(place, vector) for place in places)
    with f.loop(index(0), index(REPEATS // machine.accumulators), 1, sums) as loop:
        loop.next = [f.intrinsic("fma", total, factor, summand) for total in loop.carried]
    for total, place in zip(loop.carried, places[2:], strict=True):
        f.store(total, place)
    f.finish()
    return MachineCode(str(module), machine).function("peak")


class Peak:
    """Runs the loop on every thread; a step is the arithmetic of the workload's, of each alike."""

    def __init__(self, flops: int, threads: int) -> None:
        self._machine = host()
        self._loop = loop_of(self._machine)
        self.flops, self.threads = flops, threads
        self.steps_a_call = max(1, round(threads * flops_of_call(self._machine) / flops))

    def run(self, steps: int) -> None:
        """Compute as much as `steps` of the workload do, to the nearest call of the loop."""
        calls = round(steps * self.flops / (self.threads * flops_of_call(self._machine)))
        team = [Thread(target=self._call, args=(core, calls)) for core in range(self.threads)]
        for thread in team:
            thread.start()
        for thread in team:
            thread.join()

    def _call(self, core: int, calls: int) -> None:
        # Two threads on one core would be half a peak, and the system takes a while to part them.
        pin_thread(core)
        room = np.ones((self._machine.accumulators + 2, self._machine.lanes(4)), np.float32)
        room[1] = 0
        for _ in range(calls):
            self._loop(room.ctypes.data)


def peak(workload: Workload) -> Contestant:
    """The workload's arithmetic at full speed."""
    return Peak(workload.flops, threads())


WAYS: dict[str, Make] = {"peak": peak}
