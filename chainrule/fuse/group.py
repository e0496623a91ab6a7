"""Groups: which nodes run in one loop.

    Group = (kind, space, axes, nodes)

An elementwise node joins the last group that one of its operands comes from, if that group runs
over the same space; so a chain of them is one loop, and behind a contraction its epilogue. A
reduction ends a chain in the same loop, and so does what interleaves its results. What only moves
elements is no group: it becomes a view.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from chainrule.array.dtype import is_floating
from chainrule.array.shape import Shape
from chainrule.build.graph import Graph
from chainrule.build.primitives.broadcast import Broadcast, Reduction, Reshape
from chainrule.build.primitives.contraction import MatMul
from chainrule.build.primitives.convolution import Convolve
from chainrule.build.primitives.elementwise import Elementwise
from chainrule.build.primitives.indexing import Gather, Scatter
from chainrule.build.primitives.matrix import OfMatrices
from chainrule.build.primitives.movement import Concatenate, Flip, Place, Slice, Transpose
from chainrule.build.primitives.ordering import Ordering
from chainrule.build.primitives.power import Power
from chainrule.build.primitives.random import RandomBits
from chainrule.build.primitives.reduction import ArgExtreme, Prod
from chainrule.build.primitives.scan import Scan
from chainrule.build.primitives.window import Interleave, Window
from chainrule.build.tensor import Bundle, Item, Node, Primitive, Tensor
from chainrule.errors import ChainruleError

# What only moves elements: a view of its operand, or copies where a view cannot say it.
MOVES = (Reshape, Broadcast, Transpose, Flip, Slice, Window, Place, Concatenate, Item)

# What ends a chain in a loop: its result is complete only behind the loop.
ENDS = (Reduction, Prod, Interleave)

# What takes most of the time, with what follows in its epilogue.
CONTRACTIONS = (MatMul, Convolve)


class NotNativeError(ChainruleError):
    """A primitive that has no native kernel yet; the program is interpreted instead."""


class Kind(Enum):
    """What runs in a group's loop: its nodes alone, behind a contraction; or one node by itself.

    The last is a lookup, what works on whole lines or matrices, or a draw of random words.
    """

    MAP = auto()
    PRODUCT = auto()
    CONVOLUTION = auto()
    LOOKUP = auto()
    LINES = auto()
    MATRICES = auto()
    RANDOM = auto()


@dataclass(eq=False)
class Group:
    """Nodes that run in one loop over `space`; reductions in it run over `axes`.

    A node with several results is in a group of its own.
    """

    kind: Kind
    space: Shape
    axes: tuple[int, ...] | None = None
    nodes: list[Tensor] = field(default_factory=list)
    bundle: Bundle | None = None


@dataclass
class Grouping:
    """The groups in an order that works, the group of every node, and the nodes that are views."""

    groups: list[Group] = field(default_factory=list)
    place: dict[Node, int] = field(default_factory=dict)
    views: set[Node] = field(default_factory=set)

    def first_after(self, node: Tensor, operand: Node) -> int:
        """Return the first group that `node` can be in, as far as `operand` is concerned."""
        place = self.place.get(operand, -1)
        if place < 0:
            return 0
        group = self.groups[place]
        aligned = (
            operand not in self.views
            and not isinstance(operand.primitive, ENDS)
            and _space_of(node) == group.space
        )
        return place if aligned else place + 1

    def open(self, group: Group) -> int:
        """Append `group` and return its place."""
        self.groups.append(group)
        return len(self.groups) - 1

    def add(self, node: Tensor, place: int) -> None:
        """Let `node` run in the group at `place`."""
        self.groups[place].nodes.append(node)
        self.place[node] = place

    def add_bundle(self, bundle: Bundle) -> None:
        """Let a node with several results be a group."""
        if not isinstance(bundle.primitive, OfMatrices):
            raise NotNativeError(f"{type(bundle.primitive).__name__} has no native kernel yet")
        self.place[bundle] = self.open(Group(Kind.MATRICES, (), bundle=bundle))


def _space_of(node: Tensor) -> Shape:
    operand = node.inputs[0]
    ends = isinstance(node.primitive, ENDS) and isinstance(operand, Tensor)
    return operand.shape if ends and isinstance(operand, Tensor) else node.shape


def group(graph: Graph) -> Grouping:
    """Return the groups of `graph`, products as late as what they need allows.

    Errors: `NotNativeError` for a primitive that no kernel computes.
    """
    grouping = Grouping()
    for node in _by_depth(graph.nodes):
        if isinstance(node.primitive, MOVES):
            grouping.views.add(node)
            grouping.place[node] = max(grouping.place.get(below, -1) for below in node.inputs)
        elif isinstance(node, Bundle):
            grouping.add_bundle(node)
        else:
            assert isinstance(node, Tensor)
            grouping.add(node, _place(node, grouping))
    return grouping


# What each kind of primitive runs in; all but a map they open for themselves.
KINDS: tuple[tuple[tuple[type[Primitive], ...], Kind], ...] = (
    ((MatMul,), Kind.PRODUCT),
    ((Convolve,), Kind.CONVOLUTION),
    ((Gather, Scatter), Kind.LOOKUP),
    ((RandomBits,), Kind.RANDOM),
    ((OfMatrices,), Kind.MATRICES),
    ((Ordering, ArgExtreme, Scan), Kind.LINES),
    ((Elementwise, *ENDS), Kind.MAP),
)


def _kind_of(node: Tensor) -> Kind:
    """What `node` runs in; integers have no negative powers, so theirs may fail: line by line."""
    if isinstance(node.primitive, Power) and not is_floating(node.dtype):
        return Kind.LINES
    for primitives, kind in KINDS:
        if isinstance(node.primitive, primitives):
            return kind
    raise NotNativeError(f"{type(node.primitive).__name__} has no native kernel yet")


def _place(node: Tensor, grouping: Grouping) -> int:
    kind = _kind_of(node)
    if kind is not Kind.MAP:
        return grouping.open(Group(kind, node.shape))
    space = _space_of(node)
    first = max(grouping.first_after(node, below) for below in node.inputs)
    for place in reversed(range(first, len(grouping.groups))):
        if _takes(grouping.groups[place], node, space):
            return place
    return grouping.open(Group(Kind.MAP, space, _axes(node)))


def _takes(group: Group, node: Tensor, space: Shape) -> bool:
    """Tell whether `node` can run in `group`; it also settles the axes of the group."""
    axes = _axes(node)
    ends = isinstance(node.primitive, ENDS)
    epilogue = group.kind in (Kind.PRODUCT, Kind.CONVOLUTION) and not ends
    fusible = group.kind is Kind.MAP or epilogue
    if group.space != space or not fusible:
        return False
    if axes is not None and group.axes not in (None, axes):
        return False
    group.axes = group.axes if axes is None else axes
    return True


def _axes(node: Tensor) -> tuple[int, ...] | None:
    match node.primitive:
        case Reduction(axes):
            return axes
        case Prod(axis):
            return (axis,)
    return None


def _by_depth(listed: Sequence[Node]) -> list[Node]:
    """Return the nodes in an order that lets loops be long and weights be written in place.

    Nodes with few contractions behind them come first; of those, the ones with many
    still to come, so that the last reader of a weight comes before the product whose epilogue
    writes it.
    Single numbers (the step size of an optimizer, say) are computed as early as possible, arrays as
    late as possible, in the loop of what needs them.
    """
    depth = _depths(listed)
    height: dict[Node, int] = dict.fromkeys(listed, 0)
    latest: dict[Node, int] = {}
    for node in reversed(listed):
        late = isinstance(node, Tensor) and node.size > 1
        if late and not isinstance(node.primitive, (*CONTRACTIONS, Reduction, Prod, Item)):
            depth[node] = latest.get(node, depth[node])
        for x in node.inputs:
            if x in height:
                height[x] = max(height[x], height[node] + isinstance(node.primitive, CONTRACTIONS))
                latest[x] = min(latest.get(x, depth[node]), depth[node])
    return sorted(
        listed,
        key=lambda node: (depth[node], -height[node], not isinstance(node.primitive, CONTRACTIONS)),
    )


def _depths(nodes: Iterable[Node]) -> dict[Node, int]:
    """How many contractions lie on the longest way behind each node, itself included."""
    depth: dict[Node, int] = {}
    for node in nodes:
        below = max((depth.get(x, 0) for x in node.inputs), default=0)
        depth[node] = below + isinstance(node.primitive, CONTRACTIONS)
    return depth
