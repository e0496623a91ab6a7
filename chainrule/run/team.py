"""The team: Python threads that called native code once and stay in it, waiting for jobs.

A job is a native function `void job(ptr argument, i64 thread, i64 threads)` whose result does not
depend on the number of threads. All callers share one team; the caller is always thread 0.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache
from threading import Lock, Thread
from typing import Any, NamedTuple

import numpy as np

from chainrule.build.tensor import Array
from chainrule.render.team import DESK_BYTES, write_team
from chainrule.run.cache import user_cache
from chainrule.run.machine_code import MachineCode, host

WORK = (ctypes.c_void_p, ctypes.c_int64)
DISPATCH = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class Native(NamedTuple):
    """The functions of `render/team.py`, in memory."""

    work: Any
    dispatch: Any


@cache
def _native() -> Native:
    target = host()
    code = MachineCode(write_team(target.architecture), target, user_cache())
    return Native(code.function("work", WORK), code.function("dispatch", DISPATCH))


class Team:
    """The workers, and the desks where they wait for orders."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin without workers, as in a child that `fork` made: only the forking thread lives."""
        self._growing = Lock()
        self._desks = [_desk()]
        self._table = _table(self._desks)

    def run(self, job: int, argument: int, threads: int) -> None:
        """Let `threads` threads execute the function at address `job`; return when all are done.

        Other Python threads run meanwhile. Where one of them has the team, or the system allows
        no more threads, the job is done by fewer.
        """
        table = self._table
        if threads > len(table):
            table = self._grown(threads)
        _native().dispatch(table, job, argument, min(threads, len(table)))

    def _grown(self, threads: int) -> ctypes.Array[ctypes.c_void_p]:
        """Hire the workers that are missing. A job that runs meanwhile keeps its own table."""
        with self._growing:
            while len(self._desks) < threads and _hired(desk := _desk(), len(self._desks)):
                self._desks = [*self._desks, desk]
            self._table = _table(self._desks)
        return self._table


def _hired(desk: Array, number: int) -> bool:
    """Start a worker, unless the system refuses: too many threads, or Python is about to end."""
    worker = Thread(target=_work, args=(desk, number), name=f"chainrule {number}", daemon=True)
    try:
        worker.start()
    except RuntimeError:
        return False
    return True


def _work(desk: Array, number: int) -> None:
    """Enter native code for good. What is named here lives on for as long as the thread does."""
    native = _native()
    native.work(desk.ctypes.data, number)


def _desk() -> Array:
    raw = np.zeros(2 * DESK_BYTES, np.uint8)
    start = -raw.ctypes.data % DESK_BYTES
    return raw[start : start + DESK_BYTES]


def _table(desks: list[Array]) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * len(desks))(*(desk.ctypes.data for desk in desks))


_team = Team()
run = _team.run
os.register_at_fork(after_in_child=_team.renew)
