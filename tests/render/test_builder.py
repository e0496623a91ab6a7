"""IR as text: constants, loops and early returns, compiled and run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule.errors import ChainruleError
from chainrule.render.builder import INDEX, POINTER, Function, Module, Type, Value, index, literal
from chainrule.run.machine_code import MachineCode, host

TABLE = Value("%table", POINTER)


def run(module: Module, array: Any) -> None:
    MachineCode(str(module), host()).function("f")(array.ctypes.data)


@pytest.mark.parametrize(
    ("number", "dtype", "element"),
    [
        (0.1, np.float32, "float"),
        (0.1, np.float64, "double"),
        (-np.inf, np.float32, "float"),
        (np.nan, np.float64, "double"),
        (-0.0, np.float32, "float"),
        (-128, np.int8, "i8"),
        (2**64 - 1, np.uint64, "i64"),
        (-(2**63), np.int64, "i64"),
    ],
)
@pytest.mark.parametrize("lanes", [1, 4])
def test_a_constant_is_the_number_to_the_last_bit(
    number: float, dtype: Any, element: str, lanes: int
) -> None:
    module = Module()
    f = Function(module, "f", [TABLE])
    f.store(literal(number, Type(element, lanes)), TABLE)
    f.finish()
    found = np.zeros(lanes, dtype)
    run(module, found)
    assert found.tobytes() == np.full(lanes, number, dtype).tobytes()


@pytest.mark.parametrize(("start", "stop", "step"), [(0, 5, 1), (2, 2, 1), (1, 9, 4), (7, 3, 1)])
def test_a_loop_carries_its_sum(start: int, stop: int, step: int) -> None:
    module = Module()
    f = Function(module, "f", [TABLE])
    with f.loop(index(start), index(stop), step, [index(100)]) as loop:
        loop.next = [f.plus(loop.carried[0], loop.index)]
    f.store(loop.carried[0], TABLE)
    f.finish()
    found = np.zeros(1, np.int64)
    run(module, found)
    assert found[0] == 100 + sum(range(start, stop, step))


@pytest.mark.parametrize(("given", "expected"), [(0, 1), (7, 7)])
def test_a_function_is_left_early(given: int, expected: int) -> None:
    module = Module()
    f = Function(module, "f", [TABLE])
    f.leave_if(f.compare("icmp ne", f.load(TABLE, INDEX), index(0)))
    f.store(index(1), TABLE)
    f.finish()
    found = np.array([given])
    run(module, found)
    assert found[0] == expected


def test_what_llvm_does_not_accept_is_refused() -> None:
    with pytest.raises(ChainruleError):
        MachineCode("define void @f( {", host())
