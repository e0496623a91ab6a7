"""From groups to kernels: every node that others need gets a buffer, every loop its body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from chainrule.array.dtype import int64
from chainrule.array.shape import size_of
from chainrule.build.graph import Graph
from chainrule.build.leaf import constant
from chainrule.build.primitives.contraction import ChainMatMul
from chainrule.build.primitives.indexing import Gather, Scatter
from chainrule.build.primitives.movement import Concatenate, Place, Slice
from chainrule.build.source import Source
from chainrule.build.tensor import Array, Bundle, Item, Node, Spec, Tensor
from chainrule.fuse.group import Group, Grouping, Kind
from chainrule.plan.body import Body, outside
from chainrule.plan.convolution import convolution
from chainrule.plan.kernel import (
    Buffer,
    Kernel,
    Lines,
    Load,
    Lookup,
    Map,
    Matrices,
    Product,
    Random,
    Role,
    Store,
    View,
    contiguous,
)
from chainrule.plan.lines import places_needed, whole
from chainrule.plan.machine import Machine
from chainrule.plan.matrices import of_matrices, room_for
from chainrule.plan.order import is_turned, order_of, strides_in, swapped
from chainrule.plan.panels import Panels
from chainrule.plan.views import moved, sliced


@dataclass
class Lowered:
    """Kernels over buffers, with the arrays of the constants and the buffers of the outputs.

    `fault` is set to 1 by a kernel that refuses its input.
    """

    fault: Buffer
    buffers: list[Buffer] = field(default_factory=list)
    kernels: list[Kernel] = field(default_factory=list)
    constants: dict[Buffer, Array] = field(default_factory=dict)
    inputs: list[Buffer] = field(default_factory=list)
    results: list[Buffer] = field(default_factory=list)


def lower(
    graph: Graph, grouping: Grouping, arguments: int, written: Sequence[int], machine: Machine
) -> Lowered:
    """Return the kernels of `graph`.

    Its first `arguments` inputs are arguments, the others variables. Its last outputs are new
    contents of variables: `written` says of which inputs.

    Errors: `NotNativeError` for what no kernel computes.
    """
    lowering = _Lowering(graph, grouping, machine)
    for place, node in enumerate(graph.inputs):
        lowering.take_input(node, Role.ARGUMENT if place < arguments else Role.VARIABLE)
    for place in range(len(grouping.groups)):
        lowering.emit(place)
    count = len(graph.outputs) - len(written)
    for node in graph.outputs[:count]:
        buffer = lowering.buffer(node.spec, Role.RESULT)
        lowering.done.results.append(buffer)
        lowering.output(node, buffer)
    staged = [lowering.staged(node) for node in graph.outputs[count:]]
    for place, node in zip(written, staged, strict=True):
        lowering.output(node, lowering.done.inputs[place])
    return lowering.done


class _Lowering:
    """The state while kernels are made: buffers and views by node."""

    def __init__(self, graph: Graph, grouping: Grouping, machine: Machine) -> None:
        self.grouping = grouping
        self.done = Lowered(Buffer(0, int64, 1, Role.FAULT))
        self.panels = Panels(self, machine, self.done.kernels)
        self.done.buffers.append(self.done.fault)
        self.views: dict[Node, View] = {}
        self.several: dict[Node, tuple[View, ...]] = {}
        self.needed = _needed(graph, grouping)

    def buffer(self, spec: Spec, role: Role) -> Buffer:
        made = Buffer(len(self.done.buffers), spec.dtype, size_of(spec.shape), role)
        self.done.buffers.append(made)
        return made

    def take_input(self, node: Tensor, role: Role) -> None:
        buffer = self.buffer(node.spec, role)
        self.done.inputs.append(buffer)
        self.views[node] = contiguous(buffer, node.shape)

    def view(self, node: Tensor) -> View:
        """Return where the value of `node` lies, making views and constants as needed."""
        if node not in self.views:
            self.views[node] = self.constant(node) if node.value is not None else self.moved(node)
        return self.views[node]

    def constant(self, node: Tensor) -> View:
        value = np.asarray(node.value)
        repeats = tuple(stride == 0 for stride in value.strides)
        compact = value[tuple(slice(0, 1) if repeat else slice(None) for repeat in repeats)]
        buffer = self.buffer(Spec(compact.shape, node.dtype), Role.CONSTANT)
        self.done.constants[buffer] = np.ascontiguousarray(compact)
        return contiguous(buffer, compact.shape).broadcast(node.shape)

    def moved(self, node: Tensor) -> View:
        """The view that a movement primitive makes of its operand's; of a copy, if it has to be."""
        below = [self.view(x) for x in node.inputs if isinstance(x, Tensor)]
        match node.primitive:
            case Item(place):
                return self.several[node.inputs[0]][place]
            case Place():
                return self.placed(node, node.primitive, below[0])
            case Concatenate(axis):
                return self.joined(node, axis, below)
        return moved(node.primitive, below[0]) or self.copied(node, below[0])

    def copied(self, node: Tensor, below: View) -> View:
        """A view of a copy, whose innermost axis is the same as before if that will do."""
        *outer, innermost = order_of([below], len(below.shape))
        strides, size = strides_in(below.shape, [*sorted(outer), innermost])
        copy = View(self.buffer(Spec((size,), node.dtype), Role.TEMPORARY), 0, below.shape, strides)
        view = moved(node.primitive, copy)
        if view is None:
            copy = contiguous(self.buffer(node.spec, Role.TEMPORARY), below.shape)
            view = contiguous(copy.buffer, node.shape)
        self.copy(below, copy, node.source)
        return view

    def placed(self, node: Tensor, place: Place, below: View) -> View:
        """What `place` is filled with, and in its slice `below`."""
        whole = self.room(node, [below])
        fill = self.constant(constant(np.full((), place.fill, node.dtype)))
        self.copy(fill.broadcast(node.shape), whole, node.source)
        self.copy(below, sliced(whole, place.slice), node.source)
        return whole

    def joined(self, node: Tensor, axis: int, below: Sequence[View]) -> View:
        """The views `below` one after the other along `axis`."""
        whole = self.room(node, below)
        rank, start = len(node.shape), 0
        for view in below:
            first = (0,) * axis + (start,) + (0,) * (rank - axis - 1)
            self.copy(view, sliced(whole, Slice(first, view.shape, (1,) * rank)), node.source)
            start += view.shape[axis]
        return whole

    def room(self, node: Tensor, like: Sequence[View]) -> View:
        """A new temporary for `node`, whose axes are nested in memory as those of views `like` it.

        So no copy of the views to it has to turn them.
        """
        strides, size = strides_in(node.shape, order_of(like, len(node.shape)))
        buffer = self.buffer(Spec((size,), node.dtype), Role.TEMPORARY)
        return View(buffer, 0, node.shape, strides)

    def copy(self, source: View, target: View, line: Source) -> None:
        """Append the kernel that copies `source` to `target`, for that line of the user's code."""
        body = (Load(0, source), Store(target, 0))
        self.done.kernels.append(Map(source.shape, (), body, line))

    def emit(self, place: int) -> None:
        """Append the kernel of the group at `place`."""
        group = self.grouping.groups[place]
        self.done.kernels.append(self.kernel(group))

    def kernel(self, group: Group) -> Kernel:
        """The kernel of `group`, behind those that it needs."""
        match group.kind:
            case Kind.MAP:
                return self.map(group)
            case Kind.PRODUCT:
                return self.product(group)
            case Kind.CONVOLUTION:
                return convolution(group.nodes, self, self.panels)
            case Kind.LOOKUP:
                return self.lookup(group.nodes[0])
            case Kind.MATRICES:
                return self.matrices(group.bundle or group.nodes[0])
        return self.whole(group.nodes[0])

    def map(self, group: Group) -> Map:
        """The kernel of nodes that run in one loop; its results lie as what it reads lies."""
        given = [self.view(x).broadcast(group.space) for x in outside(group.nodes)]
        body = Body(self, group.space, order_of(given, len(group.space)))
        return Map(group.space, group.axes or (), body.of(group.nodes), group.nodes[-1].source)

    def product(self, group: Group) -> Product:
        """The kernel of a matrix product, with the other nodes of the group behind it.

        It makes C or, turned, Cᵀ = BᵀAᵀ: whichever finds the columns of its right operand side by
        side.
        """
        node, *rest = group.nodes
        a, b = (self.view(x) for x in node.inputs if isinstance(x, Tensor))
        behind = [self.view(x).broadcast(node.shape) for x in outside(group.nodes[1:], node)]
        turned = is_turned(a, b, behind)
        if turned:
            a, b = swapped(b), swapped(a)
        rank = len(node.shape)
        order = (*range(rank - 2), *((rank - 1, rank - 2) if turned else (rank - 2, rank - 1)))
        body = Body(self, node.shape, order, node, swapped if turned else None)
        statements = body.of(rest)
        front = node.shape[:-2]
        panels = self.panels.of(b, node.source)
        if panels is not None:
            panels = panels.broadcast((*front, *panels.shape[-3:]))
        a, b = a.broadcast((*front, *a.shape[-2:])), b.broadcast((*front, *b.shape[-2:]))
        absorbs = isinstance(node.primitive, ChainMatMul)
        return Product(a, b, panels, absorbs, statements, node.source)

    def lookup(self, node: Tensor) -> Lookup:
        """The kernel of a gather, or of its transpose."""
        self.views[node] = made = self.rows(node.spec)
        given, *indices = (self.view(x) for x in node.inputs if isinstance(x, Tensor))
        scatter = node.primitive if isinstance(node.primitive, Scatter) else None
        gather = node.primitive if scatter is None else scatter.gather
        assert isinstance(gather, Gather)
        data, values = (given, made) if scatter is None else (made, given)
        order = gather.order(len(data.shape))
        data = View(
            data.buffer,
            data.offset,
            tuple(data.shape[axis] for axis in order),
            tuple(data.strides[axis] for axis in order),
        )
        return Lookup(
            data,
            tuple(indices),
            values,
            self.done.fault,
            gather.shared,
            gather.from_end,
            None if scatter is None else scatter.reduction,
            node.source,
        )

    def whole(self, node: Tensor) -> Lines | Random:
        """The kernel of what works on whole lines, or draws random words."""
        inputs = [self.view(x) for x in node.inputs if isinstance(x, Tensor)]
        target, *scratch = (self.rows(node.spec) for _ in range(places_needed(node)))
        self.views[node] = target
        return whole(node, inputs, target, scratch, self.done.fault)

    def matrices(self, node: Bundle | Tensor) -> Matrices:
        """The kernel of what works on whole matrices, with one result or with several."""
        inputs = [self.view(x) for x in node.inputs if isinstance(x, Tensor)]
        specs = node.specs if isinstance(node, Bundle) else (node.spec,)
        targets = tuple(self.rows(spec) for spec in specs)
        self.several[node], self.views[node] = targets, targets[0]
        needed = room_for(node)
        scratch = None if needed is None else self.rows(needed)
        return of_matrices(node, inputs, targets, scratch, self.done.fault)

    def rows(self, spec: Spec) -> View:
        """A new temporary, row-major."""
        return contiguous(self.buffer(spec, Role.TEMPORARY), spec.shape)

    def staged(self, node: Tensor) -> Tensor:
        """Return `node`, copied first if it is what some input held before all writes."""
        if self.view(node).buffer.role is not Role.TEMPORARY:
            buffer = self.buffer(node.spec, Role.TEMPORARY)
            self.output(node, buffer)
            self.views[node] = contiguous(buffer, node.shape)
        return node

    def output(self, node: Tensor, buffer: Buffer) -> None:
        """Let the value of `node` end up in `buffer`, row-major."""
        self.copy(self.view(node), contiguous(buffer, node.shape), node.source)


def _needed(graph: Graph, grouping: Grouping) -> set[Node]:
    """Return the nodes whose value is read outside the loop that computes it."""
    needed: set[Node] = set(graph.outputs)
    for node in graph.nodes:
        for below in node.inputs:
            same = grouping.place.get(below) == grouping.place[node]
            if not same or node in grouping.views or below in grouping.views:
                needed.add(below)
    return needed
