"""What every contestant can do: train for a number of steps."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import cycle, islice
from typing import Any, Protocol

from benchmarks.workload import Array, Workload


class Contestant(Protocol):
    """A network in training; it makes `steps_a_call` steps at once."""

    steps_a_call: int

    def run(self, steps: int) -> float | None:
        """Train for `steps`, a multiple of `steps_a_call`, and return the last step's loss.

        Everything is computed when it returns. A loss that does not compare, because the order of
        the rows or the first weights are the library's own, is `None`.
        """


Make = Callable[[Workload], Contestant]


class Stepwise:
    """`step(x, y)` is called once a step, on one batch after the other; `finish` gives the loss."""

    steps_a_call = 1

    def __init__(
        self,
        step: Callable[[Any, Any], Any],
        batches: list[tuple[Any, Any]],
        finish: Callable[[Any], float],
    ) -> None:
        self._step, self._finish = step, finish
        self._batches = cycle(batches)

    def run(self, steps: int) -> float:
        """Train for `steps`, waiting for the last one."""
        loss = None
        for x, y in islice(self._batches, steps):
            loss = self._step(x, y)
        return self._finish(loss)


class Epochwise:
    """`epoch()` goes once through all batches and gives the last loss, if that compares."""

    def __init__(self, epoch: Callable[[], float | None], batches: int) -> None:
        self._epoch = epoch
        self.steps_a_call = batches

    def run(self, steps: int) -> float | None:
        """Train for whole epochs."""
        loss = None
        for _ in range(steps // self.steps_a_call):
            loss = self._epoch()
        return loss


def threads() -> int:
    """Return how many threads to use: this variable tells most libraries by themselves."""
    return int(os.environ.get("OMP_NUM_THREADS", "1"))


def split(workload: Workload) -> list[tuple[Array, Array]]:
    """Return the batches of the workload's data."""
    x, y = workload.data()
    starts = range(0, len(x), workload.batch)
    return [(x[at : at + workload.batch], y[at : at + workload.batch]) for at in starts]
