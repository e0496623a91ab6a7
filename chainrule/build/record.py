"""Recording: a function run once with unknown numbers, kept as a graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from chainrule.array.structure import Structure, flatten
from chainrule.build.convert import asarray
from chainrule.build.graph import Graph, sort
from chainrule.build.leaf import Alias, Read, argument, recordings
from chainrule.build.source import caller
from chainrule.build.steps import mark_updates
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable, observer
from chainrule.errors import ChainruleError


class Guard(NamedTuple):
    """An attribute that a recorded function looked at, what it was, and whose it is in words."""

    owner: Any
    attribute: str
    value: Any
    name: Callable[[], str]

    def change(self) -> str:
        """Say what has become of the attribute; nothing where it is as it was."""
        now = getattr(self.owner, self.attribute)
        if now == self.value:
            return ""
        what = self.attribute.removeprefix("_")
        return f"{self.name()}: {what} was {self.value!r}, is {now!r}"


_guards: ContextVar[list[Guard] | None] = ContextVar("guards", default=None)


@dataclass(eq=False)
class Cells:
    """The variables that a recorded function reads and writes."""

    reads: dict[Variable, Tensor] = field(default_factory=dict)
    now: dict[Variable, Tensor] = field(default_factory=dict)
    written: dict[Variable, Tensor] = field(default_factory=dict)

    def read(self, variable: Variable) -> Tensor:
        """Return the tensor that stands for the content of `variable` here."""
        if variable not in self.now:
            trainable = looked_at(variable, "_trainable", lambda: variable.name)
            leaf = Tensor(variable.spec, Read(variable), (), None, trainable, caller())
            self.reads[variable] = self.now[variable] = leaf
        return self.now[variable]

    def write(self, variable: Variable, content: Tensor) -> None:
        """Take `content` as the new content of `variable` from here on."""
        self.written[variable] = content
        leaf = Read(variable), (content,), content.value, variable.trainable, caller()
        self.now[variable] = Tensor(variable.spec, *leaf)


@dataclass(frozen=True, eq=False)
class Recording:
    """A function as a graph.

    Its inputs are the arguments, then the variables it reads; its outputs are the results, then the
    new contents of the variables it writes.

    `guards` are the Python values that the function looked at (a layer's training mode): while each
    still has its value, the recording stands for the function.
    """

    graph: Graph
    results: Structure
    reads: tuple[Variable, ...]
    writes: tuple[Variable, ...]
    guards: tuple[Guard, ...]

    def holds(self) -> bool:
        """Tell whether every Python value that the function looked at is as it was."""
        owners, attributes, values = self._columns
        return [*map(getattr, owners, attributes)] == values

    @cached_property
    def _columns(self) -> tuple[list[Any], list[str], list[Any]]:
        """The guards in columns: asked before every call, by `map`, without a line of Python."""
        guards = self.guards
        return [g.owner for g in guards], [g.attribute for g in guards], [g.value for g in guards]

    def changes(self) -> list[str]:
        """Say which of the Python values that the function looked at are others now."""
        return list(dict.fromkeys(filter(None, (guard.change() for guard in self.guards))))


def record(function: Callable[..., Any], specs: Sequence[Spec]) -> Recording:
    """Return `function`, called with one unknown tensor for each spec, as a recording."""
    arguments = [argument(spec) for spec in specs]
    cells = Cells()
    guards: list[Guard] = []
    watching, guarding = observer.set(cells), _guards.set(guards)
    nested = recordings.set(recordings.get() + 1)
    try:
        leaves, structure = flatten(function(*arguments))
        results = [asarray(leaf) for leaf in leaves]
    finally:
        observer.reset(watching)
        _guards.reset(guarding)
        recordings.reset(nested)
    graph = Graph((*arguments, *cells.reads.values()), (*results, *cells.written.values()))
    _check_closed(graph)
    mark_updates(graph)
    return Recording(graph, structure, tuple(cells.reads), tuple(cells.written), tuple(guards))


def _check_closed(graph: Graph) -> None:
    """Raise where a tensor with gradients gets into `graph` by another way than its inputs."""
    used = [*(below for node in graph.nodes for below in node.inputs), *graph.outputs]
    constants = [node for node in used if node.tracked and node.value is not None]
    for node in sort(constants, lambda node: [below for below in node.inputs if below.tracked]):
        outside = isinstance(node.primitive, Alias) and node.primitive.depth <= recordings.get()
        if outside or (isinstance(node.primitive, Read) and not node.inputs):
            raise ChainruleError(
                f"a compiled function uses a tensor from outside, made at {node.source}, through "
                "which gradients flow; its value would be frozen and its gradient lost: give it "
                "to the function as an argument"
            )


def trace(function: Callable[..., Any], specs: Sequence[Spec]) -> tuple[Graph, Structure]:
    """Return the graph of `function` over its arguments alone; variables are read from outside."""
    arguments = [argument(spec) for spec in specs]
    leaves, structure = flatten(function(*arguments))
    return Graph(tuple(arguments), tuple(asarray(leaf) for leaf in leaves)), structure


def looked_at(owner: Any, attribute: str, name: Callable[[], str]) -> Any:
    """Return the attribute; a recording under way will depend on it staying the same.

    `name` tells whose it is, should a person ask why a function was recorded again.
    """
    value = getattr(owner, attribute)
    guards = _guards.get()
    if guards is not None:
        guards.append(Guard(owner, attribute, value, name))
    return value
