"""`checkpoint`: keep a function's inputs, compute its inside again when the backward pass comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chainrule.array.dtype import is_floating
from chainrule.array.structure import unflatten
from chainrule.build.leaf import alias
from chainrule.build.tensor import Bundle, Cotangents, Tensor
from chainrule.derive.inner import Inner, traced
from chainrule.derive.reverse import gradients


@dataclass(frozen=True, eq=False)
class Remember(Inner):
    """y₁, y₂, … = f(x₁, x₂, …) for a recorded f, whose inner values are not kept."""

    def vjp(self, g: Sequence[Tensor | None], y: Bundle, *inputs: Tensor) -> Cotangents:
        places = [alias(x) if is_floating(x.dtype) else x for x in inputs]
        outputs = self.graph.rebuild(places)
        arrived = [(out, dy) for out, dy in zip(outputs, g, strict=True) if dy is not None]
        return gradients([out for out, _ in arrived], [dy for _, dy in arrived], places)


def checkpoint(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` with less memory and more arithmetic when differentiated.

    Only its inputs are kept for the backward pass, which computes the inside once more. Values and
    gradients are those of `function`, bit for bit (Chen et al. 2016, arXiv 1604.06174).

    >>> from chainrule.derive.grad import grad
    >>> grad(checkpoint(lambda x: x * x * x))(2.0)
    Tensor(12., float32)
    """

    def remembered(*arguments: Any) -> Any:
        call = traced(function, arguments)
        return unflatten(call.results, Remember(call.graph)(*call.inputs))

    return remembered
