"""The reverse pass: from a result back to what it was computed of, one product a node."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from chainrule.array.dtype import is_floating
from chainrule.build.graph import sort
from chainrule.build.leaf import Read, constant
from chainrule.build.operators import operator
from chainrule.build.primitives.broadcast import sum_to
from chainrule.build.source import Step, during
from chainrule.build.steps import mark_loss
from chainrule.build.tensor import Bundle, Item, Node, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import ChainruleError, DTypeError, ShapeError


def gradients(
    outputs: Sequence[Tensor], cotangents: Sequence[Tensor], wrt: Sequence[Tensor]
) -> list[Tensor | None]:
    """Return Σ ⟨cotangent, ∂output/∂w⟩ for each w of `wrt`, as nodes of the same graph.

    `None` stands for a w that the outputs do not depend on.
    """
    mark_loss(outputs)
    with during(Step.BACKWARD):
        return _gradients(outputs, cotangents, wrt)


def _gradients(
    outputs: Sequence[Tensor], cotangents: Sequence[Tensor], wrt: Sequence[Tensor]
) -> list[Tensor | None]:
    arrived: dict[Node, Any] = {}
    for output, cotangent in zip(outputs, cotangents, strict=True):
        _arrive(arrived, output, cotangent)
    between = _between(outputs, set(wrt))
    for node in reversed(between):
        g = arrived.get(node)
        if g is None or not between[node]:
            continue
        products = node.primitive.vjp(g, node, *node.inputs)
        for x, dx in zip(node.inputs, products, strict=True):
            if dx is not None and x in between:
                _arrive(arrived, x, dx, node)
    return [arrived.get(w) for w in wrt]


def _arrive(arrived: dict[Node, Any], x: Node, dx: Any, user: Node | None = None) -> None:
    """Add the cotangent `dx` to what has arrived at `x` so far."""
    if isinstance(x, Bundle):
        assert user is not None
        assert isinstance(user.primitive, Item)
        parts, place = arrived.setdefault(x, [None] * len(x.specs)), user.primitive.index
        parts[place] = dx if parts[place] is None else parts[place] + dx
    elif isinstance(x, Tensor):
        dx = sum_to(dx, x.shape)
        arrived[x] = arrived[x] + dx if x in arrived else dx


def _between(outputs: Iterable[Node], targets: set[Tensor]) -> dict[Node, bool]:
    """Return the nodes on a way from `targets` to `outputs`, inputs before what uses them.

    The flag is False for the targets themselves, where the way ends.
    """

    def follow(node: Node) -> Sequence[Node]:
        if node in targets or isinstance(node.primitive, Read):
            return ()
        return [below for below in node.inputs if below.tracked]

    found: dict[Node, bool] = {}
    for node in sort((node for node in outputs if node.tracked), follow):
        if node in targets:
            found[node] = False
        elif any(below in found for below in follow(node)):
            found[node] = True
    return found


def reads_of(loss: Tensor) -> list[Tensor]:
    """Return the places where trainable variables enter the computation of `loss`."""

    def follow(node: Node) -> Sequence[Node]:
        stop = isinstance(node.primitive, Read)
        return () if stop else [below for below in node.inputs if below.tracked]

    return [
        node
        for node in sort([loss], follow)
        if isinstance(node, Tensor) and isinstance(node.primitive, Read) and node.tracked
    ]


@operator
def backward(loss: Tensor) -> dict[Variable, Tensor]:
    """Return `{parameter: ∂loss/∂parameter}` for every trainable variable that `loss` depends on.

    Gradients are values: nothing is stored, nothing accumulates, and calling twice gives the same.

    Errors: `ShapeError` where `loss` is not a scalar; `ChainruleError` where it depends on no
    trainable variable.
    """
    check_scalar(loss)
    reads = reads_of(loss)
    if not reads:
        raise ChainruleError(
            f"backward(): the loss made at {loss.source} depends on no trainable variable; "
            "compute it from a model's parameters, in the same compiled function if there is one"
        )
    found: dict[Variable, Tensor] = {}
    for read, gradient in zip(reads, gradients([loss], [one(loss)], reads), strict=True):
        assert isinstance(read.primitive, Read)
        if gradient is not None:
            variable = read.primitive.variable
            found[variable] = found[variable] + gradient if variable in found else gradient
    return found


def check_scalar(loss: Tensor) -> None:
    """Raise unless `loss` is one floating number."""
    if loss.shape != ():
        raise ShapeError(
            f"a gradient needs one number to differentiate, got shape {loss.shape} made at "
            f"{loss.source}; take its mean() or sum()"
        )
    check_real(loss)


def check_real(y: Tensor) -> None:
    """Raise unless `y` holds floating numbers."""
    if not is_floating(y.dtype):
        raise DTypeError(f"{y.dtype} has no gradient; the result must be float32 or float64")


def one(like: Tensor) -> Tensor:
    """Return the number 1 in the data type of `like`: the cotangent of a loss."""
    return constant(np.ones((), like.dtype))
