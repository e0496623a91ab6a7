"""Measuring from inside native code: when each kernel of a program is done, and the machine's peak.

    measure(ptr routines, ptr places, ptr units, ptr table, i64 count, ptr marks)
        runs each kernel once, all its units, and notes the clock before the first and behind each
    multiply_add(ptr sums, i64 times)
        multiplies and adds in as many vectors of `sums` as a tile has, so many times
    nothing(ptr table, ptr places, i64 first, i64 last)
        is a kernel that takes no time: what a mark costs

The clock counts at a rate of its own that does not change; whoever reads it compares it with
another one.
"""

from __future__ import annotations

from chainrule.plan.machine import Machine
from chainrule.render.builder import INDEX, POINTER, Function, Module, Type, Value, index, literal
from chainrule.render.floating_state import floating_state
from chainrule.render.lanes import PLACES, TABLE

# A counter may be read before what stands in front of it is done, but not across a fence.
FENCES = {"x86_64": "llvm.x86.sse2.lfence", "aarch64": "llvm.aarch64.isb"}
# On AArch64 the counter of cycles is the system's own; everyone may read the one of virtual time.
REGISTERS = {"aarch64": "cntvct_el0"}
ROUTINES, UNITS = Value("%routines", POINTER), Value("%units", POINTER)
COUNT, MARKS = Value("%count", INDEX), Value("%marks", POINTER)
SUMS, TIMES = Value("%sums", POINTER), Value("%times", INDEX)


def write_stopwatch(machine: Machine) -> str:
    """Return the module for `machine`."""
    module = Module()
    _write_measure(module, machine.architecture)
    _write_multiply_add(module, machine)
    units = [Value("%first", INDEX), Value("%last", INDEX)]
    Function(module, "nothing", [TABLE, PLACES, *units]).finish()
    return str(module)


def _write_measure(module: Module, architecture: str) -> None:
    f = Function(module, "measure", [ROUTINES, PLACES, UNITS, TABLE, COUNT, MARKS])
    with floating_state(f, architecture):
        _mark(f, index(0), architecture)
        with f.loop(index(0), COUNT) as loop:
            routine = f.load(f.address(ROUTINES, "ptr", loop.index), POINTER)
            places = f.load(f.address(PLACES, "ptr", loop.index), POINTER)
            units = f.load(f.address(UNITS, "i64", loop.index), INDEX)
            f.do(f"call void {routine.text}({TABLE}, {places}, {index(0)}, {units})")
            _mark(f, f.plus(loop.index, index(1)), architecture)
    f.finish()


def _mark(f: Function, place: Value, architecture: str) -> None:
    fence = FENCES.get(architecture)
    if fence is not None:
        full_barrier = [literal(15, Type("i32"))] if "isb" in fence else []
        f.call(fence, Type("void"), *full_barrier)
    f.store(_now(f, REGISTERS.get(architecture)), f.address(MARKS, "i64", place))


def _now(f: Function, register: str | None) -> Value:
    """The counter in `register`, or the one that LLVM knows of."""
    if register is None:
        return f.call("llvm.readcyclecounter", INDEX)
    read = "i64 @llvm.read_volatile_register.i64(metadata"
    f.module.declarations |= {read: f"declare {read})", register: f'!0 = !{{!"{register}"}}'}
    return f.emit(f"call {read} !0)", INDEX)


def vectors_of_sums(machine: Machine) -> int:
    """Return how many vectors `multiply_add` keeps going: enough to wait for none of them."""
    return machine.accumulators


def _write_multiply_add(module: Module, machine: Machine) -> None:
    """Each sum x becomes x·½ + ½: it goes to 1 and stays a normal number."""
    f = Function(module, "multiply_add", [SUMS, TIMES])
    vector = Type("float", machine.lanes(4))
    half = literal(0.5, vector)
    places = [
        f.address(SUMS, "float", index(number * vector.lanes))
        for number in range(vectors_of_sums(machine))
    ]
    with f.loop(index(0), TIMES, carried=[f.load(place, vector) for place in places]) as loop:
        loop.next = [_multiplied_and_added(f, x, half, machine) for x in loop.carried]
    for place, total in zip(places, loop.carried, strict=True):
        f.store(total, place)
    f.finish()


def _multiplied_and_added(f: Function, x: Value, half: Value, machine: Machine) -> Value:
    if machine.fused:
        return f.intrinsic("fma", x, half, half)
    return f.binary("fadd", f.binary("fmul", x, half), half)
