"""Machine code: the same results at every width, kept, loaded, gone with its functions."""

from __future__ import annotations

import ctypes
import gc
import math
import os
import re
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import chainrule.run.machine_code as subject
from chainrule.errors import ChainruleError, OptionError
from chainrule.fuse.group import NotNativeError
from chainrule.plan.machine import Machine, machine
from chainrule.render.builder import POINTER, Function, Module, Type, Value, index
from chainrule.run.cache import Cache
from chainrule.run.machine_code import MachineCode, assembly, host, object_code

TABLE = Value("%table", POINTER)
FLOAT = Type("float")
WIDTHS = (512, 256, 128)


def widths() -> list[int]:
    """The widths of this processor: under Linux those that the system says it has."""
    if sys.platform != "linux":
        return [width for width in WIDTHS if width <= 8 * host().vector_bytes]
    flags = Path("/proc/cpuinfo").read_text().split()
    return [512] * ("avx512vl" in flags) + [256] * ("avx2" in flags) + [128]


def multiply_add(lanes: int) -> str:
    """`run`: a[i] = a[i]·b[i] + 1 for 32 floats of two arrays that lie behind each other."""
    module, wide = Module(), Type("float", lanes)
    f = Function(module, "run", [TABLE])
    with f.loop(index(0), index(32), lanes) as loop:
        place = f.address(TABLE, "float", loop.index)
        a, b = f.load(place, wide), f.load(f.address(place, "float", index(32)), wide)
        f.store(f.intrinsic("fmuladd", a, b, f.splat(Value("1.0", FLOAT), lanes)), place)
    f.finish()
    return str(module)


def module_with(*lines: str, declared: str = "") -> str:
    return "\n".join([declared, "define void @run(ptr %p) {", *lines, "ret void", "}"])


def value_of(text: str, dtype: Any = np.int64) -> Any:
    """What the function `run` in `text` writes to its address."""
    found = np.zeros(1, dtype)
    MachineCode(text, host()).function("run")(found.ctypes.data)
    return found[0]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_computes_the_same(width: int) -> None:
    if width not in widths():
        with pytest.raises(OptionError, match=f"got {width}"):
            host(width)
        return
    target = host(width)
    numbers = np.arange(64, dtype=np.float32)
    expected = numbers[:32] * numbers[32:] + 1
    MachineCode(multiply_add(target.lanes(4)), target).function("run")(numbers.ctypes.data)
    np.testing.assert_array_equal(numbers[:32], expected)


def test_this_machine_is_as_wide_as_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHAINRULE_WIDTH", raising=False)
    assert 8 * host().vector_bytes == widths()[0]


@pytest.mark.skipif(256 not in widths(), reason="a processor without AVX2")
def test_a_narrower_width_leaves_out_what_needs_a_wider_one() -> None:
    wide = multiply_add(16)
    found = {width: assembly(wide, host(width)) for width in widths()}
    assert "vfmadd" in found[256]
    assert "ymm" in found[256]
    assert "zmm" not in found[256]
    assert "mulps" in found[128]
    assert not re.search(r"[yz]mm|\bv\w+ps\b", found[128])


def test_the_environment_gives_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAINRULE_WIDTH", "128")
    assert host().vector_bytes == 16
    assert host(widths()[0]).vector_bytes == widths()[0] // 8
    monkeypatch.setenv("CHAINRULE_WIDTH", "wide")
    with pytest.raises(OptionError, match="CHAINRULE_WIDTH is a number of bits such as 256"):
        host()
    monkeypatch.setenv("CHAINRULE_WIDTH", "2048")
    with pytest.raises(OptionError, match="got 2048"):
        host()


def test_functions_of_the_c_library_are_found() -> None:
    text = module_with(
        "%x = load float, ptr %p",
        "%y = call float @expf(float %x)",
        "store float %y, ptr %p",
        declared="declare float @expf(float)",
    )
    assert value_of(text, np.float32) == pytest.approx(math.exp(0.0))
    yielded = module_with(
        "%r = call i32 @sched_yield()",
        "%n = call i64 (i64, ...) @syscall(i64 39)",
        "store i64 %n, ptr %p",
        declared="declare i32 @sched_yield()\ndeclare i64 @syscall(i64, ...)",
    )
    if sys.platform == "linux" and host().architecture == "x86_64":
        assert value_of(yielded) == os.getpid()


def test_what_is_not_there_is_an_error_and_not_the_end() -> None:
    text = module_with("call void @nonesuch()", declared="declare void @nonesuch()")
    with pytest.raises(NotNativeError, match=r"cannot be loaded: .*run"):
        MachineCode(text, host())
    with pytest.raises(OptionError, match="no function 'other'"):
        MachineCode(module_with(), host()).function("other")


