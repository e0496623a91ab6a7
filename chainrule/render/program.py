"""A whole program as one LLVM module: a function a routine, and what calls them in phases.

    routineN(ptr table, ptr places, i64 first, i64 last)
                                                units of a kernel, whose buffers are at these places
    run(ptr table, i64 thread, i64 threads)     one thread's part of all kernels, once
    step(ptr table, i64 thread, i64 threads)    the same, in the program's floating-point state
    epoch(ptr drive, i64 thread, i64 threads)   many steps over rows of data, see `epoch`

Phases are divided by barriers. A kernel of one unit is done by the first thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.plan.kernel import (
    Convolution,
    Kernel,
    Lines,
    Lookup,
    Map,
    Matrices,
    Pack,
    Product,
    Random,
    fault_of,
)
from chainrule.plan.machine import Machine
from chainrule.plan.phases import Schedule
from chainrule.plan.routines import Call, Routines
from chainrule.plan.units import split
from chainrule.render.builder import INDEX, POINTER, Function, Module, Value, index
from chainrule.render.convolutions import write_convolution
from chainrule.render.epoch import Border, write_epoch
from chainrule.render.floating_state import floating_state
from chainrule.render.lanes import PLACES, TABLE, Units
from chainrule.render.lines import write_lines
from chainrule.render.lookups import write_lookup
from chainrule.render.maps import write_map
from chainrule.render.matrices import write_matrices
from chainrule.render.pack import write_pack
from chainrule.render.products import write_product
from chainrule.render.random import write_random
from chainrule.render.team import write_barrier

FIRST, LAST = Value("%first", INDEX), Value("%last", INDEX)
THREAD, THREADS = Value("%thread", INDEX), Value("%threads", INDEX)


def write_program(
    schedule: Schedule, routines: Routines, machine: Machine, border: Border | None = None
) -> str:
    """Return the module for the kernels of `schedule` on `machine`.

    With a `border` it can also be driven over data, many steps in one call.
    """
    module = Module()
    write_barrier(module, machine.architecture)
    for number, kernel in enumerate(routines.kernels):
        f = Function(module, f"routine{number}", [TABLE, PLACES, FIRST, LAST])
        _write_kernel(f, kernel, machine)
        f.finish()
    run = Function(module, "run", [TABLE, THREAD, THREADS])
    _write_phases(run, schedule, routines.calls, machine)
    run.finish()
    step = Function(module, "step", [TABLE, THREAD, THREADS])
    with floating_state(step, machine.architecture):
        step.do(f"call void @run({TABLE}, {THREAD}, {THREADS})")
    step.finish()
    if border is not None:
        write_epoch(module, border, machine)
    return str(module)


def _write_kernel(f: Function, kernel: Kernel, machine: Machine) -> None:
    units = Units(FIRST, LAST)
    match kernel:
        case Map():
            write_map(f, kernel, machine, units)
        case Pack():
            write_pack(f, kernel, machine, units)
        case Product():
            write_product(f, kernel, machine, units)
        case Convolution():
            write_convolution(f, kernel, machine, units)
        case Lookup():
            write_lookup(f, kernel, machine, units)
        case Lines():
            write_lines(f, kernel, machine, units)
        case Matrices():
            write_matrices(f, kernel, machine, units)
        case Random():
            write_random(f, kernel, machine, units)


def _write_phases(
    run: Function, schedule: Schedule, calls: Sequence[Call], machine: Machine
) -> None:
    """Call the kernels in order; where one refuses its input the program ends before it goes on."""
    for place, phase in enumerate(schedule.phases):
        for number in phase:
            count = split(schedule.kernels[number], machine).count
            _write_share(run, calls[number], count)
        if place < len(schedule.phases) - 1:
            barrier = _pointer(run, schedule.barrier)
            run.do(f"call void @barrier({barrier}, {THREAD}, {THREADS})")
        faults = [fault_of(schedule.kernels[number]) for number in phase]
        for fault in dict.fromkeys(buffer for buffer in faults if buffer is not None):
            found = run.load(_pointer(run, fault.index), INDEX)
            run.leave_if(run.compare("icmp ne", found, index(0)))


def _pointer(run: Function, place: int) -> Value:
    return run.load(run.address(TABLE, "ptr", index(place)), POINTER)


def _write_share(run: Function, call: Call, count: int) -> None:
    """Call a kernel for the units of this thread: those from count·t/T up to count·(t+1)/T."""
    routine = f"call void @routine{call.routine}({TABLE}, ptr {_listed(run.module, call.places)}"
    if count == 1:
        mine = run.cast("zext", run.compare("icmp eq", THREAD, index(0)), "i64")
        with run.loop(index(0), mine):
            run.do(f"{routine}, {index(0)}, {index(1)})")
        return
    ends = [
        run.binary("udiv", run.times(thread, count), THREADS)
        for thread in (THREAD, run.plus(THREAD, index(1)))
    ]
    run.do(f"{routine}, {ends[0]}, {ends[1]})")


def _listed(module: Module, places: Sequence[int]) -> str:
    """The name of a constant array of `places`."""
    numbers = ", ".join(f"i64 {place}" for place in places)
    written = f"internal constant [{len(places)} x i64] [{numbers}]"
    if written not in module.declarations:
        module.declarations[written] = f"@places{len(module.declarations)} = {written}"
    return module.declarations[written].partition(" ")[0]
