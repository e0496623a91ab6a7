"""`checkpoint`: keep a function's inputs, compute its inside again when the backward pass comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chainrule.array.dtype import is_floating
from chainrule.array.structure import flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.graph import Graph
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import alias
from chainrule.build.record import trace
from chainrule.build.tensor import (
    Array,
    Bundle,
    Cost,
    Cotangents,
    Node,
    Several,
    Spec,
    Tensor,
    spec_of,
)
from chainrule.derive.batch import rebuild_batched
from chainrule.derive.reverse import gradients


@dataclass(frozen=True, eq=False)
class Remember(Several):
    """y₁, y₂, … = f(x₁, x₂, …) for a recorded f, whose inner values are not kept."""

    graph: Graph

    def infer(self, *inputs: Spec) -> tuple[Spec, ...]:
        return tuple(output.spec for output in self.graph.outputs)

    @cached_property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self.graph)

    def evaluate(self, *values: Array) -> tuple[Array, ...]:
        return tuple(self._interpreter(values))

    def vjp(self, g: Sequence[Tensor | None], y: Bundle, *inputs: Tensor) -> Cotangents:
        places = [alias(x) if is_floating(x.dtype) else x for x in inputs]
        outputs = self.graph.rebuild(places)
        arrived = [(out, dy) for out, dy in zip(outputs, g, strict=True) if dy is not None]
        return gradients([out for out, _ in arrived], [dy for _, dy in arrived], places)

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> tuple[Tensor, ...]:
        count = next(x.shape[0] for flag, x in zip(batched, inputs, strict=True) if flag)
        return tuple(rebuild_batched(self.graph, inputs, batched, count))

    def cost(self, *inputs: Spec) -> Cost:
        costs = [node.primitive.cost(*map(spec_of, node.inputs)) for node in self.graph.nodes]
        return Cost(sum(cost.flops for cost in costs), sum(cost.bytes for cost in costs))


def checkpoint(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` with less memory and more arithmetic when differentiated.

    Only its inputs are kept for the backward pass, which computes the inside once more. Values and
    gradients are those of `function`, bit for bit (Chen et al. 2016, arXiv 1604.06174).

    >>> from chainrule.derive.grad import grad
    >>> grad(checkpoint(lambda x: x * x * x))(2.0)
    Tensor(12., float32)
    """

    def remembered(*arguments: Any) -> Any:
        leaves, structure = flatten(arguments)
        tensors = [asarray(leaf) for leaf in leaves]
        graph, results = trace(
            lambda *given: function(*unflatten(structure, given)), [x.spec for x in tensors]
        )
        outer = _closed_over(graph)
        whole = Graph((*graph.inputs, *outer), graph.outputs)
        return unflatten(results, Remember(whole)(*tensors, *outer))

    return remembered


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
