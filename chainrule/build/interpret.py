"""The interpreter: a graph evaluated by NumPy, node by node; slow, obvious, the oracle.

A graph is prepared once into instructions over numbered slots, so that running it again costs no
graph walking; a slot is emptied after its last use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.build.graph import Graph
from chainrule.build.tensor import Array, Node, Primitive, frozen
from chainrule.errors import ChainruleError, ShapeError, ValueUnknownError


@dataclass(frozen=True, slots=True)
class Instruction:
    """slots[target] = primitive(slots[sources]…), after which the slots `dead` are empty."""

    primitive: Primitive
    sources: tuple[int, ...]
    target: int
    dead: tuple[int, ...]
    node: Node


class Interpreter:
    """A graph ready to be evaluated again and again."""

    def __init__(self, graph: Graph) -> None:
        self._inputs = len(graph.inputs)
        slot: dict[Node, int] = {node: index for index, node in enumerate(graph.inputs)}
        self._constants: list[Any] = []
        computed = set(graph.nodes)
        for node in graph.nodes:
            for below in (*node.inputs, node):
                self._place(slot, below, below in computed)
        for node in graph.outputs:
            self._place(slot, node, node in computed)
        self._outputs = tuple(slot[node] for node in graph.outputs)
        self.instructions = _instructions(graph, slot, set(self._outputs))

    def _place(self, slot: dict[Node, int], node: Node, computed: bool) -> None:
        if node not in slot:
            slot[node] = len(slot)
            self._constants.append(None if computed else _constant(node))

    def __call__(self, inputs: Sequence[Array]) -> list[Array]:
        """Return the values of the graph's outputs for the values `inputs`."""
        if len(inputs) != self._inputs:
            raise ShapeError(f"the graph has {self._inputs} inputs, got {len(inputs)}")
        slots: list[Any] = [*inputs, *self._constants]
        with np.errstate(all="ignore"):
            for step in self.instructions:
                values = [slots[source] for source in step.sources]
                slots[step.target] = _evaluated(step, values)
                for index in step.dead:
                    slots[index] = None
        return [frozen(slots[index]) for index in self._outputs]


def _evaluated(step: Instruction, values: list[Any]) -> Any:
    try:
        return step.primitive.evaluate(*values)
    except ChainruleError as error:
        raise type(error)(f"{error} (at {step.node.source})") from None


def _constant(node: Node) -> Any:
    """The value of a node that the graph does not compute."""
    if node.value is None:
        raise ValueUnknownError(
            f"the graph uses what was made at {node.source} and computed from no input of it: "
            "what a function under vmap or checkpoint computes gets out as its result alone, not "
            "through a variable or a list"
        )
    return node.value


def _instructions(
    graph: Graph, slot: dict[Node, int], outputs: set[int]
) -> tuple[Instruction, ...]:
    last = {slot[below]: node for node in graph.nodes for below in node.inputs}
    computed = {slot[node] for node in graph.nodes}
    return tuple(
        Instruction(
            node.primitive,
            tuple(slot[below] for below in node.inputs),
            slot[node],
            tuple({slot[b] for b in node.inputs if last[slot[b]] is node} & computed - outputs),
            node,
        )
        for node in graph.nodes
    )
