"""The stopwatch: it runs each kernel once in order, and its code exists for every machine."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest

from chainrule.plan.machine import aarch64
from chainrule.render.stopwatch import vectors_of_sums, write_stopwatch
from chainrule.run.machine_code import MachineCode, assembly, host
from chainrule.run.native import aligned

ADDRESS, NUMBER = ctypes.c_void_p, ctypes.c_int64
ROUTINE = ctypes.CFUNCTYPE(None, ADDRESS, ADDRESS, NUMBER, NUMBER)


def test_kernels_run_once_each_in_order_with_all_their_units() -> None:
    code = MachineCode(write_stopwatch(host()), host())
    measure = code.function("measure", (ADDRESS, ADDRESS, ADDRESS, ADDRESS, NUMBER, ADDRESS))
    seen: list[tuple[int, ...]] = []

    def routine(number: int) -> Any:
        return ROUTINE(lambda *given: seen.append((number, *given)))

    routines = [routine(number) for number in range(3)]
    addresses = (ADDRESS * 3)(*(ctypes.cast(r, ADDRESS).value for r in routines))
    places = (ADDRESS * 3)(11, 12, 13)
    marks = np.zeros(4, np.int64)
    measure(addresses, places, (NUMBER * 3)(5, 1, 7), 99, 3, marks.ctypes.data)
    assert seen == [(0, 99, 11, 0, 5), (1, 99, 12, 0, 1), (2, 99, 13, 0, 7)]
    assert (np.diff(marks) >= 0).all()
    assert marks[3] > marks[0]


@pytest.mark.parametrize("width", [None, 128])
def test_what_measures_the_peak_computes_normal_numbers(width: int | None) -> None:
    target = host(width)
    code = MachineCode(write_stopwatch(target), target)
    lanes = target.lanes(4) * vectors_of_sums(target)
    sums = aligned(4 * lanes).view(np.float32)
    code.function("multiply_add", (ADDRESS, NUMBER))(sums.ctypes.data, 3)
    np.testing.assert_array_equal(sums, np.full(lanes, 0.875, np.float32))


def test_other_processors_read_their_own_counter() -> None:
    assert "cntvct" in assembly(write_stopwatch(aarch64()), aarch64()).lower()
    assert "rdtsc" in assembly(write_stopwatch(host()), host()) or host().architecture != "x86_64"
