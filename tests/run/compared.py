"""A random program run by both executors and on several numbers of threads, and compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.array.dtype import is_floating
from chainrule.array.structure import flatten
from chainrule.build.graph import Graph
from chainrule.plan import units
from chainrule.run.compile import Compiled
from chainrule.run.native import Native
from chainrule.run.threads import set_threads
from tests.run.programs import Program

TOLERANCE = {np.dtype(np.float32): 1e-4, np.dtype(np.float64): 1e-11}
THREADS = (1, 2, 3)


class Runs:
    """One program compiled for a device, run as often as wanted from the same start."""

    def __init__(self, program: Program, device: str) -> None:
        self.program, self.cells = program, program.cells()
        self.compiled: Compiled = cr.compile(program.function(self.cells), device=device)

    def once(self) -> list[np.ndarray]:
        """The results, the gradients, and what the variables hold afterwards."""
        for cell, initial in zip(self.cells, self.program.variables, strict=True):
            cell.assign(initial)
        leaves, _ = flatten(self.compiled(*self.program.arguments))
        return [np.array(x) for x in (*leaves, *self.cells)]

    @property
    def executor(self) -> Any:
        return self.compiled.program.executor


@contextmanager
def least_work(steps: int) -> Iterator[None]:
    """Let kernels be split from so many elementary steps on: small ones too, if it is 1."""
    before = units.LEAST_WORK
    units.LEAST_WORK = steps
    try:
        yield
    finally:
        units.LEAST_WORK = before


@contextmanager
def exactly(threads: int) -> Iterator[None]:
    """Let programs use this number of threads, even where fewer would be faster."""
    set_threads(threads, exact=True)
    try:
        yield
    finally:
        set_threads(None)


def compare(program: Program, threads: Sequence[int] = THREADS) -> tuple[Graph, Native]:
    """Check that machine code does what the interpreter does, with the same bits on any threads."""
    interpreted, native = Runs(program, "numpy"), Runs(program, "native")
    # NumPy warns of infinities, also where a constant is computed while recording.
    with np.errstate(all="ignore"), least_work(program.least_work):
        expected, found = interpreted.once(), native.once()
    assert isinstance(native.executor, Native), native.executor.describe()
    _check_values(program, expected, found)
    for count in threads:
        with exactly(count):
            for place, (a, b) in enumerate(zip(found, native.once(), strict=True)):
                assert a.tobytes() == b.tobytes(), f"value {place} on {count} threads: {a} or {b}"
    return interpreted.compiled.graph, native.executor


def _check_values(
    program: Program, expected: Sequence[np.ndarray], found: Sequence[np.ndarray]
) -> None:
    for place, (a, b) in enumerate(zip(expected, found, strict=True)):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        if _is_exact(program, place) or not is_floating(a.dtype):
            np.testing.assert_array_equal(b, a, f"value {place}")
        else:
            relative = max(TOLERANCE[x] for x in {a.dtype, *program.dtypes} if x in TOLERANCE)
            bound = relative * max(program.scale, _finite_part(a))
            np.testing.assert_allclose(b, a, rtol=relative, atol=bound, err_msg=f"value {place}")


def _is_exact(program: Program, place: int) -> bool:
    return place < len(program.results) and program.results[place] in program.exact


def _finite_part(x: np.ndarray) -> float:
    return float(np.abs(x[np.isfinite(x)]).max(initial=0.0))
