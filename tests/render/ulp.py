"""Errors of vector functions in units of the last place: run on lanes, compared, summed up."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm
import mpmath
import numpy as np

from chainrule.render.builder import POINTER, Function, Module, Type, Value, index

Array = np.ndarray[Any, Any]
Emitter = Callable[..., Value]
ELEMENT = {np.float32: "float", np.float64: "double"}
LANES = 16
IS_X86 = platform.machine().lower() in {"x86_64", "amd64"}
FLUSH = 0x8000  # the bit of x86's control register by which results that are denormal become 0


class Vectorized:
    """An emitter in a loop over vectors of `lanes`, compiled for this machine."""

    def __init__(self, emitter: Emitter, dtype: Any, lanes: int = LANES) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self.lanes = lanes
        module = llvm.parse_assembly(loop_over(emitter, Type(ELEMENT[dtype], lanes)))
        module.verify()
        target = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
        )
        self.engine = llvm.create_mcjit_compiler(module, target)
        self.engine.finalize_object()
        arguments = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
        self.run = self._function("run", *arguments)

    def _function(self, name: str, *arguments: Any) -> Any:
        return ctypes.CFUNCTYPE(None, *arguments)(self.engine.get_function_address(name))

    def __call__(self, x: Array) -> Array:
        """The function of each element; what is missing in the last vector is filled up with 1."""
        padded = np.ones(-(-x.size // self.lanes) * self.lanes, x.dtype)
        padded[: x.size] = x
        y = np.empty_like(padded)
        self.run(padded.ctypes.data, y.ctypes.data, padded.size)
        return y[: x.size]

    def flushed(self, x: Array) -> Array:
        """The same, while results that are denormal become 0."""
        with flush(self._function("set", ctypes.c_void_p), self._function("get", ctypes.c_void_p)):
            return self(x)


def loop_over(emitter: Emitter, type_: Type) -> str:
    """The text of `run(x, y, count)`, and of what reads and writes x86's control register."""
    module = Module()
    x, y = Value("%x", POINTER), Value("%y", POINTER)
    f = Function(module, "run", [x, y, Value("%count", index(0).type)])
    with f.loop(index(0), Value("%count", index(0).type), type_.lanes) as loop:
        given = f.load(f.address(x, type_.element, loop.index), type_)
        f.store(emitter(f, given), f.address(y, type_.element, loop.index))
    f.finish()
    for name, instruction in {"get": "stmxcsr", "set": "ldmxcsr"}.items() if IS_X86 else ():
        f = Function(module, name, [x])
        f.call(f"llvm.x86.sse.{instruction}", Type("void"), x)
        f.finish()
    return str(module)


@contextmanager
def flush(write: Any, read: Any) -> Iterator[None]:
    """Inside, results that are denormal become 0."""
    state = ctypes.c_uint32()
    read(ctypes.byref(state))
    write(ctypes.byref(ctypes.c_uint32(state.value | FLUSH)))
    try:
        yield
    finally:
        write(ctypes.byref(state))


@dataclass
class Row:
    """A line of the table: the largest error, where it is, and the mean."""

    name: str
    dtype: Any
    most: float = 0.0
    where: float = 0.0
    total: float = 0.0
    count: int = 0

    def add(self, x: Array, errors: Array) -> None:
        worst = int(np.argmax(errors))
        if errors[worst] > self.most:
            self.most, self.where = float(errors[worst]), float(x[worst])
        self.total += float(errors.sum())
        self.count += errors.size

    def __str__(self) -> str:
        mean = f"mean {self.total / self.count:.3f}, {self.count:,} points"
        name = f"{self.name:8} {np.dtype(self.dtype)!s:8}"
        return f"{name} max {self.most:.3f} ULP at {self.where:.9g}, {mean}"


def distances(found: Array, exact: Array, rest: Array | float = 0.0) -> Array:
    """The errors of `found` against exact + rest in units of the last place.

    Something not finite in the wrong place is infinitely wrong; 0 in place of a number below the
    smallest one with all its digits is right.
    """
    with np.errstate(all="ignore"):
        rounded = exact.astype(found.dtype)
        unit = np.spacing(np.abs(rounded)).astype(np.float64)
        errors = np.abs((found.astype(np.float64) - exact) - rest) / unit
    flushed = (np.abs(exact) < np.finfo(found.dtype).tiny) & (found == 0)
    same = (found == rounded) | (np.isnan(found) & np.isnan(rounded))
    infinitely = ~(np.isfinite(rounded) & np.isfinite(found))
    errors[infinitely] = np.inf
    errors[flushed | same & infinitely] = 0.0
    return np.asarray(errors)


def in_many_digits(function: Callable[[Any], Any], x: Array) -> tuple[Array, Array]:
    """The values of a function of mpmath as two summands of float64; NaN where it is complex."""
    pairs = [_pair(function, float(value)) for value in x]
    return np.array([high for high, _ in pairs]), np.array([low for _, low in pairs])


def _pair(function: Callable[[Any], Any], x: float) -> tuple[float, float]:
    with mpmath.workprec(150):
        value = function(mpmath.mpf(x))
        if isinstance(value, mpmath.mpc):
            return np.nan, 0.0
        high = float(value)
        return high, float(value - high) if np.isfinite(high) else 0.0
