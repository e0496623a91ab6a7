"""Windows without copies: what runs over their taps becomes one loop over the windows.

    max_t f(x_(i·step + t), y_i)      ->  max(f(x at tap 0, y), f(x at tap 1, y), …)
    unwindow(f_(i t))_(q·step + r)    ->  Σ f at window q − m and tap t, over all t = m·step + r
    f(interleave(a, b, …), z)         ->  interleave(f(a, z at phase 0), f(b, z at phase 1), …)

So pooling and its derivative are elementwise over slices of the image, and join one loop. A window
of more than `MOST` taps stays a view, of which loops run over the taps; its transpose is taken axis
by axis and, along one axis, as a sum over a skewed view of memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any, cast

import numpy as np

from chainrule.array.dtype import bool_
from chainrule.array.shape import Shape
from chainrule.build.graph import Graph, again
from chainrule.build.primitives.broadcast import Reduction, Sum, broadcast_to, reshape
from chainrule.build.primitives.elementwise import Elementwise
from chainrule.build.primitives.extremum import Maximum, Minimum
from chainrule.build.primitives.movement import Slice, sliced
from chainrule.build.primitives.reduction import ReduceMax, ReduceMin
from chainrule.build.primitives.window import Interleave, Unwindow, Window
from chainrule.build.tensor import Node, Primitive, Tensor
from chainrule.fuse.simplify import simplify
from chainrule.fuse.skew import skewed
from chainrule.fuse.taps import Taps, in_phases, summed

# So many taps, or phases, are written out at most: each is some instructions of its kernel.
MOST = 64

PAIRED: dict[type[Primitive], Primitive] = {ReduceMax: Maximum(), ReduceMin: Minimum()}


def windowless(graph: Graph) -> Graph:
    """Return `graph`, which is simplified, with the rewrites above; itself without windows."""
    if not any(isinstance(node.primitive, Window | Unwindow) for node in graph.nodes):
        return graph
    rewriting = _Rewriting(graph)
    for node in graph.nodes:
        rewriting.visit(node)
    outputs = tuple(cast(Tensor, rewriting.made.get(node, node)) for node in graph.outputs)
    return simplify(Graph(graph.inputs, outputs))


class _Rewriting:
    """What has become of each node so far, and how often it is read."""

    def __init__(self, graph: Graph) -> None:
        self.made: dict[Node, Any] = dict(zip(graph.inputs, graph.inputs, strict=True))
        self.known: set[Node] = set(graph.inputs)
        self.readers = Counter(below for node in graph.nodes for below in node.inputs)
        self.readers.update(graph.outputs)

    def visit(self, node: Node) -> None:
        """Note what becomes of `node`; what is new in it comes from the same line."""
        inputs = [self.made.get(below, below) for below in node.inputs]
        made = self._rewritten(node, inputs)
        self.made[node] = again(node, inputs) if made is None else made
        news = self.made[node] if isinstance(self.made[node], tuple) else (self.made[node],)
        self.readers.update(dict.fromkeys(news, self.readers[node]))
        self._locate(list(news), node)

    def _locate(self, stack: list[Any], node: Node) -> None:
        """Give what is new the place in the user's code that `node` has."""
        while stack:
            new = stack.pop()
            if new not in self.known and new.value is None:
                new.source = node.source
                stack += new.inputs
            self.known.add(new)

    def _rewritten(self, node: Node, inputs: Sequence[Any]) -> Tensor | None:
        match node.primitive:
            case Unwindow():
                return _unwindowed(node.primitive, inputs[0])
            case Elementwise():
                return self._over_phases(node.primitive, inputs)
            case Sum() | ReduceMax() | ReduceMin():
                return _over_taps(node.primitive, inputs[0])
        return None

    def _over_phases(self, primitive: Elementwise, inputs: Sequence[Tensor]) -> Tensor | None:
        """The function of what was interleaved, where nothing else reads that."""
        for x in inputs:
            if isinstance(x.primitive, Interleave) and self.readers[x] == 1:
                parts = x.primitive.parts(cast(Tensor, x.inputs[0]).shape)
                phases = [primitive(*(self._at_phase(y, part) for y in inputs)) for part in parts]
                return x.primitive(*phases) if phases[0].shape == parts[0].length else None
        return None

    def _at_phase(self, x: Tensor, part: Slice) -> Tensor:
        """The elements of `x` that meet those of a phase, which are the slice `part`."""
        if x.size == 1:
            return reshape(x, ())
        if isinstance(x.primitive, Interleave):
            parts = x.primitive.parts(cast(Tensor, x.inputs[0]).shape)
            if part in parts:
                return cast(Tensor, x.inputs[parts.index(part)])
        if isinstance(x.primitive, Elementwise) and x.inputs and self.readers[x] == 1:
            return x.primitive(*(self._at_phase(cast(Tensor, y), part) for y in x.inputs))
        whole = reshape(x, (1,) * (len(part.start) - x.ndim) + x.shape)
        each = zip(whole.shape, part.start, part.length, part.step, strict=True)
        return sliced(
            whole, [range(a, a + n * s, s) if length > 1 else range(1) for length, a, n, s in each]
        )


def _over_taps(primitive: Reduction, x: Tensor) -> Tensor | None:
    """The reduction as operations on its taps, where it is one over a window's few taps."""
    window = _window_in(x, {})
    if window is None or x.dtype == bool_ or prod(window.sizes) > MOST:
        return None
    rank = x.ndim - len(window.sizes)
    if tuple(sorted(primitive.axes)) != tuple(range(rank, x.ndim)):
        return None
    taps = Taps(window, x.shape, [range(x.shape[axis]) for axis in window.axes])
    terms = [taps.at(x, tap, taps.places) for tap in np.ndindex(*window.sizes)]
    paired = PAIRED.get(type(primitive))
    found = summed(terms) if paired is None else reduce(paired, terms)
    return broadcast_to(found, x.shape[:rank])


def _window_in(x: Node, seen: dict[Node, Window | None]) -> Window | None:
    """The windows that `x` is computed from element by element; None where there are none."""
    if x not in seen:
        seen[x] = None
        if isinstance(x.primitive, Window) and x.inputs:
            seen[x] = x.primitive
        elif isinstance(x.primitive, Elementwise):
            alike = [y for y in x.inputs if isinstance(y, Tensor) and y.shape == _shape(x)]
            found = (_window_in(y, seen) for y in alike)
            seen[x] = next((window for window in found if window is not None), None)
    return seen[x]


def _shape(x: Node) -> Shape:
    return cast(Tensor, x).shape


def _unwindowed(primitive: Unwindow, x: Tensor) -> Tensor:
    """The transpose of windows, out of sums and movements."""
    window = primitive.window
    if max(prod(window.sizes), prod(window.steps)) <= MOST:
        return in_phases(primitive, x)
    if len(window.axes) == 1:
        return skewed(primitive, x)
    inner = Window(*(field[-1:] for field in _fields(window)))
    outer = Window(*(field[:-1] for field in _fields(window)))
    axis = inner.axes[0]
    rows = (*x.shape[:axis], primitive.shape[axis], *x.shape[axis + 1 : -1])
    return _unwindowed(Unwindow(primitive.shape, outer), _unwindowed(Unwindow(rows, inner), x))


def _fields(window: Window) -> tuple[tuple[int, ...], ...]:
    return window.axes, window.sizes, window.steps, window.dilations
