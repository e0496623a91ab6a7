"""`vmap`: a function of one example turned into one of many, by each primitive's batching rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chainrule.array.shape import normalize_axis
from chainrule.array.structure import Structure, flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.graph import Graph, again
from chainrule.build.primitives.broadcast import broadcast_to
from chainrule.build.primitives.movement import Transpose
from chainrule.build.record import trace
from chainrule.build.tensor import Item, Node, Spec, Tensor
from chainrule.errors import OptionError, ShapeError

InAxes = int | None | Sequence[int | None]


def vmap(function: Callable[..., Any], in_axes: InAxes = 0) -> Callable[..., Any]:
    """Return `function` over a batch: `vmap(f)(xs)[i] = f(xs[i])`, computed all at once.

    `in_axes` gives the batch axis of each argument, `None` for one that all examples share. Results
    carry the batch axis in front. A random draw inside gives every example the same numbers.

    Errors: `OptionError` for wrong `in_axes`, `ShapeError` for batch axes of different lengths,
    `ValueUnknownError` where the function asks for a number of one example (`if x > 0`).

    >>> vmap(lambda x, y: x * y)([1.0, 2.0], [10.0, 100.0])
    Tensor([ 10., 200.], float32)
    """

    def mapped(*arguments: Any) -> Any:
        leaves, batched, structure = _spread(arguments, in_axes)
        count = _common_count(leaves, batched)
        specs = [Spec(x.shape[flag:], x.dtype) for x, flag in zip(leaves, batched, strict=True)]
        graph, results = trace(lambda *given: function(*unflatten(structure, given)), specs)
        return unflatten(results, rebuild_batched(graph, leaves, batched, count))

    return mapped


def rebuild_batched(
    graph: Graph, inputs: Sequence[Tensor], batched: Sequence[bool], count: int
) -> list[Tensor]:
    """Return the outputs of `graph` for inputs of which the `batched` have one more axis."""
    made: dict[Node, Any] = dict(zip(graph.inputs, inputs, strict=True))
    has_batch: dict[Node, bool] = dict(zip(graph.inputs, batched, strict=True))
    for node in graph.nodes:
        given = [made.get(below, below) for below in node.inputs]
        flags = [has_batch.get(below, False) for below in node.inputs]
        has_batch[node] = any(flags)
        if has_batch[node] and not isinstance(node.primitive, Item):
            made[node] = node.primitive.batch(flags, *given)
        else:
            made[node] = again(node, given)
    return [
        made.get(node, node)
        if has_batch.get(node, False)
        else broadcast_to(made.get(node, node), (count, *node.shape))
        for node in graph.outputs
    ]


def _spread(
    arguments: Sequence[Any], in_axes: InAxes
) -> tuple[list[Tensor], list[bool], Structure]:
    """Return the arrays with their batch axes in front, which have one, and their structure."""
    axes = in_axes if isinstance(in_axes, Sequence) else (in_axes,) * len(arguments)
    if len(axes) != len(arguments):
        raise OptionError(f"in_axes names {len(axes)} arguments, the call has {len(arguments)}")
    leaves: list[Tensor] = []
    batched: list[bool] = []
    for argument, axis in zip(arguments, axes, strict=True):
        for leaf in flatten(argument)[0]:
            x = asarray(leaf)
            leaves.append(x if axis is None else to_front(x, axis))
            batched.append(axis is not None)
    return leaves, batched, flatten(tuple(arguments))[1]


def to_front(x: Tensor, axis: int) -> Tensor:
    """Return `x` with `axis` moved to the front."""
    front = normalize_axis(axis, x.ndim)
    rest = [other for other in range(x.ndim) if other != front]
    return x if front == 0 else Transpose((front, *rest))(x)


def _common_count(leaves: Sequence[Tensor], batched: Sequence[bool]) -> int:
    counts = {x.shape[0] for x, flag in zip(leaves, batched, strict=True) if flag}
    if len(counts) != 1:
        found = ", ".join(map(str, sorted(counts))) or "none"
        raise ShapeError(f"vmap needs one batch length shared by all mapped arguments, got {found}")
    return counts.pop()
