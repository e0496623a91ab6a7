"""Kernels are side by side where they do not meet, and wait where they do."""

from __future__ import annotations

from chainrule.plan.kernel import Kernel, Role, View
from chainrule.plan.machine import aarch64
from chainrule.plan.memory import Arena, arrange
from chainrule.plan.phases import schedule, stretch
from tests.plan.kernels import FAULT, array, copied, gather

ARM = aarch64()
X = array(0, 100, 100, role=Role.ARGUMENT)
R, S, T = (array(n, 100, 100, role=Role.RESULT) for n in (1, 2, 3))
SMALL = array(4, 10, role=Role.ARGUMENT), array(5, 10), array(6, 10)


def phases(*kernels: Kernel) -> tuple[tuple[int, ...], ...]:
    return schedule(kernels, arrange(kernels), ARM, 100).phases


def test_what_does_not_meet_is_one_phase() -> None:
    assert phases(copied(X, R), copied(X, S), copied(X, T)) == ((0, 1, 2),)


def test_a_reader_waits_for_the_writer() -> None:
    assert phases(copied(X, R), copied(R, S), copied(X, T)) == ((0,), (1, 2))


def test_a_writer_waits_for_readers_and_writers() -> None:
    assert phases(copied(R, S), copied(X, R)) == ((0,), (1,))
    assert phases(copied(X, R), copied(S, R)) == ((0,), (1,))


def test_kernels_of_one_unit_follow_each_other() -> None:
    x, y, z = SMALL
    assert phases(copied(x, y), copied(y, z)) == ((0, 1),)


def test_a_kernel_of_one_unit_waits_for_the_other_threads() -> None:
    corner = View(R.buffer, 9000, (10,), (1,))
    assert phases(copied(X, R), copied(corner, SMALL[1])) == ((0,), (1,))


def test_halves_of_one_buffer_do_not_meet() -> None:
    upper, lower = (View(R.buffer, start, (50, 100), (100, 1)) for start in (0, 5000))
    half = View(X.buffer, 0, (50, 100), (100, 1))
    assert phases(copied(half, upper), copied(half, lower)) == ((0, 1),)


def test_nothing_goes_on_before_a_fault_is_known() -> None:
    assert phases(gather(X, 10, 5, FAULT), copied(X, R)) == ((0,), (1,))
    assert phases(gather(X, 10, 5, None), copied(X, R)) == ((0, 1),)


def test_a_fault_is_written_again_when_all_have_looked_at_it() -> None:
    first, second = gather(X, 10, 5, FAULT), gather(X, 20, 5, FAULT)
    assert phases(first, second) == ((0,), (), (1,))
    assert phases(first, copied(X, R), second) == ((0,), (1,), (2,))
    assert phases(first, copied(X, R), copied(R, S), second) == ((0,), (1,), (2, 3))


def test_every_kernel_keeps_its_place() -> None:
    kernels = (copied(X, R), copied(R, S), copied(S, T))
    found = schedule(kernels, arrange(kernels), ARM, 7)
    assert found.kernels == kernels
    assert found.barrier == 7


def test_temporaries_reach_into_the_arena() -> None:
    y = SMALL[1]
    arena = Arena(1000, {y.buffer: 128})
    assert stretch(View(y.buffer, 9, (3,), (-2,)), arena) == ("arena", 128 + 20, 128 + 40)
    assert stretch(SMALL[0], arena) == (SMALL[0].buffer, 0, 40)
