"""A program's floating-point state: its own while it computes, the caller's before and after."""

from __future__ import annotations

import ctypes
import ctypes.util
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from chainrule.plan.machine import aarch64
from chainrule.render.builder import POINTER, Function, Module, Type, Value, index
from chainrule.render.floating_state import floating_state
from chainrule.run.machine_code import MachineCode, assembly, host

TABLE = Value("%table", POINTER)
DOUBLE = Type("double")
ARCHITECTURE = host().architecture

# The constants of <fenv.h>: roundings to nearest, upward, downward, toward zero; then exceptions.
ROUNDINGS = {"x86_64": (0, 0x800, 0x400, 0xC00), "aarch64": (0, 0x400000, 0x800000, 0xC00000)}
EXCEPTIONS = {"x86_64": (1, 4, 8), "aarch64": (1, 2, 4)}  # invalid, divided by zero, overflow

pytestmark = pytest.mark.skipif(
    ARCHITECTURE not in ROUNDINGS, reason="a processor whose state is left alone"
)


@pytest.fixture(scope="module")
def c() -> Any:
    return ctypes.CDLL(ctypes.util.find_library("m") or None)


@pytest.fixture
def state(c: Any) -> Iterator[None]:
    """A state to change: afterwards it is as it was."""
    saved = ctypes.create_string_buffer(256)
    assert c.fegetenv(saved) == 0
    yield
    assert c.fesetenv(saved) == 0


def program(operation: str, type_: Type, *, wrapped: bool = True, architecture: str = "") -> Any:
    """The text of `run`: it replaces the first of three numbers by the last two's `operation`."""
    module = Module()
    inner = Function(module, "inner", [TABLE])
    a, b = (inner.load(inner.address(TABLE, type_.element, index(i)), type_) for i in (1, 2))
    inner.store(inner.binary(operation, a, b), TABLE)
    inner.finish()
    run = Function(module, "run", [TABLE])
    if wrapped:
        with floating_state(run, architecture or ARCHITECTURE):
            run.do(f"call void @inner({TABLE})")
    else:
        run.do(f"call void @inner({TABLE})")
    run.finish()
    return str(module)


def result(text: str, a: float, b: float, dtype: Any = np.float64) -> Any:
    numbers = np.array([0, a, b], dtype)
    MachineCode(text, host()).function("run")(numbers.ctypes.data)
    return numbers[0]


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_program_rounds_to_nearest_and_the_caller_as_before(c: Any, place: int) -> None:
    rounding = ROUNDINGS[ARCHITECTURE][place]
    function = MachineCode(program("fdiv", DOUBLE), host()).function("run")
    numbers = np.array([0.0, 1.0, 3.0, 0.0, -1.0, 3.0])
    expected = [1.0 / 3.0, -1.0 / 3.0]
    assert c.fesetround(rounding) == 0
    function(numbers.ctypes.data)
    function(numbers.ctypes.data + 24)
    found = c.fegetround()
    c.fesetround(0)
    assert found == rounding
    assert numbers[[0, 3]].tolist() == expected


@pytest.mark.usefixtures("state")
def test_without_the_wrapping_the_rounding_shows(c: Any) -> None:
    function = MachineCode(program("fdiv", DOUBLE, wrapped=False), host()).function("run")
    numbers = np.array([0.0, 1.0, 3.0])
    c.fesetround(ROUNDINGS[ARCHITECTURE][1])
    function(numbers.ctypes.data)
    c.fesetround(0)
    assert numbers[0] == np.nextafter(1.0 / 3.0, 1.0)


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("raised", range(8))
def test_the_flags_are_as_the_caller_left_them(c: Any, raised: int) -> None:
    every = EXCEPTIONS[ARCHITECTURE]
    before = sum(flag for bit, flag in enumerate(every) if raised >> bit & 1)
    functions = [
        MachineCode(program(operation, DOUBLE), host()).function("run")
        for operation in ("fdiv", "fdiv", "fmul")
    ]
    numbers = np.array([[1, 0, 0], [1, 1, 0], [1, 1e300, 1e300]])
    c.feclearexcept(sum(every))
    c.feraiseexcept(before)
    for function, row in zip(functions, numbers, strict=True):
        function(row.ctypes.data)
    assert c.fetestexcept(sum(every)) == before
    assert np.isnan(numbers[0, 0])
    assert numbers[1:, 0].tolist() == [np.inf, np.inf]


