"""Random programs: machine code against the interpreter, in every result and variable."""

from __future__ import annotations

import os
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

import chainrule as cr
from chainrule.array.dtype import is_floating
from chainrule.array.structure import flatten
from chainrule.plan.check import check
from chainrule.plan.kernel import Kernel, Role, reads, writes
from chainrule.plan.memory import Arena
from chainrule.run.native import Native
from tests.run.programs import Program
from tests.run.random_programs import programs

# Each is compiled, which takes a while; a long search asks for more.
PROGRAMS = int(os.environ.get("CHAINRULE_PROGRAMS", "60"))
TOLERANCE = {np.dtype(np.float32): 1e-4, np.dtype(np.float64): 1e-11}


def run(program: Program, device: str) -> tuple[list[np.ndarray], Any]:
    cells = program.cells()
    compiled = cr.compile(program.function(cells), device=device)
    leaves, _ = flatten(compiled(*program.arguments))
    found = [np.asarray(x) for x in (*leaves, *cells)]
    for cell, initial in zip(cells, program.variables, strict=True):
        cell.assign(initial)
    leaves, _ = flatten(compiled(*program.arguments))
    for first, second in zip(found, [np.asarray(x) for x in (*leaves, *cells)], strict=True):
        np.testing.assert_array_equal(first, second)
    return found, compiled.program.executor


@settings(max_examples=PROGRAMS, suppress_health_check=list(HealthCheck))
@given(programs())
def test_machine_code_computes_what_the_interpreter_does(program: Program) -> None:
    expected, _ = run(program, "numpy")
    found, executor = run(program, "native")
    assert isinstance(executor, Native), executor.describe()
    check(executor.kernels)
    check_arena(executor.kernels, executor.arena)
    for place, (a, b) in enumerate(zip(expected, found, strict=True)):
        assert a.shape == b.shape
        assert a.dtype == b.dtype
        if is_exact(program, place) or not is_floating(a.dtype):
            np.testing.assert_array_equal(b, a)
        else:
            relative = max(TOLERANCE[x] for x in {a.dtype, *program.dtypes} if x in TOLERANCE)
            bound = relative * max(program.scale, finite_part(a))
            np.testing.assert_allclose(b, a, rtol=relative, atol=bound)


def is_exact(program: Program, place: int) -> bool:
    return place < len(program.results) and program.results[place] in program.exact


def finite_part(x: np.ndarray) -> float:
    return float(np.abs(x[np.isfinite(x)]).max(initial=0.0))


def check_arena(kernels: tuple[Kernel, ...], arena: Arena) -> None:
    """No two temporaries that live at the same time share a byte."""
    touched = [{*(view.buffer for view in reads(k)), *writes(k)} for k in kernels]
    lives = {
        buffer: [place for place, used in enumerate(touched) if buffer in used]
        for used in touched
        for buffer in used
        if buffer.role is Role.TEMPORARY
    }
    for a, b in combinations(lives, 2):
        if lives[a][0] <= lives[b][-1] and lives[b][0] <= lives[a][-1]:
            first, second = sorted((a, b), key=arena.offsets.__getitem__)
            end = arena.offsets[first] + first.size * first.dtype.itemsize
            assert end <= arena.offsets[second] or first.size * second.size == 0
    for buffer, offset in arena.offsets.items():
        assert offset % 64 == 0
        assert offset + buffer.size * buffer.dtype.itemsize <= arena.size
