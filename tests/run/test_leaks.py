"""Programs that come and go leave nothing behind: neither code nor arrays nor graphs."""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.run.compile import Compiled
from chainrule.run.native import Native
from tests.structure.source import ROOT

STATISTICS = Path("/proc/self/statm")
PROGRAMS, FIRST = 300, 50
# The code of so many programs alone, on two pages each, would be more.
MOST_BYTES = 2_000_000

pytestmark = pytest.mark.skipif(not STATISTICS.exists(), reason="reads the memory from a file")


def resident() -> int:
    """The bytes of this process that are in memory."""
    return int(STATISTICS.read_text().split()[1]) * resource.getpagesize()


def program(number: int) -> Compiled:
    """A small program that has run twice; the first ones have all sizes that there are."""
    size = number % FIRST + 1
    weight = cr.Variable(np.ones(size, np.float32), trainable=True)

    def step(x: cr.Tensor) -> cr.Tensor:
        loss = cr.sum(cr.exp(weight * x))
        weight.assign(weight - loss.backward()[weight])
        return loss

    compiled = cr.compile(step, device="native")
    for _ in range(2):
        compiled(np.zeros(size, np.float32))
    assert isinstance(compiled.program.executor, Native)
    return compiled


def growth(keep: Callable[[Compiled], None]) -> int:
    """By how much memory grew over many programs, the first of which set up what is for good."""
    for number in range(FIRST):
        _run(number, lambda _: None)
    before = resident()
    for number in range(PROGRAMS):
        _run(number, keep)
    return resident() - before


def _run(number: int, keep: Callable[[Compiled], None]) -> None:
    """Run a program; what it leaves in cycles goes now and then, before the heap gets holes."""
    keep(program(number))
    if number % 10 == 9:
        gc.collect()


def alone(statement: str) -> int:
    """What the growth is in a process of its own, which nothing else runs in."""
    code = f"from tests.run.test_leaks import growth\n{statement}"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_programs_leave_no_memory_behind() -> None:
    assert alone("print(growth(lambda _: None))") < MOST_BYTES


def test_programs_that_are_kept_are_seen() -> None:
    assert alone("kept = []\nprint(growth(kept.append))") > 10 * MOST_BYTES
