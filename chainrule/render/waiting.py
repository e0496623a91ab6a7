"""Waiting in native code until a word of memory changes, in stages, and changing it.

    signal = i32 word, i32 sleepers      8 bytes, all zero at first

Whoever waits looks again and again, for a short while; then it offers its processor to others; then
it sleeps until the kernel wakes it. A thread that has a processor to itself so gets its answer in a
fraction of a microsecond, and one that shares it gives it away soon, perhaps to the very thread
that it waits for.
"""

from __future__ import annotations

from chainrule.render.builder import INDEX, POINTER, Function, Module, Type, Value, index, literal

# Measured with a neighbor that keeps one of two processors busy: two threads that meet every 50 us
# take as long as one, plus the spinning. Without yields, a kernel that packs threads which sleep
# often onto one processor keeps both there.
SPINS = 200  # some 5 to 10 us
YIELDS = 200  # some 100 us, where nobody takes the offer
FOREVER = index(2**62)
LONGEST_NAP = 1000  # microseconds

I32, VOID = Type("i32"), Type("void")
SIGNAL, SEEN = Value("%signal", POINTER), Value("%seen", I32)
SLEEPERS = index(4)

PAUSES = {"x86_64": "llvm.x86.sse2.pause", "aarch64": "llvm.aarch64.isb"}
FUTEX_CALLS = {"x86_64": 202, "aarch64": 98}  # numbers of Linux
WAIT, WAKE = 128, 129  # of a futex that no other process shares
EVERYONE = 2**31 - 1


def write_waiting(module: Module, architecture: str, system: str) -> None:
    """Define `@await(ptr signal, i32 seen)` and `@announce(ptr signal, i32 word)`.

    The first returns once the signal's word is not `seen`; the second makes it `word`. What a
    thread wrote before it announced is seen by those who waited.
    """
    futex = FUTEX_CALLS.get(architecture) if system == "linux" else None
    _write_await(module, PAUSES.get(architecture), futex)
    _write_announce(module, futex)


def _write_await(module: Module, pause: str | None, futex: int | None) -> None:
    f = Function(module, "await", [SIGNAL, SEEN])
    with f.loop(index(0), index(SPINS)):
        _leave_if_changed(f)
        _pause(f, pause)
    with f.loop(index(0), index(YIELDS)):
        _leave_if_changed(f)
        f.call("sched_yield", I32)
    with f.loop(index(1), FOREVER) as loop:
        _leave_if_changed(f)
        _nap(f, loop.index) if futex is None else _sleep(f, futex)
    f.finish()


def _leave_if_changed(f: Function) -> None:
    f.leave_if(f.compare("icmp ne", read(f, SIGNAL), SEEN))


def _pause(f: Function, pause: str | None) -> None:
    """Tell the processor that this is a loop that waits."""
    if pause is not None:
        full_barrier = [literal(15, I32)] if "isb" in pause else []
        f.call(pause, VOID, *full_barrier)


def _sleep(f: Function, futex: int) -> None:
    """Sleep until woken; the kernel looks at the word first, so no announcement is missed."""
    sleepers = f.address(SIGNAL, "i8", SLEEPERS)
    add(f, sleepers, 1)
    _call_futex(f, futex, WAIT, SEEN)
    add(f, sleepers, -1)


def _nap(f: Function, round_: Value) -> None:
    """Sleep without being woken: each time a microsecond longer."""
    longest = index(LONGEST_NAP)
    nap = f.select(f.compare("icmp ult", round_, longest), round_, longest)
    f.call("usleep", I32, f.cast("trunc", nap, "i32"))


def _write_announce(module: Module, futex: int | None) -> None:
    word = Value("%word", I32)
    f = Function(module, "announce", [SIGNAL, word])
    write(f, word, SIGNAL)
    if futex is not None:
        sleepers = read(f, f.address(SIGNAL, "i8", SLEEPERS))
        f.leave_if(f.compare("icmp eq", sleepers, literal(0, I32)))
        _call_futex(f, futex, WAKE, literal(EVERYONE, I32))
    f.finish()


def _call_futex(f: Function, number: int, operation: int, value: Value) -> None:
    f.module.declarations["syscall"] = "declare i64 @syscall(i64, ...)"
    arguments = f"i64 {number}, {SIGNAL}, i32 {operation}, {value}, ptr null"
    f.emit(f"call i64 (i64, ...) @syscall({arguments})", INDEX)


# All threads see the accesses of signals in one order: whoever is about to sleep has either been
# counted when the announcer looks, or sees the new word.


def read(f: Function, address: Value) -> Value:
    """Load an i32 that other threads write."""
    return f.emit(f"load atomic i32, ptr {address.text} seq_cst, align 4", I32)


def write(f: Function, value: Value, address: Value) -> None:
    """Store an i32 that other threads read."""
    f.do(f"store atomic {value}, ptr {address.text} seq_cst, align 4")


def add(f: Function, address: Value, number: int) -> Value:
    """Add to an i32 that other threads add to; return what it was."""
    return f.emit(f"atomicrmw add ptr {address.text}, i32 {number} seq_cst", I32)
