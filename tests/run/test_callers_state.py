"""The caller's floating-point state: after a call it is what it was, and no result depends on it.

Python's own arithmetic rounds between our looks at the register: the flag for that is left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.errors import DataError
from chainrule.render.builder import POINTER, Function, Module, Type, Value
from chainrule.run import threads
from chainrule.run.machine_code import MachineCode, host
from chainrule.run.native import Native
from tests.build.checks import same_bits

pytestmark = pytest.mark.skipif(host().architecture != "x86_64", reason="reads x86's register")

TABLE = Value("%table", POINTER)
USUAL, ROUNDED = 0x1F80, 0x20
DENORMAL_ARGUMENTS, DENORMAL_RESULTS, EVERY_FLAG = 0x40, 0x8000, 0x1F
ROUNDINGS = [0x2000, 0x4000, 0x6000]  # down, up, towards zero
STATES = [
    USUAL,
    *(USUAL | rounding for rounding in ROUNDINGS),
    USUAL | DENORMAL_ARGUMENTS,
    USUAL | DENORMAL_RESULTS,
    USUAL | EVERY_FLAG,
    USUAL | 0x04,  # divided by zero
]


class Register:
    """MXCSR of the thread that asks."""

    def __init__(self) -> None:
        module = Module()
        for name, instruction in (("read", "stmxcsr"), ("write", "ldmxcsr")):
            f = Function(module, name, [TABLE])
            f.call(f"llvm.x86.sse.{instruction}", Type("void"), TABLE)
            f.finish()
        code = MachineCode(str(module), host())
        self._read, self._write = code.function("read"), code.function("write")
        self._word = np.zeros(1, np.uint32)

    def read(self) -> int:
        self._read(self._word.ctypes.data)
        return int(self._word[0])

    def write(self, value: int) -> None:
        self._word[0] = value
        self._write(self._word.ctypes.data)


@pytest.fixture(scope="module")
def own() -> Register:
    return Register()


@pytest.fixture(params=[1, 2], ids=["one thread", "two threads"])
def register(
    own: Register, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Register:
    """The register, while programs run on one thread or on two."""
    monkeypatch.setattr(threads, "_setting", threads.Setting())
    threads.set_threads(request.param, exact=True)
    return own


def step() -> tuple[Any, cr.Variable]:
    """A step that overflows, divides by zero and makes NaN, behind the numbers that it is about."""
    cell = cr.Variable(np.zeros((), np.float32))
    weight = cr.Variable(np.linspace(-1, 1, 65 * 33, dtype=np.float32).reshape(65, 33))

    def function(x: Any, labels: Any) -> Any:
        loss = nn.cross_entropy(x @ weight, labels)
        zero = x - x
        cell.assign(cell + 1)
        return loss, x / 3, 1 / zero, zero / zero, cr.square(x * 1e30), x * 1e-38 * 1e-6

    return cr.compile(function, device="native"), cell


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(211, 65)).astype(np.float32), rng.integers(0, 33, 211)


def within(register: Register, state: int, function: Any) -> tuple[Any, int]:
    """What `function` returns in that state, and the state behind it."""
    before = register.read()
    register.write(state)
    try:
        found = function()
        return found, register.read()
    finally:
        register.write(before)


@pytest.mark.parametrize("state", STATES, ids=hex)
def test_the_state_is_the_callers_again(register: Register, state: int) -> None:
    compiled, _ = step()
    x, labels = data()
    expected = [np.asarray(value) for value in compiled(x, labels)]
    assert isinstance(compiled.program.executor, Native), compiled.kernels
    found, after = within(register, state, lambda: compiled(x, labels))
    assert after & ~ROUNDED == state
    assert all(map(same_bits, map(np.asarray, found), expected))


@pytest.mark.parametrize("state", STATES, ids=hex)
def test_the_state_is_the_callers_again_after_an_error(register: Register, state: int) -> None:
    compiled, cell = step()
    x, labels = data()
    compiled(x, labels)
    wrong = labels.copy()
    wrong[200] = 33

    def refused() -> None:
        with pytest.raises(DataError, match="33"):
            compiled(x, wrong)

    _, after = within(register, state, refused)
    # The flags are NumPy's: the interpreter has looked for the label that is wrong.
    assert after & ~(EVERY_FLAG | ROUNDED) == state & ~EVERY_FLAG
    assert float(cell) == 1.0
    compiled(x, labels)
    assert float(cell) == 2.0


def test_what_numpy_computes_does_depend_on_the_state(register: Register) -> None:
    """The states are really set."""
    x, _ = data()
    found, _ = within(register, USUAL | ROUNDINGS[1], lambda: x / np.float32(3))
    assert not same_bits(found, x / np.float32(3))
