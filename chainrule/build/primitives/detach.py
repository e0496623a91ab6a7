"""Detach: a value without its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.build.source import caller
from chainrule.build.tensor import Array, Cost, Cotangents, Node, Primitive, Spec, Tensor


@dataclass(frozen=True)
class Detach(Primitive):
    """y = x, of which no derivative is taken."""

    def infer(self, x: Spec) -> Spec:
        return x

    def evaluate(self, x: Array) -> Array:
        return x

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (None,)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return detach(x)

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(0, 0)


def detach(x: Tensor) -> Tensor:
    """Return `x` as a tensor that the reverse pass never comes to."""
    if not x.tracked:
        return x
    inputs: tuple[Node, ...] = (x,) if x.value is None else ()
    return Tensor(x.spec, Detach(), inputs, x.value, False, caller())
