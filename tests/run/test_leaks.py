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
from chainrule.run.native import Native
from tests.structure.source import ROOT

STATISTICS = Path("/proc/self/statm")
PROGRAMS, FIRST = 300, 50
# A program keeps ten times as much while it lives: see the second test.
MOST_BYTES = 4_000_000

pytestmark = pytest.mark.skipif(not STATISTICS.exists(), reason="reads the memory from a file")


def resident() -> int:
    """The bytes of this process that are in memory."""
    return int(STATISTICS.read_text().split()[1]) * resource.getpagesize()


def program(number: int) -> cr.Compiled:
    """A small program, no two alike, that has run twice."""
    weight = cr.Variable(np.ones(number + 1, np.float32), trainable=True)

    def step(x: cr.Tensor) -> cr.Tensor:
        loss = cr.sum(cr.exp(weight * x))
        weight.assign(weight - loss.backward()[weight])
        return loss

    compiled = cr.compile(step, device="native")
    x = np.zeros(number + 1, np.float32)
    compiled(x), compiled(x)
    assert isinstance(compiled.program.executor, Native)
    return compiled


def growth(keep: Callable[[cr.Compiled], None]) -> int:
    """By how much memory grew over many programs, the first of which set up what is for good."""
    for number in range(FIRST):
        program(number)
    gc.collect()
    before = resident()
    for number in range(PROGRAMS):
        keep(program(number))
    gc.collect()
    return resident() - before


def alone(statement: str) -> int:
    """What the growth is in a process of its own, which nothing else runs in."""
    code = f"from tests.run.test_leaks import growth\n{statement}"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_programs_leave_no_memory_behind() -> None:
    assert alone("print(growth(lambda _: None))") < MOST_BYTES


def test_programs_that_are_kept_are_seen() -> None:
    assert alone("kept = []\nprint(growth(kept.append))") > 2 * MOST_BYTES
