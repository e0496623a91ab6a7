"""Real programs at every width of vectors: run where the processor has it, else assembled.

The environment variable gives the width, as a user would force it. Without fused multiply-add, at
128 bits on x86, the same formulas round otherwise: results are close to the interpreter's, not the
same.
"""

from __future__ import annotations

import re
import struct
from functools import cache
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import is_floating
from chainrule.errors import OptionError
from chainrule.plan.check import check as check_plan
from chainrule.plan.machine import KINDS, Machine, Registers, aarch64, machine
from chainrule.run import threads
from chainrule.run.machine_code import VARIABLE, assembly, host, object_code
from chainrule.run.native import Native
from chainrule.run.planning import plan
from tests.build.checks import same_bits
from tests.run.selection import PROGRAMS, Array, outcome

TOLERANCE = {np.dtype(np.float32): 2e-5, np.dtype(np.float64): 1e-12}
LEVELS = {"AVX-512": "x86-64-v4", "AVX2": "x86-64-v3", "SSE": "x86-64"}
EVERY = pytest.mark.parametrize("name", PROGRAMS)


def can_run(kind: Registers) -> bool:
    """Whether this processor has these registers, whatever width the environment asks for."""
    try:
        return host(8 * kind.vector_bytes).name == kind.name
    except OptionError:
        return False


OWN = [kind for kind in KINDS if can_run(kind)]
OTHERS = [kind for kind in KINDS if not can_run(kind)]
EACH_WIDTH = pytest.mark.parametrize("width", [8 * kind.vector_bytes for kind in OWN])


@cache
def expected(name: str) -> tuple[list[Array], Any]:
    """What the interpreter makes of a program, and its recording."""
    values, compiled = outcome(PROGRAMS[name](), "numpy")
    return values, compiled.program.recording


def close(found: Array, wanted: Array) -> None:
    """Whole numbers are the same; others differ by the rounding of the largest among them."""
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
    if not is_floating(wanted.dtype):
        np.testing.assert_array_equal(found, wanted)
        return
    tolerance = TOLERANCE[wanted.dtype]
    largest = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0))
    np.testing.assert_allclose(found, wanted, rtol=tolerance, atol=tolerance * largest)


@EVERY
@EACH_WIDTH
def test_a_program_at_each_width(name: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(width))
    found, compiled = outcome(PROGRAMS[name](), "native")
    native = compiled.program.executor
    assert isinstance(native, Native), compiled.kernels
    assert native.plan.machine == host(width)
    check_plan(native.kernels)
    for value, wanted in zip(found, expected(name)[0], strict=True):
        close(value, wanted)


@EACH_WIDTH
def test_vectors_are_as_wide_as_wanted(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(width))
    text = plan(expected("table")[1], host()).written()
    assert f"<{width // 32} x float>" in text
    assert f"<{width // 16} x float>" not in text
    if host().architecture == "x86_64":
        names = {512: "zmm", 256: "ymm", 128: "xmm"}
        written = assembly(text, host())
        assert re.search(rf"v?mulps\t.*{names[width]}", written)
        assert not any(wider in written for bits, wider in names.items() if bits > width)


@EACH_WIDTH
@pytest.mark.parametrize("name", ["images", "reductions"])
def test_any_number_of_threads_gives_the_same_bits(
    name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(width))
    monkeypatch.setattr(threads, "_setting", threads.Setting())
    found = []
    for count in (1, 2, 3):
        threads.set_threads(count, exact=True)
        found.append(outcome(PROGRAMS[name](), "native")[0])
    for others in found[1:]:
        assert all(map(same_bits, found[0], others))


def target(kind: Registers) -> Machine:
    """A processor that has these registers; it need not be this one."""
    if kind.architecture == "aarch64":
        return aarch64()
    needed = dict.fromkeys(kind.needed, True)
    return machine(kind.architecture, LEVELS[kind.name], needed, "x86_64-unknown-linux-gnu")


@EVERY
@pytest.mark.parametrize("kind", OTHERS, ids=lambda kind: kind.name)
def test_a_program_is_assembled_for_other_processors(name: str, kind: Registers) -> None:
    made = target(kind)
    program = plan(expected(name)[1], made)
    check_plan(program.schedule.kernels)
    code = object_code(program.written(), made)
    # The header of an ELF file: magic, 64 bits, little endian, version 1; then type and machine.
    assert code[:7] == b"\x7fELF\x02\x01\x01"
    processor = 183 if kind.architecture == "aarch64" else 62
    assert struct.unpack_from("<HH", code, 16) == (1, processor)  # relocatable
    assert b"\0step\0" in code


def test_aarch64_multiplies_and_adds_in_one_instruction() -> None:
    made = aarch64()
    written = assembly(plan(expected("images")[1], made).written(), made)
    assert re.search(r"fmla\s+v\d+\.4s", written)
    assert re.search(r"msr\s+FPCR", written)
    assert not re.search(r"\bbl\s+fmaf?\b", written)
