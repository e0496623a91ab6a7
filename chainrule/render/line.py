"""One line of a kernel, or several side by side: elements by their number along the last axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainrule.array.dtype import DType
from chainrule.plan.kernel import Lines, View
from chainrule.render.builder import Function, Value
from chainrule.render.lanes import Body, Place


@dataclass(frozen=True)
class Line:
    """Where a line begins in each view; with more than one lane, as many lines side by side.

    `fault` is the address of the kernel's fault, where it has one.
    """

    f: Function
    kernel: Lines
    body: Body
    starts: Mapping[View, Value]
    lanes: int
    fault: Value | None

    @property
    def length(self) -> int:
        """How many elements the line has."""
        return self.kernel.inputs[0].shape[-1]

    @property
    def dtype(self) -> DType:
        """The type of the elements."""
        return self.kernel.inputs[0].buffer.dtype

    def load(self, view: View, at: Value) -> Value:
        """Write a load of the element number `at`."""
        return self.body.load(view, self._place(view, at))

    def store(self, value: Value, view: View, at: Value) -> None:
        """Write a store to the element number `at`."""
        self.body.store(value, view, self._place(view, at))

    def _place(self, view: View, at: Value) -> Place:
        offset = self.f.plus(self.starts[view], self.f.times(at, view.strides[-1]))
        return Place({view: offset}, {view: view.strides[-2]}, self.lanes, self.lanes)
