"""Panels: copies of right operands in which tiles find what they read side by side."""

from __future__ import annotations

from chainrule.array.shape import Shape
from chainrule.build.source import Source
from chainrule.build.tensor import Spec
from chainrule.plan.body import Home
from chainrule.plan.kernel import Kernel, Pack, Role, View, contiguous
from chainrule.plan.machine import Machine
from chainrule.plan.units import panel_of


class Panels:
    """The copies of one program, each made once."""

    def __init__(self, home: Home, machine: Machine, kernels: list[Kernel]) -> None:
        self.home, self.machine, self.kernels = home, machine, kernels
        self.made: dict[View, View] = {}

    def of(self, b: View, source: Source) -> View | None:
        """Return where B lies in panels: nowhere if its columns lie side by side anyway."""
        if b.strides[-1] == 1 or 0 in b.shape:
            return None
        if b not in self.made:
            *front, depth, columns = b.shape
            lanes, vectors = panel_of(b, self.machine)
            width = lanes * vectors
            shape = (*front, -(-columns // width), depth, width)
            self.made[b] = self._packed(b, shape, source)
        return self.made[b]

    def beside(self, b: View, source: Source) -> View:
        """Return B, or a copy, in which the elements along the last axis lie side by side."""
        if b.strides[-1] == 1 or b.shape[-1] == 1 or 0 in b.shape:
            return b
        if b not in self.made:
            self.made[b] = self._turned(b, source)
        return self.made[b]

    def _turned(self, b: View, source: Source) -> View:
        """One panel as wide as B; its rows are along the axis that is innermost now, if long."""
        *others, last = range(len(b.shape))
        lanes = self.machine.lanes(b.buffer.dtype.itemsize)
        rows = next((x for x in others if b.strides[x] == 1 and b.shape[x] >= lanes), others[-1])
        order = [*(axis for axis in others if axis != rows), rows, last]
        turned = _reordered(b, order)
        width = -(-b.shape[last] // lanes) * lanes
        panel = self._packed(turned, (*turned.shape[:-2], 1, turned.shape[-2], width), source)
        strides = (*panel.strides[:-3], *panel.strides[-2:])
        placed = View(panel.buffer, 0, turned.shape, strides)
        return _reordered(placed, [order.index(axis) for axis in range(len(order))])

    def _packed(self, b: View, shape: Shape, source: Source) -> View:
        target = contiguous(self.home.buffer(Spec(shape, b.buffer.dtype), Role.TEMPORARY), shape)
        self.kernels.append(Pack(b, target, source))
        return target


def _reordered(view: View, order: list[int]) -> View:
    """The view with its axes in another order."""
    shape = tuple(view.shape[axis] for axis in order)
    return View(view.buffer, view.offset, shape, tuple(view.strides[axis] for axis in order))
