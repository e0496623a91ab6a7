"""The body of a kernel while it is made: statements, and where values of the loop are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape
from chainrule.build.primitives.broadcast import Reduction
from chainrule.build.primitives.reduction import Prod
from chainrule.build.primitives.window import Interleave
from chainrule.build.tensor import Node, Spec, Tensor
from chainrule.plan.kernel import Buffer, Compute, Load, Reduce, Role, Statement, Store, View
from chainrule.plan.order import Order, strides_in
from chainrule.plan.views import sliced


class Home(Protocol):
    """What knows where values lie: the lowering under way."""

    views: dict[Node, View]
    needed: set[Node]

    def buffer(self, spec: Spec, role: Role) -> Buffer:
        """Return a new buffer."""

    def view(self, node: Tensor) -> View:
        """Return where the value of `node` lies."""


class Body:
    """The statements over `space`; their results are nested in memory by `order`.

    Behind a `product` value 0 is its sum. `placed` makes of a view over the node's axes one over
    those of the kernel, where they are not the same.
    """

    def __init__(
        self,
        home: Home,
        space: Shape,
        order: Order,
        product: Tensor | None = None,
        placed: Callable[[View], View] | None = None,
    ) -> None:
        self.home, self.space, self.order = home, space, order
        self.placed = placed or _same
        self.values: dict[Node, int] = {}
        self.statements: list[Statement] = []
        self.count = 0
        if product is not None:
            self.result(product, self.fresh())

    def fresh(self) -> int:
        """Return a number for a new value."""
        self.count += 1
        return self.count - 1

    def of(self, nodes: Sequence[Tensor]) -> tuple[Statement, ...]:
        """Return the statements, with those that compute `nodes`."""
        for node in nodes:
            operands = tuple(self.operand(x) for x in node.inputs if isinstance(x, Tensor))
            if isinstance(node.primitive, Interleave):
                self.interleave(node, node.primitive, operands)
            elif isinstance(node.primitive, Reduction | Prod):
                view = self.room(node.shape, node.dtype, range(len(node.shape)))
                self.home.views[node] = view
                self.statements.append(Reduce(view, node.primitive, operands[0]))
            else:
                target = self.fresh()
                self.statements.append(Compute(target, node.primitive, operands, node.dtype))
                self.result(node, target)
        return tuple(self.statements)

    def interleave(self, node: Tensor, primitive: Interleave, operands: Sequence[int]) -> None:
        """Store each operand where it belongs in `node`."""
        whole = self.room(node.shape, node.dtype, self.order)
        self.home.views[node] = whole
        for part, operand in zip(primitive.parts(self.space), operands, strict=True):
            self.statements.append(Store(sliced(whole, part), operand))

    def result(self, node: Tensor, value: int) -> None:
        """Note the value of `node`, and store it where others need it."""
        self.values[node] = value
        if node in self.home.needed:
            view = self.room(node.shape, node.dtype, self.order)
            self.home.views[node] = view
            self.statements.append(Store(self.placed(view), value))

    def room(self, shape: Shape, dtype: DType, order: Sequence[int]) -> View:
        """Return a new temporary."""
        strides, size = strides_in(shape, order)
        return View(self.home.buffer(Spec((size,), dtype), Role.TEMPORARY), 0, shape, strides)

    def operand(self, x: Tensor) -> int:
        """Return the number of the value of `x`, loaded where this body does not compute it."""
        if x not in self.values:
            self.values[x] = self.fresh()
            view = self.home.view(x).broadcast(self.space)
            self.statements.append(Load(self.values[x], self.placed(view)))
        return self.values[x]


def _same(view: View) -> View:
    return view


def outside(nodes: Sequence[Tensor], *known: Tensor) -> list[Tensor]:
    """Return what `nodes` read that is not made among them."""
    inside = {*nodes, *known}
    found = [x for node in nodes for x in node.inputs if isinstance(x, Tensor) and x not in inside]
    return list(dict.fromkeys(found))
