"""Graphs: the part of the nodes between chosen inputs and outputs, and how to walk it.

    Graph = (inputs: Tensor*, outputs: Tensor*)

What does not depend on the inputs is a constant of the graph; the walk does not go behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from chainrule.build.tensor import Bundle, Item, Node, Tensor, spec_of


def sort(outputs: Iterable[Node], follow: Callable[[Node], Sequence[Node]]) -> list[Node]:
    """Return the nodes that `outputs` depend on, inputs before what uses them.

    `follow` gives the inputs of a node that the walk goes on to.
    """
    done: dict[Node, None] = {}
    pending = [(node, False) for node in outputs]
    while pending:
        node, ready = pending.pop()
        if node in done:
            continue
        if ready:
            done[node] = None
            continue
        pending.append((node, True))
        pending.extend((below, False) for below in follow(node) if below not in done)
    return list(done)


@dataclass(frozen=True, eq=False)
class Graph:
    """A function recorded: from `inputs`, tensors without value, to `outputs`."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """What has to be computed, in an order that works."""
        given = set(self.inputs)

        def follow(node: Node) -> Sequence[Node]:
            return () if node in given or node.value is not None else node.inputs

        inside: dict[Node, None] = {}
        for node in sort(self.outputs, follow):
            if any(below in given or below in inside for below in follow(node)):
                inside[node] = None
        return tuple(inside)

    def __str__(self) -> str:
        return show(self)

    def rebuild(self, inputs: Sequence[Tensor]) -> list[Tensor]:
        """Return the outputs for other `inputs`, as new nodes (values, where all are known)."""
        made: dict[Node, Any] = dict(zip(self.inputs, inputs, strict=True))
        for node in self.nodes:
            made[node] = again(node, [made.get(below, below) for below in node.inputs])
        return [cast(Tensor, made.get(node, node)) for node in self.outputs]


def again(node: Node, inputs: Sequence[Any]) -> Any:
    """Return `node` applied to other inputs; the tuple of its results for a bundle."""
    if isinstance(node.primitive, Item):
        return inputs[0][node.primitive.index]
    return node.primitive(*inputs)


def show(graph: Graph) -> str:
    """Return the graph as text, a node a line: name, type, operation, and the user's line."""
    names: dict[Node, str] = {}
    rows = [(_name(node, names, "in"), str(node.spec), _origin(node)) for node in graph.inputs]
    for node in graph.nodes:
        given = ", ".join(_name(below, names, "c") for below in node.inputs)
        spec = ", ".join(map(str, node.specs)) if isinstance(node, Bundle) else str(spec_of(node))
        rows.append((_name(node, names, "t"), spec, f"{node.primitive}({given})  # {node.source}"))
    results = ", ".join(_name(node, names, "c") for node in graph.outputs)
    wide = max((len(name) for name, _, _ in rows), default=0)
    wider = max((len(spec) for _, spec, _ in rows), default=0)
    lines = [f"{name:<{wide}}  {spec:<{wider}}  {text}" for name, spec, text in rows]
    return "\n".join([*lines, f"return {results}"])


def _name(node: Node, names: dict[Node, str], kind: str) -> str:
    """The name of `node`; a constant of one element is its value."""
    if kind == "c" and node not in names and node.value is not None and node.value.size == 1:
        return str(node.value.item())
    return names.setdefault(node, f"{kind}{len(names)}")


def _origin(node: Node) -> str:
    return str(node.primitive).removesuffix("()")
