"""Pack kernels: the right operand of a product copied into panels as wide as its tiles."""

from __future__ import annotations

from chainrule.plan.kernel import Pack, View
from chainrule.plan.machine import Machine
from chainrule.plan.units import split
from chainrule.render.builder import Function, Value, index
from chainrule.render.conversion import memory_of
from chainrule.render.lanes import Units, base_pointers
from chainrule.render.packing import write_panel


def write_pack(f: Function, kernel: Pack, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`: matrices, or panels of one."""
    _Writer(f, kernel, machine).run(units)


class _Writer:
    """The loops over the axes in front, and over the panels of each matrix."""

    def __init__(self, f: Function, kernel: Pack, machine: Machine) -> None:
        self.f, self.kernel = f, kernel
        self.bases = base_pointers(f, [kernel.operand.buffer, kernel.target.buffer])
        self.dtype = kernel.operand.buffer.dtype
        self.split, self.lanes = split(kernel, machine), machine.lanes(self.dtype.itemsize)

    def run(self, units: Units) -> None:
        """Write the units: a range of one axis."""
        views = (self.kernel.operand, self.kernel.target)
        self._loops(units, 0, {view: index(view.offset) for view in views})

    def _loops(self, units: Units, axis: int, offsets: dict[View, Value]) -> None:
        operand, target = self.kernel.operand, self.kernel.target
        own = self.split.count > 1 and axis == self.split.axis
        ends = units if own else (index(0), index(target.shape[axis]))
        with self.f.loop(*ends) as loop:
            at = loop.index
            there = self.f.plus(offsets[target], self.f.times(at, target.strides[axis]))
            if axis == len(target.shape) - 3:
                self._panel(offsets[operand], there, at)
                return
            here = self.f.plus(offsets[operand], self.f.times(at, operand.strides[axis]))
            self._loops(units, axis + 1, {operand: here, target: there})

    def _panel(self, source: Value, target: Value, panel: Value) -> None:
        f, operand = self.f, self.kernel.operand
        element = memory_of(self.dtype)
        (depth, columns), (down, across) = operand.shape[-2:], operand.strides[-2:]
        write_panel(
            f,
            f.address(self.bases[operand.buffer], element, source),
            f.address(self.bases[self.kernel.target.buffer], element, target),
            element,
            shape=(depth, columns),
            strides=(down, across),
            width=self.kernel.target.shape[-1],
            lanes=self.lanes,
            panel=panel,
        )
