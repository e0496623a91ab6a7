"""The building block alone: matrix products that chainrule renders, looped over in native code.

    in L1    C (8r, c) += A (8r, 128) · B (128, c)   for each tile of the table, r rows, c columns
    forward  Y = X Wᵀ,   input gradient  dX = dY W,   weight gradient  dW = dYᵀ X

What is measured is the kernels of the product and whatever packs their inputs, on one thread.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.contestants.peak import flops_of_call, loop_of
from benchmarks.cores import pin_thread
from benchmarks.report import markdown
from benchmarks.sections import Section
from benchmarks.workload import Array
from chainrule.array.dtype import float32
from chainrule.build.record import record
from chainrule.build.tensor import Spec
from chainrule.fuse.group import group
from chainrule.fuse.simplify import simplify
from chainrule.plan.lower import Lowered, lower
from chainrule.plan.machine import Machine
from chainrule.plan.memory import ALIGNMENT, arrange
from chainrule.plan.phases import Schedule, schedule
from chainrule.plan.routines import routines
from chainrule.render.builder import POINTER, Function, Module, Value, index
from chainrule.render.program import write_program
from chainrule.render.team import BARRIER_BYTES
from chainrule.run.machine_code import MachineCode, host

FLOPS_OF_A_CALL = 200_000_000
DEPTH = 128
STRIPS = 8
ROWS, OUTPUTS, INPUTS = 128, 512, 512


@dataclass(frozen=True)
class Form:
    """C = function(A, B) for arrays of these shapes, with so many operations on numbers."""

    name: str
    function: Callable[[Any, Any], Any]
    shapes: tuple[tuple[int, int], tuple[int, int]]
    flops: int


def forms(machine: Machine) -> list[Form]:
    """Return the products to measure: the tiles of the machine, then the three of a layer."""
    flops = 2 * ROWS * OUTPUTS * INPUTS
    return [
        *(_tile(machine, vectors) for vectors in range(1, machine.widest + 1)),
        Form("forward", lambda x, w: x @ w.T, ((ROWS, INPUTS), (OUTPUTS, INPUTS)), flops),
        Form("input gradient", lambda d, w: d @ w, ((ROWS, OUTPUTS), (OUTPUTS, INPUTS)), flops),
        Form("weight gradient", lambda d, x: d.T @ x, ((ROWS, OUTPUTS), (ROWS, INPUTS)), flops),
    ]


def _tile(machine: Machine, vectors: int) -> Form:
    rows, columns = machine.rows(vectors), vectors * machine.lanes(4)
    return Form(
        f"{rows} × {columns} tiles in L1",
        lambda a, b: a @ b,
        ((STRIPS * rows, DEPTH), (DEPTH, columns)),
        2 * STRIPS * rows * DEPTH * columns,
    )


class Repeated:
    """A function of two arrays as native code that does it `times` over in one call."""

    def __init__(self, form: Form, times: int) -> None:
        machine = host()
        specs = [Spec(shape, float32) for shape in form.shapes]
        graph = simplify(record(form.function, specs).graph)
        lowered = lower(graph, group(graph), len(specs), (), machine)
        random = np.random.default_rng(0)
        self.inputs = [random.standard_normal(shape, np.float32) for shape in form.shapes]
        self._memory = _memory(lowered, self.inputs)
        self.result = self._memory[lowered.results[0].index]
        self._table = (ctypes.c_void_p * len(self._memory))(*(m.ctypes.data for m in self._memory))
        scheduled = _scheduled(lowered, machine)
        text = write_program(scheduled, routines(scheduled.kernels), machine) + repeating(times)
        self._call = MachineCode(text, machine).function("repeat")

    def __call__(self) -> None:
        """Compute it."""
        self._call(ctypes.addressof(self._table))


def repeating(times: int) -> str:
    """Return the IR of a function `repeat` that calls `run` so many times, as the only thread."""
    table = Value("%table", POINTER)
    f = Function(Module(), "repeat", [table])
    with f.loop(index(0), index(times)):
        f.do(f"call void @run({table}, {index(0)}, {index(1)})")
    f.finish()
    return str(f.module)


def _scheduled(lowered: Lowered, machine: Machine) -> Schedule:
    """The program's phases; the barrier's place in the table is behind the buffers."""
    kernels = lowered.kernels
    return schedule(kernels, arrange(kernels), machine, len(lowered.buffers))


def _memory(lowered: Lowered, inputs: Sequence[Array]) -> list[Array]:
    """An array for each buffer of the program, and one for its barrier."""
    given = {**lowered.constants, **dict(zip(lowered.inputs, inputs, strict=True))}
    arrays = [_aligned(b.size, b.dtype) for b in lowered.buffers]
    for buffer, value in given.items():
        arrays[buffer.index][...] = np.ravel(value)
    return [*arrays, _aligned(BARRIER_BYTES, np.dtype(np.uint8))]


def _aligned(size: int, dtype: np.dtype[Any]) -> Array:
    """Zeros that begin at a multiple of the longest vectors, as those of a program do."""
    raw = np.zeros(size * dtype.itemsize + ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + size * dtype.itemsize].view(dtype)


def measure(rounds: int) -> Section:
    """Return the section: each product's share of the peak, measured in turns."""
    pin_thread(0)
    made = [(form, max(1, FLOPS_OF_A_CALL // form.flops)) for form in forms(host())]
    calls = [Repeated(form, times) for form, times in made]
    peak = peak_call()
    times = timed([*calls, peak], rounds)
    top = flops_of_call(host()) / median(times[-1])
    rows = []
    for (form, count), own in zip(made, times, strict=False):
        rate = form.flops * count / median(own)
        rows.append([form.name, _shape(form), f"{rate / 1e9:.1f}", f"{rate / top:.0%}"])
    head = f"One thread, medians of {rounds}; FMA peak in this run: {top / 1e9:.1f} GFLOP/s."
    heads = ["", "inputs", "GFLOP/s", "share of peak"]
    return Section("Matrix products alone", f"{head}\n\n{markdown(heads, rows)}")


def _shape(form: Form) -> str:
    return ", ".join(" × ".join(map(str, shape)) for shape in form.shapes)


def peak_call() -> Callable[[], None]:
    """Return a function that computes `flops_of_call` at the machine's peak."""
    found = host()
    loop = loop_of(found)
    room = np.ones((found.accumulators + 2, found.lanes(4)), np.float32)
    room[1] = 0
    return lambda: loop(room.ctypes.data)


def timed(calls: Sequence[Callable[[], None]], rounds: int) -> list[list[float]]:
    """Return the seconds of each call in each round, everyone in turn, the first round unmeasured.

    A round takes the least of five, as others on the machine only ever add.
    """
    times: list[list[float]] = [[] for _ in calls]
    for number in range(rounds + 1):
        for place, call in enumerate(calls):
            least = min(_seconds(call) for _ in range(5))
            if number:
                times[place].append(least)
    return times


def _seconds(call: Callable[[], None]) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun
