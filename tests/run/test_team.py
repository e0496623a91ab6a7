"""The team: every thread does its share once, whoever calls, after a fork, and at the end."""

from __future__ import annotations

import subprocess
import sys
from threading import Barrier, Thread

import numpy as np
import pytest

from chainrule.run import team
from tests.run import jobs
from tests.structure.source import ROOT

COUNTS = [1, 2, 3, 5, 8]


@pytest.mark.parametrize("threads", COUNTS)
def test_each_thread_does_its_share_once(threads: int) -> None:
    job = jobs.call()
    for _ in range(20):
        team.run(job.address, job.argument, threads)
    calls, told = job.numbers[::2], job.numbers[1::2]
    assert list(calls) == [20] * threads + [0] * (64 - threads)
    assert set(told[:threads]) == {threads}


def test_the_number_may_change_from_call_to_call() -> None:
    job = jobs.call()
    for threads in [8, 1, 3, 2, 5, 8, 1, 2]:
        team.run(job.address, job.argument, threads)
    assert list(job.numbers[:16:2]) == [8, 6, 4, 3, 3, 2, 2, 2]


@pytest.mark.parametrize("threads", COUNTS)
def test_a_barrier_keeps_all_in_step(threads: int) -> None:
    job = jobs.ring(rounds=50)
    for _ in range(3):
        team.run(job.address, job.argument, threads)
    assert list(job.numbers[:: jobs.LINE][:threads]) == [150] * threads


def test_one_state_serves_any_number_of_threads() -> None:
    job = jobs.ring(rounds=20)
    for threads in [2, 5, 1, 3, 8, 2]:
        job.numbers[:] = 0
        team.run(job.address, job.argument, threads)
        assert list(job.numbers[:: jobs.LINE][:threads]) == [20] * threads


def test_without_a_futex_threads_nap() -> None:
    job = jobs.ring(rounds=20, system="darwin")
    team.run(job.address, job.argument, 3)
    assert list(job.numbers[:: jobs.LINE][:3]) == [20] * 3


def test_eight_callers_at_once() -> None:
    own = [jobs.call() for _ in range(8)]
    ready = Barrier(len(own))

    def many(job: jobs.Job) -> None:
        ready.wait()
        for _ in range(200):
            team.run(job.address, job.argument, 3)

    callers = [Thread(target=many, args=(job,)) for job in own]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    for job in own:
        assert job.numbers[0] == 200  # the caller, in a team or alone
        assert np.all(job.numbers[2:6:2] <= 200)
        assert job.numbers[2] == job.numbers[4]  # the others: all of them or none


def test_where_no_thread_can_be_started_fewer_do_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Thread, "start", refuse)
    job = jobs.call()
    team.Team().run(job.address, job.argument, 4)
    assert list(job.numbers[:4]) == [1, 1, 0, 0]


def outcome(script: str) -> subprocess.CompletedProcess[str]:
    text = f"from chainrule.run import team\nfrom tests.run import jobs\n{script}"
    command = [sys.executable, "-W", "ignore", "-c", text]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


FORK = """
import os, threading
job, busy = jobs.ring(rounds=20), jobs.ring(rounds=3000)
team.run(job.address, job.argument, 3)
other = threading.Thread(target=team.run, args=(busy.address, busy.argument, 3))
other.start()
child = os.fork()
job.memory[:] = 0
team.run(job.address, job.argument, 3)
correct = job.numbers[: 3 * jobs.LINE : jobs.LINE].tolist()
if child == 0:
    os._exit(0 if correct == [20] * 3 else 1)
other.join()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert correct == [20] * 3 or correct == [20, 0, 0]
"""


def test_a_forked_child_has_a_team_of_its_own() -> None:
    result = outcome(FORK)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("wait", ["", "import time; time.sleep(0.2)"])
def test_python_ends_while_workers_wait(wait: str) -> None:
    result = outcome(f"job = jobs.call()\nteam.run(job.address, job.argument, 5)\n{wait}")
    assert (result.returncode, result.stderr) == (0, "")
