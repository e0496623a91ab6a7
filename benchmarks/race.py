"""A race: contestants train in alternating rounds, one at a time, each in its own process."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import sleep

from benchmarks.contestants import Entry
from benchmarks.messages import Done, Started, Task
from benchmarks.process import FailedError, Worker

# Thread pools spin on for a while after a call; the next one must not feel it.
PAUSE = 0.25
TRIAL_SECONDS = 0.05


@dataclass
class Result:
    """What came of a task: seconds a step, one for each round, or the problem it had."""

    task: Task
    started: Started | None = None
    times: list[float] = field(default_factory=list)
    peak: int = 0
    problem: str = ""

    @property
    def entry(self) -> Entry:
        """Who it was."""
        return self.task.entry


@dataclass(frozen=True)
class Rules:
    """How a race is run: rounds, seconds of each contestant in a round, and of rest before it."""

    rounds: int = 7
    seconds: float = 0.3
    pause: float = PAUSE


def race(tasks: Sequence[Task], rules: Rules) -> list[Result]:
    """Return the results of `tasks`, in their order."""
    results = [Result(task) for task in tasks]
    with ExitStack() as workers:
        lanes = [_Lane(workers, result) for result in results if _there(result)]
        for lane in lanes:
            lane.calibrate(rules.seconds)
        for number in range(rules.rounds):
            # Nobody is always the one who comes after the same one.
            first = number % max(1, len(lanes))
            for lane in lanes[first:] + lanes[:first]:
                sleep(rules.pause)
                lane.run()
    return results


def _there(result: Result) -> bool:
    if not result.entry.is_installed:
        result.problem = "not installed"
    return result.entry.is_installed


class _Lane:
    """A worker and its result; a worker that fails leaves the race with its last words."""

    def __init__(self, workers: ExitStack, result: Result) -> None:
        self._result = result
        self._steps = 1
        self._worker = workers.enter_context(Worker(result.task))
        try:
            self._result.started = self._worker.started()
        except FailedError as error:
            self._result.problem = str(error)

    def calibrate(self, seconds: float) -> None:
        """Find how many steps fill `seconds`, in two trials: the first may be far too short."""
        started = self._result.started
        self._steps = started.steps_a_call if started else 1
        for wanted in (TRIAL_SECONDS, seconds):
            done = self._train()
            if started and done:
                step = done.seconds / self._steps
                self._steps = whole_calls(wanted / step, started.steps_a_call)

    def run(self) -> None:
        """One round."""
        done = self._train()
        if done:
            self._result.times.append(done.seconds / self._steps)
            self._result.peak = done.peak

    def _train(self) -> Done | None:
        if self._result.problem:
            return None
        try:
            return self._worker.train(self._steps)
        except FailedError as error:
            self._result.problem = str(error)
            return None


def whole_calls(steps: float, steps_a_call: int) -> int:
    """Return the least number of steps that is no less, and made of whole calls.

    >>> whole_calls(501, 500), whole_calls(0.2, 1)
    (1000, 1)
    """
    return max(1, math.ceil(steps / steps_a_call)) * steps_a_call