def test_every_function_that_is_not_internal_can_be_called() -> None:
    text = """define void @first(ptr %p) {
  %y = call i64 @inner(i64 4)
  store i64 %y, ptr %p
  ret void
}
define internal i64 @inner(i64 %x) {
  ret i64 %x
}
define void @second.f32(ptr %p, i64 %x) {
  store i64 %x, ptr %p
  ret void
}
"""
    code, found = MachineCode(text, host()), np.zeros(1, np.int64)
    code.function("first")(found.ctypes.data)
    assert found[0] == 4
    both = code.function("second.f32", (ctypes.c_void_p, ctypes.c_int64))
    both(found.ctypes.data, -7)
    assert found[0] == -7
    with pytest.raises(OptionError, match="no function 'inner'"):
        code.function("inner")


@pytest.mark.parametrize(
    "text", ["define void @run( {", module_with("%x = load i64, ptr %p", "store i32 %x, ptr %p")]
)
def test_what_llvm_does_not_accept_is_refused(text: str) -> None:
    with pytest.raises(ChainruleError, match="LLVM refuses the program"):
        MachineCode(text, host())


def test_code_outlives_its_object_and_goes_with_its_last_function() -> None:
    code = MachineCode(multiply_add(4), host())
    held = weakref.ref(code)
    first, second = code.function("run"), code.function("run")
    del code, first
    gc.collect()
    numbers = np.ones(64, np.float32)
    second(numbers.ctypes.data)
    np.testing.assert_array_equal(numbers[:32], 2)
    del second
    gc.collect()
    assert held() is None


@pytest.mark.skipif(sys.platform != "linux", reason="where the system lists the memory in a file")
def test_the_memory_of_code_is_given_back() -> None:
    def executable() -> int:
        return len(re.findall(r" r-xp 0+ 00:00 0 *$", Path("/proc/self/maps").read_text(), re.M))

    text = multiply_add(4)
    gc.collect()
    before = executable()
    held = [MachineCode(text, host()).function("run") for _ in range(20)]
    assert executable() > before
    held.clear()
    gc.collect()
    assert executable() <= before + 1


def constant(number: int) -> str:
    return module_with(f"store i64 {number}, ptr %p")


def run(text: str, target: Machine, store: Cache) -> int:
    found = np.zeros(1, np.int64)
    MachineCode(text, target, store).function("run")(found.ctypes.data)
    return int(found[0])


@pytest.fixture
def store(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cached")


def test_what_is_kept_is_loaded_and_not_made_again(
    store: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = host()
    assert run(constant(5), target, store) == 5
    monkeypatch.delattr(subject, "object_code")
    assert run(constant(5), target, store) == 5
    with pytest.raises(NameError):
        run(constant(6), target, store)


def test_the_code_that_runs_is_the_code_in_the_file(store: Cache) -> None:
    target = host()
    run(constant(5), target, store)
    (path,) = store.folder.iterdir()
    store.keep(path.stem, object_code(constant(77), target))
    assert run(constant(5), target, store) == 77
    path.write_bytes(path.read_bytes()[:-1])
    assert run(constant(5), target, store) == 5
    assert run(constant(5), target, store) == 5


def test_code_for_another_machine_has_another_key(store: Cache) -> None:
    for width in widths():
        run(constant(5), host(width), store)
    run(constant(6), host(), store)
    assert len(list(store.folder.iterdir())) == len(widths()) + 1


def test_a_target_that_llvm_does_not_know_is_refused() -> None:
    unknown = machine("nonesuch", "generic", {}, "nonesuch-unknown-linux")
    with pytest.raises(OptionError, match="LLVM makes no code for 'nonesuch-unknown-linux'"):
        object_code(constant(1), unknown)


def test_without_llvmlite_there_is_no_native_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llvmlite.binding", None)
    monkeypatch.setattr(subject, "_llvm", subject._llvm.__wrapped__)
    monkeypatch.setattr(subject, "_host", subject._host.__wrapped__)
    with pytest.raises(NotNativeError, match="llvmlite, which makes the machine code, is not"):
        host()


def test_without_llvmlite_programs_are_interpreted_and_say_so() -> None:
    code = """
import sys
sys.modules["llvmlite"] = None
import numpy as np, chainrule as cr
double = cr.compile(lambda x: 2 * x, device="native")
assert np.asarray(double(np.ones(3))).tolist() == [2.0, 2.0, 2.0]
print(double.kernels)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "llvmlite" in done.stdout
    assert "interpreted" in done.stdout
