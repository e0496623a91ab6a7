"""Random programs: machine code against the interpreter, in every result and variable."""

from __future__ import annotations

import os
from itertools import combinations

import numpy as np
from hypothesis import HealthCheck, given, settings

import chainrule as cr
from chainrule.build.tensor import REGISTRY
from chainrule.plan.kernel import Kernel, Role, reads, writes
from chainrule.plan.memory import Arena
from tests.build.samples.sampler import Structural, samplers
from tests.run.compared import compare
from tests.run.programs import Program
from tests.run.random_programs import programs

# Each is compiled, which takes a while; a long search is `python -m tests.fuzz`.
PROGRAMS = int(os.environ.get("CHAINRULE_PROGRAMS", "200"))


@settings(max_examples=PROGRAMS, suppress_health_check=list(HealthCheck))
@given(programs())
def test_machine_code_computes_what_the_interpreter_does(program: Program) -> None:
    _, executor = compare(program)
    check_arena(executor.kernels, executor.arena)


def test_every_primitive_is_drawn() -> None:
    drawn: set[str] = set()

    @settings(max_examples=800, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(programs())
    def record(program: Program) -> None:
        compiled = cr.compile(program.function(program.cells()), device="numpy")
        with np.errstate(all="ignore"):
            compiled(*program.arguments)
        drawn.update(type(node.primitive).__name__ for node in compiled.graph.nodes)

    record()
    structural = {p.__name__ for p, entry in samplers().items() if isinstance(entry, Structural)}
    assert set(REGISTRY) - drawn <= structural


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
