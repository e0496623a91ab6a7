"""The race check finds what threads would get wrong, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import ChainruleError
from chainrule.plan import phases, races, shares
from chainrule.plan.kernel import Kernel, Role, View
from chainrule.plan.machine import aarch64
from chainrule.plan.memory import Arena, arrange
from chainrule.plan.phases import Schedule, schedule
from chainrule.plan.races import check
from chainrule.plan.units import Split, split
from tests.plan.kernels import FAULT, array, copied, gather, product

ARM = aarch64()
SIDE = 128
X, R = (array(n, SIDE, SIDE, role=role) for n, role in ((0, Role.ARGUMENT), (1, Role.RESULT)))
S, T = array(2, SIDE, SIDE), array(3, SIDE, SIDE)


def transposed(view: View) -> View:
    return View(view.buffer, view.offset, view.shape[::-1], view.strides[::-1])


def upside_down(view: View) -> View:
    rows, columns = view.shape
    down, across = view.strides
    return View(view.buffer, (rows - 1) * down, (rows, columns), (-down, across))


def planned(*kernels: Kernel) -> None:
    arena = arrange(kernels)
    check(schedule(kernels, arena, ARM, 100), arena, ARM)


def in_one_phase(*kernels: Kernel, arena: Arena | None = None) -> None:
    phase = tuple(range(len(kernels)))
    check(Schedule(kernels, (phase,), 100), arena or arrange(kernels), ARM)


def test_what_the_schedule_makes_passes() -> None:
    planned(copied(X, S), copied(transposed(S), T), product(S, T, R))


def test_threads_may_read_what_they_wrote_themselves() -> None:
    in_one_phase(copied(X, S), copied(S, T))


def test_what_another_thread_writes_is_not_read() -> None:
    with pytest.raises(ChainruleError, match="phase 0 on 2 threads: kernel 1 reads in thread 0"):
        in_one_phase(copied(X, S), copied(transposed(S), T))


def test_what_another_thread_reads_is_not_written() -> None:
    with pytest.raises(ChainruleError, match="kernel 0 reads"):
        in_one_phase(product(S, X, R), copied(X, S))


def test_two_threads_do_not_write_the_same() -> None:
    with pytest.raises(ChainruleError, match="writes in thread 1 what thread 0 writes"):
        in_one_phase(copied(X, R), copied(X, upside_down(R)))


def test_the_first_thread_alone_meets_others() -> None:
    row = View(S.buffer, SIDE * (SIDE - 1), (4,), (1,))
    with pytest.raises(ChainruleError, match="kernel 1 reads in thread 0 what thread 1 writes"):
        in_one_phase(copied(X, S), copied(row, array(4, 4)))


def test_temporaries_that_share_memory_meet() -> None:
    arena = Arena(SIDE * SIDE * 4 + 64, {S.buffer: 0, T.buffer: 64})
    with pytest.raises(ChainruleError, match="writes in thread 1 what thread 0 writes"):
        in_one_phase(copied(X, S), copied(X, T), arena=arena)


def test_units_that_overlap_are_found() -> None:
    overlapping = View(R.buffer, 0, R.shape, (SIDE - 1, 1))
    with pytest.raises(ChainruleError, match="written once by its 128 units"):
        planned(copied(X, overlapping))


@pytest.mark.parametrize("wrong", [Split(0, 1, SIDE - 1), Split(0, 2, SIDE // 2 - 1)])
def test_units_that_leave_something_out_are_found(
    monkeypatch: pytest.MonkeyPatch, wrong: Split
) -> None:
    for module in (races, shares):
        monkeypatch.setattr(module, "split", lambda *_: wrong)
    with pytest.raises(ChainruleError, match="not each element"):
        planned(copied(X, R))


def test_many_units_are_looked_at_from_both_ends() -> None:
    long, same = array(0, 9000, 3, role=Role.ARGUMENT), array(1, 9000, 3)
    assert split(copied(long, same), ARM).count > 2 * races.ENDS
    planned(copied(long, same))


def test_a_fault_is_not_written_while_it_may_be_read() -> None:
    kernels = [gather(X, 10, 50, FAULT), gather(X, 20, 60, FAULT)]
    with pytest.raises(ChainruleError, match="phase 1 writes a fault"):
        check(Schedule(tuple(kernels), ((0,), (1,)), 100), arrange(kernels), ARM)
    planned(*kernels)


def test_programs_are_checked_in_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    def chain(x: Any) -> Any:
        return cr.flip(cr.cumulative_sum(x, axis=0), axis=0) @ x

    x = np.ones((SIDE, SIDE), np.float32)
    assert np.asarray(cr.compile(chain, device="native")(x))[0, 0] == SIDE * SIDE
    monkeypatch.setattr(phases, "_meet", lambda *_: False)
    with pytest.raises(ChainruleError, match="on 2 threads"):
        cr.compile(chain, device="native")(x)