FLOAT = Type("float")


@pytest.mark.parametrize(
    ("type_", "dtype", "small"), [(FLOAT, np.float32, 2.0**-100), (DOUBLE, np.float64, 2.0**-600)]
)
def test_a_result_too_small_for_a_normal_number_is_zero(
    type_: Type, dtype: Any, small: float
) -> None:
    tiny, half = float(np.finfo(dtype).tiny), 0.5
    flushed, kept = program("fmul", type_), program("fmul", type_, wrapped=False)
    assert result(flushed, tiny, half, dtype) == 0 != result(kept, tiny, half, dtype)
    assert result(flushed, small, small, dtype) == 0
    assert np.signbit(result(flushed, -tiny, half, dtype))
    assert result(flushed, tiny, 1.0, dtype) == tiny
    assert result(kept, tiny, half, dtype) != 0  # and the state is the caller's again


@pytest.mark.skipif(ARCHITECTURE != "x86_64", reason="one switch for arguments and results")
@pytest.mark.parametrize(("type_", "dtype"), [(FLOAT, np.float32), (DOUBLE, np.float64)])
def test_a_small_argument_keeps_its_value(type_: Type, dtype: Any) -> None:
    smallest = float(np.finfo(dtype).smallest_subnormal)
    scale = 2.0**120
    assert result(program("fmul", type_), smallest, scale, dtype) == dtype(smallest) * dtype(scale)


def stored(f: Function) -> None:
    f.call("llvm.x86.sse.stmxcsr", Type("void"), TABLE)


@pytest.mark.skipif(ARCHITECTURE != "x86_64", reason="the register of x86")
@pytest.mark.parametrize("given", [0x1F80, 0x1FBF, 0xFFC0, 0x7F80, 0x1F80 & ~0x200, 0x0040])
def test_the_register_itself(given: int) -> None:
    """`given` includes other roundings, flags, denormals as zero and unmasked exceptions."""
    module = Module()
    inner = Function(module, "inner", [TABLE])
    stored(inner)
    inner.finish()
    run = Function(module, "run", [TABLE])
    with floating_state(run, "x86_64"):
        run.do(f"call void @inner({TABLE})")
    run.finish()
    caller = Function(module, "caller", [TABLE])
    word, void = Type("i32"), Type("void")
    saved, other = caller.emit("alloca i32", POINTER), caller.emit("alloca i32", POINTER)
    caller.call("llvm.x86.sse.stmxcsr", void, saved)
    caller.store(Value(str(given), word), other)
    caller.call("llvm.x86.sse.ldmxcsr", void, other)
    caller.do(f"call void @run({TABLE})")
    caller.call("llvm.x86.sse.stmxcsr", void, caller.address(TABLE, "i32", index(1)))
    caller.call("llvm.x86.sse.ldmxcsr", void, saved)
    caller.finish()
    found = np.zeros(2, np.uint32)
    MachineCode(str(module), host()).function("caller")(found.ctypes.data)
    # Flush to zero, six masks; then all as it was.
    assert found.tolist() == [0x9F80, given]


def test_aarch64_switches_and_restores_both_registers() -> None:
    text = program("fmul", DOUBLE, architecture="aarch64")
    body = assembly(text, aarch64()).split("run:")[1]
    moves = re.findall(r"(mrs|msr|bl)\s+(?:x\d+, )?(\w+)", body)
    control, flags = ("msr", "FPCR"), ("msr", "FPSR")
    assert moves[-2:] == [control, flags]
    call = moves.index(("bl", "inner"))
    assert {("mrs", "FPCR"), ("mrs", "FPSR"), control} == set(moves[:call])
    assert moves[call + 1 :] == [control, flags]
    assert re.search(r"#16777216\b|#256, lsl #16", body)  # bit 24: flush to zero, all else off


def test_another_processor_keeps_its_state() -> None:
    text = program("fmul", DOUBLE, architecture="riscv64")
    assert text == program("fmul", DOUBLE, wrapped=False)
