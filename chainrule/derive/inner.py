"""Functions as primitives: a recorded graph that stands in another one as a single node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from chainrule.array.structure import Structure, flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.record import trace
from chainrule.build.tensor import Array, Cost, Node, Several, Spec, Tensor, spec_of
from chainrule.derive.batch import rebuild_batched


@dataclass(frozen=True, eq=False)
class Inner(Several, abstract=True):
    """y₁, y₂, … = f(x₁, x₂, …) for a recorded f; a native program takes it apart."""

    graph: Graph

    def infer(self, *inputs: Spec) -> tuple[Spec, ...]:
        return tuple(output.spec for output in self.graph.outputs)

    @cached_property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self.graph)

    def evaluate(self, *values: Array) -> tuple[Array, ...]:
        return tuple(self._interpreter(values))

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> tuple[Tensor, ...]:
        count = next(x.shape[0] for flag, x in zip(batched, inputs, strict=True) if flag)
        return tuple(rebuild_batched(self.graph, inputs, batched, count))

    def cost(self, *inputs: Spec) -> Cost:
        costs = [node.primitive.cost(*map(spec_of, node.inputs)) for node in self.graph.nodes]
        return Cost(sum(cost.flops for cost in costs), sum(cost.bytes for cost in costs))


class Traced(NamedTuple):
    """A call recorded: its graph, the inputs of that, how many are the call's own, the results."""

    graph: Graph
    inputs: list[Tensor]
    own: int
    results: Structure


def traced(function: Callable[..., Any], arguments: Sequence[Any]) -> Traced:
    """Record the call; what `function` takes from outside itself comes behind the arguments."""
    leaves, structure = flatten(tuple(arguments))
    tensors = [asarray(leaf) for leaf in leaves]
    graph, results = trace(
        lambda *given: function(*unflatten(structure, given)), [x.spec for x in tensors]
    )
    outer = _closed_over(graph)
    whole = Graph((*graph.inputs, *outer), graph.outputs)
    return Traced(whole, [*tensors, *outer], len(tensors), results)


def _closed_over(graph: Graph) -> list[Tensor]:
    """Return the tensors from outside that gradients or unknown values come in through."""
    inside: set[Node] = {*graph.inputs, *graph.nodes}
    used = (below for node in (*graph.nodes,) for below in node.inputs)
    found = dict.fromkeys(
        node
        for node in (*used, *graph.outputs)
        if node not in inside and (node.tracked or node.value is None)
    )
    return [node for node in found if isinstance(node, Tensor)]
