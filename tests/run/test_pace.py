"""The choice of the number of threads, on machines whose times are made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from chainrule.run.pace import FIRST_SAVINGS, Pace

Machine = Callable[[int], float]  # seconds of a step on so many threads


def drive(pace: Pace, machine: Machine, steps: int, limit: int = 2) -> tuple[float, Counter[int]]:
    """Run steps; return the mean seconds of one, and how often each number was chosen."""
    total, chosen = 0.0, Counter[int]()
    for _ in range(steps):
        threads = pace.choose(limit)
        seconds = machine(threads)
        pace.record(threads, seconds)
        total += seconds
        chosen[threads] += 1
    return total / steps, chosen


def quiet(work: float) -> Machine:
    return lambda threads: work / threads


def packed(work: float) -> Machine:
    """A neighbor has one of two processors: two threads are half as slow again as one."""
    return lambda threads: work * (1.5 if threads > 1 else 1)


@pytest.mark.parametrize("estimate", [0.0, 1e-6, 29e-6])
def test_little_work_is_for_one_thread(estimate: float) -> None:
    assert set(drive(Pace(estimate), quiet(estimate), 100, limit=8)[1]) == {1}


def test_each_thread_has_enough_to_do() -> None:
    assert Pace(50e-6).choose(8) == 3
    assert Pace(1.0).choose(8) == 8


@pytest.mark.parametrize("work", [1e-4, 2e-3, 0.05, 1.0])
@pytest.mark.parametrize("guess", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("limit", [2, 5, 8])
def test_a_quiet_machine_gets_all_threads_at_little_cost(
    work: float, guess: float, limit: int
) -> None:
    pace = Pace(work * guess)
    drive(pace, quiet(work), 2000, limit)
    best = quiet(work)(min(limit, int(work * guess / 15e-6)))
    assert drive(pace, quiet(work), 20000, limit)[0] < 1.01 * best + FIRST_SAVINGS / 20000


@pytest.mark.parametrize("guess", [0.2, 1.0, 5.0])
def test_beside_a_neighbor_one_thread_does_it(guess: float) -> None:
    pace = Pace(2e-3 * guess)
    drive(pace, packed(2e-3), 1000)
    mean, chosen = drive(pace, packed(2e-3), 20000)
    assert mean < 1.01 * 2e-3
    assert chosen[1] > chosen[2] > 0  # it looks whether the neighbor has gone


def test_a_neighbor_comes_and_goes() -> None:
    pace = Pace(2e-3)
    assert drive(pace, quiet(2e-3), 5000)[0] < 1.03e-3
    assert drive(pace, packed(2e-3), 5000)[0] < 2.05e-3
    drive(pace, quiet(2e-3), 2000)
    assert drive(pace, quiet(2e-3), 5000)[0] < 1.03e-3


def test_more_threads_than_help_are_given_up() -> None:
    """Beyond four threads each costs more than it brings."""
    pace = Pace(8e-3)

    def machine(threads: int) -> float:
        return 8e-3 / threads if threads <= 4 else 4e-3

    drive(pace, machine, 1000, limit=16)
    assert drive(pace, machine, 20000, limit=16)[0] < 1.01 * 2e-3


def test_a_cold_first_step_is_not_counted() -> None:
    pace = Pace(2e-3)
    pace.record(pace.choose(2), 10.0)
    assert pace.choose(2) == 2
    pace.record(2, 10.0)
    assert pace.choose(2) == 1


def test_another_limit_begins_anew() -> None:
    pace = Pace(1.0)
    assert [pace.choose(limit) for limit in (4, 2, 1, 4)] == [4, 2, 1, 4]


def test_a_time_on_another_number_is_ignored() -> None:
    pace = Pace(1.0)
    pace.choose(2)
    for _ in range(100):
        pace.record(1, 1e-3)
    assert pace.choose(2) == 2


def test_an_epoch_counts_as_its_steps() -> None:
    pace = Pace(1e-3)
    for _ in range(50):
        threads = pace.choose(2)
        pace.record(threads, 100 * quiet(1e-3)(threads), steps=100)
    assert pace.choose(2) == 2
