"""The graph's leaves (constants, arguments, variables read) and the alias, a tensor named anew."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chainrule.array.dtype import as_dtype
from chainrule.build.source import caller
from chainrule.build.tensor import (
    Array,
    Cost,
    Cotangents,
    Node,
    Primitive,
    Spec,
    Tensor,
    frozen,
)

if TYPE_CHECKING:
    from chainrule.build.variable import Variable


recordings: ContextVar[int] = ContextVar("recordings", default=0)


class Leaf(Primitive, abstract=True):
    """A node without inputs; its value is given, never computed."""

    def infer(self, *inputs: Spec) -> Spec:
        raise NotImplementedError("a leaf's spec is given")

    def evaluate(self, *values: Array) -> Array:
        raise NotImplementedError("a leaf's value is given")

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        raise NotImplementedError("a leaf is never batched")

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(0, 0)


@dataclass(frozen=True, eq=False)
class Constant(Leaf):
    """y, a value known from the start."""


@dataclass(frozen=True, eq=False)
class Argument(Leaf):
    """y, an argument of a function that is being recorded."""


@dataclass(frozen=True)
class Read(Leaf):
    """y = the content of a variable; after a write in the same recording, the written tensor.

    Nothing is differentiated through it: a gradient with respect to a variable is one with respect
    to its reads.
    """

    variable: Variable

    def infer(self, *inputs: Spec) -> Spec:
        return self.variable.spec

    def evaluate(self, *values: Array) -> Array:
        return values[0]

    def vjp(self, g: Tensor, y: Tensor, *inputs: Tensor) -> Cotangents:
        return (None,) * len(inputs)

    def __str__(self) -> str:
        return f"Read({self.variable.name})"


@dataclass(frozen=True, eq=False)
class Alias(Primitive):
    """y = x, as a place of its own in the graph: what a derivative is taken with respect to.

    `depth` is how many recordings were under way when it was made.
    """

    depth: int = field(default=0, repr=False)

    def infer(self, x: Spec) -> Spec:
        return x

    def evaluate(self, x: Array) -> Array:
        return x

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (g,)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return x

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(0, 0)


class Weak(Alias, abstract=True):
    """y = x, a Python number while a function is recorded: it takes the type of what it meets."""


def constant(value: Any) -> Tensor:
    """Return a tensor that holds the array `value`, which must not be written to afterwards."""
    array = frozen(value)
    spec = Spec(array.shape, as_dtype(array.dtype))
    return Tensor(spec, Constant(), (), array, False, caller())


def argument(spec: Spec, tracked: bool = False) -> Tensor:
    """Return a tensor without a value, for a function that is being recorded."""
    return Tensor(spec, Argument(), (), None, tracked, caller())


def alias(x: Tensor) -> Tensor:
    """Return `x` as a new place in the graph that derivatives can be taken with respect to."""
    inputs: tuple[Node, ...] = (x,) if x.tracked or x.value is None else ()
    return Tensor(x.spec, Alias(recordings.get()), inputs, x.value, True, caller())


def weak(x: Tensor) -> Tensor:
    """Return `x`, an argument of a function being recorded, as what a Python number is there."""
    return Tensor(x.spec, Weak(), (x,), None, x.tracked, caller())
