"""One contestant in a process of its own: `python -m benchmarks.worker TASK`.

    after the start  -> Started
    Order            -> Done           until the input ends

A process of its own, because thread pools live as long as the process and memory is told of
processes alone. What libraries print goes to the error output, not into the answers.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from time import perf_counter
from typing import IO

from benchmarks import memory
from benchmarks.contestants.contestant import Contestant
from benchmarks.cores import limit_process
from benchmarks.messages import Done, Order, Started, Task, fields, line, task


def start(given: Task) -> tuple[Contestant, Started]:
    """Import the library, make the contestant, and let it train for one epoch."""
    begun = perf_counter()
    module = import_module(f"benchmarks.contestants.{given.entry.module}")
    imported, baseline = perf_counter(), memory.resident()
    contestant: Contestant = module.WAYS[given.entry.way](given.workload)
    loss = contestant.run(contestant.steps_a_call)
    first = perf_counter() - imported
    left = given.workload.batches - contestant.steps_a_call
    if left > 0:
        loss = contestant.run(left)
    return contestant, Started(
        version=module.VERSION,
        steps_a_call=contestant.steps_a_call,
        import_seconds=imported - begun,
        first_seconds=first,
        baseline=baseline,
        loss=loss,
    )


def obey(contestant: Contestant, order: Order) -> Done:
    """Train, the first call untimed: meanwhile others have had the caches."""
    contestant.run(contestant.steps_a_call)
    begun = perf_counter()
    contestant.run(order.steps)
    return Done(perf_counter() - begun, memory.peak())


def serve(given: Task, orders: IO[str], answers: IO[str]) -> None:
    """Answer until the orders end."""
    limit_process(given.cores)
    contestant, started = start(given)
    print(line(started), file=answers, flush=True)
    for text in orders:
        print(line(obey(contestant, Order(**fields(text)))), file=answers, flush=True)


def _answers() -> IO[str]:
    """The output of this process, taken out of the reach of everybody else."""
    own = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(own, "w")


if __name__ == "__main__":
    serve(task(sys.argv[1]), sys.stdin, _answers())
