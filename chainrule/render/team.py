"""The native side of a team of threads: how jobs are handed out, and the barrier inside a job.

    job   = void (ptr argument, i64 thread, i64 threads)
    desk  = signal order, ptr job, ptr argument, i64 threads, …, signal done     DESK_BYTES
    state = signal generation, i32 arrived                                       BARRIER_BYTES

Each worker sits at a desk of its own and waits for an order there; desk 0 is the callers', and its
first word tells whether one of them has the team. Desks and states begin at multiples of 64 bytes,
as zeros.
"""

from __future__ import annotations

import sys

from chainrule.render.builder import INDEX, POINTER, Function, Module, Value, index, literal
from chainrule.render.waiting import FOREVER, I32, add, read, write, write_waiting

DESK_BYTES = 128
BARRIER_BYTES = 64
JOB, ARGUMENT, THREADS, DONE = (index(offset) for offset in (8, 16, 24, 64))
ARRIVED = index(8)

THREAD, COUNT = Value("%thread", INDEX), Value("%threads", INDEX)
STATE, DESK, DESKS = (Value(name, POINTER) for name in ("%state", "%desk", "%desks"))


def write_team(architecture: str, system: str = sys.platform) -> str:
    """Return the module of a team, with the functions `work` and `dispatch`.

        work(ptr desk, i64 thread)                      a worker's whole life; it never returns
        dispatch(ptr desks, ptr job, ptr argument, i64 threads)   returns when the job is done

    `desks` is the table of the desks' addresses. Where another caller has the team, the job is done
    by its caller alone.
    """
    module = Module()
    write_waiting(module, architecture, system)
    _write_work(module)
    _write_dispatch(module)
    return str(module)


def _write_work(module: Module) -> None:
    f = Function(module, "work", [DESK, THREAD])
    with f.loop(index(0), FOREVER) as orders:
        seen = f.cast("trunc", orders.index, "i32")
        _await(f, DESK, seen)
        job, argument = (f.load(f.address(DESK, "i8", at), POINTER) for at in (JOB, ARGUMENT))
        _do(f, job, argument, THREAD, f.load(f.address(DESK, "i8", THREADS), INDEX))
        _announce(f, f.address(DESK, "i8", DONE), f.binary("add", seen, literal(1, I32)))
    f.finish()


def _write_dispatch(module: Module) -> None:
    job, argument = Value("%job", POINTER), Value("%argument", POINTER)
    f = Function(module, "dispatch", [DESKS, job, argument, COUNT])
    callers = f.load(DESKS, POINTER)
    has_team = _claim(f, callers)
    threads = f.select(has_team, COUNT, index(1))
    with f.loop(index(1), threads) as others:
        _order(f, _desk(f, others.index), job, argument, threads)
    _do(f, job, argument, index(0), threads)
    with f.loop(index(1), threads) as others:
        _await_done(f, _desk(f, others.index))
    with f.loop(index(0), f.cast("zext", has_team, "i64")):
        write(f, literal(0, I32), callers)
    f.finish()


def _claim(f: Function, callers: Value) -> Value:
    """Take the team where it is needed and no other caller has it; tell whether it is taken."""
    needed = f.compare("icmp ugt", COUNT, index(1))
    mark = f.cast("zext", needed, "i32")
    before = f.emit(f"atomicrmw or ptr {callers.text}, {mark} seq_cst", I32)
    return f.binary("and", needed, f.compare("icmp eq", before, literal(0, I32)))


def _order(f: Function, desk: Value, job: Value, argument: Value, threads: Value) -> None:
    for value, at in ((job, JOB), (argument, ARGUMENT), (threads, THREADS)):
        f.store(value, f.address(desk, "i8", at))
    _announce(f, desk, f.binary("add", read(f, desk), literal(1, I32)))


def _await_done(f: Function, desk: Value) -> None:
    """Wait until the worker has done as many orders as it was given."""
    before = f.binary("sub", read(f, desk), literal(1, I32))
    _await(f, f.address(desk, "i8", DONE), before)


def _desk(f: Function, number: Value) -> Value:
    return f.load(f.address(DESKS, "ptr", number), POINTER)


def _do(f: Function, job: Value, argument: Value, thread: Value, threads: Value) -> None:
    listed = f"ptr {argument.text}, i64 {thread.text}, i64 {threads.text}"
    f.do(f"call void {job.text}({listed})")


def write_barrier(module: Module, architecture: str, system: str = sys.platform) -> None:
    """Define `@barrier(ptr state, i64 thread, i64 threads)` in a program's own module.

    It returns once all `threads` threads have called it, and what each wrote before is then seen by
    all. A state serves any number of barriers one after the other, whose number of threads may
    differ; all threads of a job must pass the same ones.
    """
    write_waiting(module, architecture, system)
    f = Function(module, "barrier", [STATE, THREAD, COUNT])
    f.leave_if(f.compare("icmp ule", COUNT, index(1)))
    generation = read(f, STATE)
    arrived = f.address(STATE, "i8", ARRIVED)
    others = f.binary("sub", f.cast("trunc", COUNT, "i32"), literal(1, I32))
    is_last = f.compare("icmp eq", add(f, arrived, 1), others)
    with f.loop(index(0), f.cast("zext", is_last, "i64")):
        write(f, literal(0, I32), arrived)
        _announce(f, STATE, f.binary("add", generation, literal(1, I32)))
    f.leave_if(is_last)
    _await(f, STATE, generation)
    f.finish()


def _await(f: Function, signal: Value, seen: Value) -> None:
    f.do(f"call void @await({signal}, {seen})")


def _announce(f: Function, signal: Value, word: Value) -> None:
    f.do(f"call void @announce({signal}, {word})")
