"""Exact rewrites of a graph: the same numbers are combined in the same order.

alias x, detach x                  ->  x
x, as an equation defines it       ->  x
f(x), f(x)                         ->  f(x) once
transpose(transpose x)             ->  one transpose, or x
reshape(reshape x)                 ->  one reshape, or x
transpose(A B)                     ->  Bᵀ Aᵀ, where the transpose exchanges the last two axes
A B of bools                       ->  A B of 0 and 1 is not 0
b < a, where maximum(a, b) is made  ->  b < maximum(a, b), so that a need not be kept
checkpoint's f(x), custom_vjp's     ->  what f consists of

What a checkpoint computes is not shared with anything outside: it is computed once more later, so
that it need not be kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from chainrule.array.dtype import bool_, float32
from chainrule.build.graph import Graph, again
from chainrule.build.leaf import Alias, Read
from chainrule.build.primitives.broadcast import Reshape, reshape
from chainrule.build.primitives.comparison import Less
from chainrule.build.primitives.contraction import MatMul
from chainrule.build.primitives.detach import Detach
from chainrule.build.primitives.elementwise import Astype
from chainrule.build.primitives.extremum import Maximum
from chainrule.build.primitives.implicit import Implicit
from chainrule.build.primitives.movement import Transpose, swap_last
from chainrule.build.tensor import Item, Node, Primitive, Tensor
from chainrule.derive.inner import Inner
from chainrule.derive.remember import Remember

# What was computed already: a primitive, what it was applied to, and the result.
Shared = dict[tuple[Primitive, tuple[object, ...]], Any]


def simplify(graph: Graph) -> Graph:
    """Return a graph of the same inputs and the same results, with fewer nodes."""
    return Graph(graph.inputs, _outputs(graph, graph.inputs, {}))


def _outputs(graph: Graph, inputs: Sequence[Node], shared: Shared) -> tuple[Tensor, ...]:
    """The outputs of `graph`, rewritten, for other inputs; `shared` is what there is already."""
    made: dict[Node, Any] = dict(zip(graph.inputs, inputs, strict=True))
    larger = {x.inputs: x for x in graph.nodes if isinstance(x.primitive, Maximum)}
    for node in graph.nodes:
        operands = [made.get(below, below) for below in node.inputs]
        if isinstance(node.primitive, Less) and node.inputs[::-1] in larger:
            operands[1] = _rewritten(larger[node.inputs[::-1]], operands[::-1], shared)
        made[node] = _rewritten(node, operands, shared)
    return tuple(cast(Tensor, made.get(node, node)) for node in graph.outputs)


def _rewritten(node: Node, inputs: Sequence[Any], shared: Shared) -> Any:
    if isinstance(node.primitive, Alias | Detach | Read | Implicit):
        return inputs[0]
    if isinstance(node.primitive, Inner):
        alone = isinstance(node.primitive, Remember)
        return _outputs(node.primitive.graph, inputs, {} if alone else shared)
    if isinstance(node.primitive, Item):
        return inputs[0][node.primitive.index]
    key = (node.primitive, tuple(map(_identity, inputs)))
    if key not in shared:
        shared[key] = _from(node, _shorter(node, inputs))
    return shared[key]


def _identity(x: Node) -> object:
    """What makes two operands the same: the node, or for a single number its value."""
    if isinstance(x, Tensor) and x.value is not None and x.size == 1:
        return x.spec, x.value.tobytes()
    return id(x)


def _from(node: Node, result: Any) -> Any:
    """Give new nodes the place in the user's code that the old one had."""
    for tensor in result if isinstance(result, tuple) else (result,):
        if tensor.value is None and tensor.inputs:
            tensor.source = node.source
    return result


def _shorter(node: Node, inputs: Sequence[Any]) -> Any:
    x = inputs[0]
    if isinstance(node.primitive, Transpose):
        return _transposed(node.primitive, x)
    if isinstance(node.primitive, MatMul) and x.dtype == bool_:
        return Astype(bool_)(node.primitive(*(Astype(float32)(factor) for factor in inputs)))
    if isinstance(node.primitive, Reshape):
        below = x.inputs[0] if isinstance(x.primitive, Reshape) and x.inputs else x
        return reshape(below, node.primitive.shape)
    return again(node, inputs)


def _transposed(transpose: Transpose, x: Tensor) -> Tensor:
    rank = x.ndim
    if transpose.axes == tuple(range(rank)):
        return x
    if isinstance(x.primitive, Transpose) and x.inputs:
        axes = tuple(x.primitive.axes[axis] for axis in transpose.axes)
        return _transposed(Transpose(axes), cast(Tensor, x.inputs[0]))
    last = (*range(rank - 2), rank - 1, rank - 2)
    if isinstance(x.primitive, MatMul) and x.inputs and transpose.axes == last:
        a, b = cast(tuple[Tensor, Tensor], x.inputs)
        if a.ndim == b.ndim == rank:
            return x.primitive(_transposed_last(b), _transposed_last(a))
    return transpose(x)


def _transposed_last(x: Tensor) -> Tensor:
    if isinstance(x.primitive, Transpose) and x.inputs:
        return _transposed(cast(Transpose, swap_last(x).primitive), x)
    return swap_last(x)
