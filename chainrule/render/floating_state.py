"""The processor's floating-point state while a program computes: its own, then the caller's again.

A program rounds to nearest, raises no signal, and a result too small for a normal number is zero:
arithmetic on such results takes many times as long. Arguments that small keep their value on x86;
AArch64 knows one switch for both.

    processor  register        while a program computes                 sticky flags lie in
    x86-64     MXCSR (32 bit)  FTZ (15), the six masks (7 to 12)        MXCSR
    AArch64    FPCR            FZ (24), traps off (8 to 12, 15)         FPSR

The caller's registers come back to the bit, sticky flags included. Other processors keep theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chainrule.render.builder import INDEX, POINTER, Function, Type, Value

Restore = Callable[[], None]

WORD = Type("i32")
VOID = Type("void")
MXCSR = Value(str(1 << 15 | 0b111111 << 7), WORD)
FPCR = Value(str(1 << 24), INDEX)


@contextmanager
def floating_state(f: Function, architecture: str) -> Iterator[None]:
    """Write what stands inside between the entry into the program's state and the way back.

    The arithmetic has to lie in functions that are called inside: LLVM may move an instruction of
    `f` itself across the switch. `f` must not return from inside.
    """
    restore = STATES[architecture](f) if architecture in STATES else None
    yield
    if restore is not None:
        restore()


def _enter_x86(f: Function) -> Restore:
    saved, own = f.emit("alloca i32", POINTER), f.emit("alloca i32", POINTER)
    f.call("llvm.x86.sse.stmxcsr", VOID, saved)
    f.store(MXCSR, own)
    f.call("llvm.x86.sse.ldmxcsr", VOID, own)

    def restore() -> None:
        f.call("llvm.x86.sse.ldmxcsr", VOID, saved)

    return restore


def _enter_aarch64(f: Function) -> Restore:
    control = f.call("llvm.aarch64.get.fpcr", INDEX)
    flags = f.call("llvm.aarch64.get.fpsr", INDEX)
    f.call("llvm.aarch64.set.fpcr", VOID, FPCR)

    def restore() -> None:
        f.call("llvm.aarch64.set.fpcr", VOID, control)
        f.call("llvm.aarch64.set.fpsr", VOID, flags)

    return restore


STATES: dict[str, Callable[[Function], Restore]] = {
    "x86_64": _enter_x86,
    "aarch64": _enter_aarch64,
}
