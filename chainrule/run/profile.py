"""Measuring a program kernel by kernel, in the order in which they run, on one thread.

The kernels really run, again and again; the variables have the same bits afterwards as before.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np

from chainrule.build.tensor import Array, Spec
from chainrule.errors import ChainruleError
from chainrule.plan.cost import Peak
from chainrule.plan.machine import Machine
from chainrule.plan.units import split
from chainrule.render.stopwatch import vectors_of_sums, write_stopwatch
from chainrule.run.cache import user_cache
from chainrule.run.machine_code import MachineCode
from chainrule.run.native import Native, aligned

ADDRESS = ctypes.c_void_p
ROUTINE = (ADDRESS, ADDRESS, ctypes.c_int64, ctypes.c_int64)
MEASURE = (ADDRESS, ADDRESS, ADDRESS, ADDRESS, ctypes.c_int64, ADDRESS)
LEAST_ROUNDS, MOST_ROUNDS = 5, 2000
ENOUGH = 0.2  # seconds of rounds
EMPTY = 3  # kernels that take no time; the first of them waits for what is still being stored
TURNS = 4  # of each measurement of the peak; the best counts
PEAK_TIMES = 1 << 16
NEAR, FAR = 1 << 17, 1 << 25  # bytes to copy inside a cache, and outside of most


class Profile(NamedTuple):
    """Seconds for each kernel on one thread, and the limits of the machine measured beside it."""

    seconds: tuple[float, ...]
    peak: Peak


class Stopwatch(NamedTuple):
    """The functions of `render/stopwatch.py`, in memory."""

    measure: Any
    multiply_add: Any
    nothing: Any


@cache
def _stopwatch(machine: Machine) -> Stopwatch:
    code = MachineCode(write_stopwatch(machine), machine, user_cache())
    measure = code.function("measure", MEASURE)
    return Stopwatch(
        measure,
        code.function("multiply_add", (ADDRESS, ctypes.c_int64)),
        code.function("nothing", ROUTINE),
    )


def profile(native: Native, arguments: Sequence[Array]) -> Profile:
    """Return what `native` takes for these arguments, kernel by kernel, over many rounds.

    Errors: `ChainruleError` where the arguments are another program's, or are refused, such as an
    index outside its axis.
    """
    expected = [node.spec for _, node in native.plan.given]
    if [Spec(array.shape, array.dtype) for array in arguments] != expected:
        raise ChainruleError(
            f"the program that ran last takes {', '.join(map(str, expected))}: give profile() the "
            "arguments of one step, as for a call"
        )
    machine = native.plan.machine
    units = [split(kernel, machine).count for kernel in native.kernels]
    with native.standing_by(arguments):
        marks, tick = _rounds(native, [*units, *[1] * EMPTY], native.address)
        if native.refused:
            raise ChainruleError(
                "the program refuses these arguments (an index outside its axis, a negative power "
                "of an integer); call the function with them to see which"
            )
    steps = _middle(np.diff(marks, axis=1))
    mark = steps[-EMPTY:].min()
    own = np.maximum(steps[:-EMPTY] - mark, 1) * tick
    return Profile(tuple(map(float, own)), measured_peak(machine))


def _functions(native: Native) -> list[Any]:
    """The routine of each kernel."""
    calls = native.plan.routines.calls
    return [native.code.function(f"routine{call.routine}", ROUTINE) for call in calls]


def _places(native: Native) -> list[Any]:
    """Where in the table each kernel finds its buffers."""
    listed = [call.places for call in native.plan.routines.calls]
    return [(ctypes.c_int64 * len(places))(*places) for places in listed]


def _middle(samples: Array) -> Array:
    """The mean of the middle half of each column: finer than the clock, and deaf to outliers."""
    ordered = np.sort(samples, axis=0)
    quarter = len(ordered) // 4
    middle: Array = ordered[quarter : len(ordered) - quarter]
    means: Array = np.mean(middle, axis=0)
    return means


def _rounds(native: Native, units: Sequence[int], table: int) -> tuple[Array, float]:
    """The marks of all rounds, and the seconds from one tick of their clock to the next.

    The first round finds cold caches and does not count.
    """
    watch, count = _stopwatch(native.plan.machine), len(units)
    functions = [*_functions(native), *[watch.nothing] * EMPTY]
    routines = (ADDRESS * count)(*(ctypes.cast(f, ADDRESS).value for f in functions))
    listed = _places(native)
    places = (ADDRESS * count)(*map(ctypes.addressof, listed), *[None] * EMPTY)
    amounts = (ctypes.c_int64 * count)(*units)
    rows = np.zeros((MOST_ROUNDS + 1, count + 1), np.int64)
    begun = perf_counter()
    for number, row in enumerate(rows):
        watch.measure(routines, places, amounts, table, count, row.ctypes.data)
        elapsed = perf_counter() - begun
        if number >= LEAST_ROUNDS and elapsed > ENOUGH:
            break
    ticks = int(rows[number, -1] - rows[0, 0])
    return rows[1 : number + 1], elapsed / max(ticks, 1)


@cache
def measured_peak(machine: Machine) -> Peak:
    """Return the limits of one core of this machine, measured now, in some 20 milliseconds."""
    lanes, vectors = machine.lanes(4), vectors_of_sums(machine)
    sums = aligned(4 * lanes * vectors)
    multiply_add = _stopwatch(machine).multiply_add
    longest = _best(lambda: multiply_add(sums.ctypes.data, PEAK_TIMES))
    near, far = (_copied(size) for size in (NEAR, FAR))
    return Peak(2 * lanes * vectors * PEAK_TIMES / longest, near, far)


def _copied(size: int) -> float:
    """Bytes read and written a second where so many are copied."""
    source, target = np.zeros(size, np.uint8), np.ones(size, np.uint8)
    return 2 * size / _best(lambda: np.copyto(target, source))


def _best(call: Callable[[], None]) -> float:
    return min(_seconds(call) for _ in range(TURNS))


def _seconds(call: Callable[[], None]) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun
