"""A busy process on one core: how much slower are two threads than one, for us and for others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from benchmarks import cores
from benchmarks.contestants import CALL, ENTRIES, EPOCH, Entry
from benchmarks.messages import Task
from benchmarks.process import ROOT
from benchmarks.race import Result, Rules, race
from benchmarks.report import markdown, microseconds, ratio, seconds
from benchmarks.sections import Section
from benchmarks.workload import Workload

LIMIT = 1.3


def measure(workload: Workload, rounds: int, packages: Sequence[str]) -> Section:
    """Return the section: one and two threads beside the neighbor, on all cores.

    Only chainrule and torch: of the others the number of threads is that of their cores.
    """
    ways = [CALL, EPOCH, *(entry for entry in ENTRIES if entry.way == "eager")]
    entries = [entry for entry in ways if entry.package in packages]
    tasks = [
        Task(entry, workload, threads, cores.count()) for threads in (1, 2) for entry in entries
    ]
    with busy_neighbor():
        results = race(tasks, Rules(rounds))
    one, two = results[: len(entries)], results[len(entries) :]
    rows = [_row(*pair) for pair in zip(entries, one, two, strict=True)]
    text = markdown(["", "1 thread", "2 threads", "2 against 1"], rows)
    note = f"\n\nTo be held: no more than {LIMIT} times as long with two threads as with one."
    return Section(f"{workload.name} beside a busy process on one core", text + note)


def _row(entry: Entry, one: Result, two: Result) -> list[str]:
    first, second, factor = seconds(one), seconds(two), ratio(two, one)
    if first is None or second is None or factor is None:
        return [entry.name, one.problem, two.problem]
    return [entry.name, microseconds(first), microseconds(second), f"{factor:.2f} ×"]


@contextmanager
def busy_neighbor() -> Iterator[None]:
    """Keep the first core busy."""
    neighbor = subprocess.Popen([sys.executable, "-m", "benchmarks.busy"], cwd=ROOT)
    try:
        yield
    finally:
        neighbor.kill()
        neighbor.wait()
