"""Kernels of what works on whole lines: sorting, scans, places of extremes; powers of integers.

And of what draws random words, which is the same for lowering: a node that runs by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.array.shape import Shape, size_of
from chainrule.build.primitives.ordering import Argsort, Ordering, Sort
from chainrule.build.primitives.power import Power
from chainrule.build.primitives.random import RandomBits
from chainrule.build.primitives.reduction import ArgExtreme
from chainrule.build.primitives.scan import Scan
from chainrule.build.tensor import Tensor
from chainrule.fuse.group import NotNativeError
from chainrule.plan.kernel import Buffer, Lines, Random, View
from chainrule.plan.machine import Machine


def places_needed(node: Tensor) -> int:
    """Return how many arrays like its result the kernel of `node` needs: one to sort from."""
    return 2 if isinstance(node.primitive, Ordering) else 1


def whole(
    node: Tensor, inputs: Sequence[View], target: View, scratch: Sequence[View], fault: Buffer
) -> Lines | Random:
    """Return the kernel of a node that works on whole lines, or draws random words.

    Lines lie along the last axis of the kernel's views, with one axis at least in front.

    Errors: `NotNativeError` for a primitive that no such kernel computes.
    """
    primitive = node.primitive
    match primitive:
        case RandomBits():
            return Random(inputs[0], target, node.source)
        case Scan(axis) | Sort(axis) | Argsort(axis):
            given = inputs
        case ArgExtreme(axis):
            given, target = inputs, _with_axis(target, axis)
        case Power():
            given, axis = [view.broadcast(target.shape) for view in inputs], len(target.shape) - 1
        case _:
            raise NotNativeError(f"{type(primitive).__name__} has no native kernel yet")
    along = tuple(_along(view, axis) for view in given)
    room = _along(scratch[0], axis) if scratch else None
    fails = fault if isinstance(primitive, Power) and node.dtype.kind == "i" else None
    return Lines(primitive, along, _along(target, axis), room, fails, node.source)


def _with_axis(view: View, axis: int) -> View:
    """The view with an axis of length 1."""
    shape = (*view.shape[:axis], 1, *view.shape[axis:])
    strides = (*view.strides[:axis], 0, *view.strides[axis:])
    return View(view.buffer, view.offset, shape, strides)


def _along(view: View, axis: int) -> View:
    """The view with `axis` last and at least one axis in front of it."""
    order = [place for place in range(len(view.shape)) if place != axis]
    order += [axis] if view.shape else []
    shape = tuple(view.shape[place] for place in order)
    strides = tuple(view.strides[place] for place in order)
    missing = max(2 - len(order), 0)
    return View(view.buffer, view.offset, (1,) * missing + shape, (0,) * missing + strides)


@dataclass(frozen=True)
class Strips:
    """The lines of a kernel in strips of `lanes` that lie side by side; the last may be narrower.

    A strip is what one thread does at least.
    """

    front: Shape
    across: int
    lanes: int

    @property
    def each(self) -> int:
        """How many strips there are at each place of the axes in front."""
        return -(-self.across // self.lanes)

    @property
    def count(self) -> int:
        """How many strips there are."""
        return math.prod(self.front) * self.each


def strips(kernel: Lines, machine: Machine) -> Strips:
    """Return how the lines of `kernel` are cut: side by side where they lie so in memory."""
    *front, across, _ = kernel.target.shape
    views = (*kernel.inputs, kernel.target)
    lanes = machine.lanes(max(4, *(view.buffer.dtype.itemsize for view in views)))
    beside = all(view.strides[-2] == 1 for view in views) and across >= lanes
    whole = isinstance(kernel.primitive, Scan | ArgExtreme)
    return Strips(tuple(front), across, lanes if beside and whole else 1)


def words_at_once(machine: Machine) -> int:
    """Return how many random words one vector of blocks gives: each block has four."""
    return 4 * machine.lanes(8)


def pieces(kernel: Random, machine: Machine) -> int:
    """Return how many vectors of blocks `kernel` draws: what one thread does at least."""
    return -(-size_of(kernel.target.shape) // words_at_once(machine))
