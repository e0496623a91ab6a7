"""From a recording to a program for a machine: every stage before the machine code."""

from __future__ import annotations

import os
from dataclasses import dataclass

from chainrule.build.graph import Graph
from chainrule.build.leaf import argument
from chainrule.build.record import Recording
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.fuse.group import group
from chainrule.fuse.simplify import simplify
from chainrule.fuse.windows import windowless
from chainrule.plan.check import check
from chainrule.plan.faults import looked_at_once
from chainrule.plan.kernel import Buffer
from chainrule.plan.lower import Lowered, lower
from chainrule.plan.machine import Machine
from chainrule.plan.memory import Arena, arrange
from chainrule.plan.phases import Schedule, schedule
from chainrule.plan.place import in_place
from chainrule.plan.races import check as check_races
from chainrule.plan.routines import Routines, routines
from chainrule.render.epoch import Border
from chainrule.render.program import write_program
from chainrule.run.cache import sources
from chainrule.run.drive import border_of
from chainrule.run.machine_code import Listing

# Where this variable of the environment is set, as in tests, every plan is checked before it runs.
CHECKED = "CHAINRULE_CHECKED"


@dataclass(frozen=True)
class Plan:
    """A program before it is machine code; `arguments` of the graph's inputs are the caller's.

    The other inputs are `variables`. There is no `border` where the arguments have no rows.
    """

    graph: Graph
    variables: tuple[Variable, ...]
    lowered: Lowered
    arena: Arena
    schedule: Schedule
    routines: Routines
    border: Border | None
    machine: Machine

    @property
    def given(self) -> list[tuple[Buffer, Tensor]]:
        """The arguments: where they lie, and what they are."""
        count = len(self.graph.inputs) - len(self.variables)
        return list(zip(self.lowered.inputs[:count], self.graph.inputs[:count], strict=True))

    @property
    def made(self) -> list[tuple[Buffer, Tensor]]:
        """The results: where they lie, and what they are."""
        results = self.lowered.results
        return list(zip(results, self.graph.outputs[: len(results)], strict=True))

    @property
    def held(self) -> list[tuple[Buffer, Variable]]:
        """The variables: where they lie, and which they are."""
        count = len(self.graph.inputs) - len(self.variables)
        return list(zip(self.lowered.inputs[count:], self.variables, strict=True))

    def written(self) -> str:
        """Return the program in LLVM's language."""
        return write_program(self.schedule, self.routines, self.machine, self.border)

    def listing(self) -> Listing:
        """Return the program as what determines it: to write it takes longer than to load it.

        Where the user's lines stand does not matter, and how chainrule writes programs does.
        """
        phases, barrier = self.schedule.phases, self.schedule.barrier
        parts = (self.routines, phases, barrier, self.border, self.machine)
        names = [f"routine{number}" for number in range(len(self.routines.kernels))]
        names += ["step", *([] if self.border is None else ["epoch"])]
        return Listing(f"{sources()}{parts!r}", names, self.written)


def plan(recording: Recording, machine: Machine) -> Plan:
    """Return the program for `recording` on `machine`.

    Errors: `NotNativeError` where it contains a primitive without a native kernel.
    """
    graph, variables = _with_all_variables(recording)
    count = len(graph.inputs) - len(variables)
    places = {variable: place for place, variable in enumerate(variables, count)}
    targets = [places[variable] for variable in recording.writes]
    lowered = lower(graph, group(graph), count, targets, machine)
    kernels = in_place(looked_at_once(lowered.kernels))
    arena = arrange(kernels)
    scheduled = schedule(kernels, arena, machine, len(lowered.buffers))
    if os.environ.get(CHECKED):
        check(kernels)
        check_races(scheduled, arena, machine)
    given = list(zip(lowered.inputs[:count], graph.inputs[:count], strict=True))
    results = list(zip(lowered.results, graph.outputs[: len(lowered.results)], strict=True))
    border = border_of(given, results, lowered.fault.index, scheduled.barrier)
    return Plan(
        graph,
        variables,
        lowered,
        arena,
        scheduled,
        routines(kernels),
        border,
        machine,
    )


def _with_all_variables(recording: Recording) -> tuple[Graph, tuple[Variable, ...]]:
    """The graph, simplified, with all variables as inputs: those written but not read come last."""
    graph = windowless(simplify(recording.graph))
    unread = tuple(x for x in recording.writes if x not in set(recording.reads))
    inputs = (*graph.inputs, *(argument(variable.spec) for variable in unread))
    return Graph(inputs, graph.outputs), (*recording.reads, *unread)
