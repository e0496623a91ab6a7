"""Lookups: elements of an array at places that other arrays name, and their sum back there."""

from __future__ import annotations

from chainrule.array.shape import size_of
from chainrule.plan.kernel import Lookup, View
from chainrule.plan.machine import Machine
from chainrule.plan.units import split
from chainrule.render.builder import Function, Type, Value, index, literal
from chainrule.render.conversion import element_of, memory_of
from chainrule.render.lanes import Units, base_pointers

Offsets = dict[View, Value]


def write_lookup(f: Function, kernel: Lookup, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`."""
    _Writer(f, kernel).run(units if split(kernel, machine).count > 1 else None)


class _Writer:
    """The loops of one lookup: the axes of the indices, then the axes not indexed."""

    def __init__(self, f: Function, kernel: Lookup) -> None:
        self.f, self.kernel = f, kernel
        views = (kernel.data, *kernel.indices, kernel.values)
        faults = () if kernel.fault is None else (kernel.fault,)
        used = (*(view.buffer for view in views), *faults)
        self.bases = base_pointers(f, list(dict.fromkeys(used)))
        self.element = memory_of(kernel.data.buffer.dtype)
        self.places = kernel.indices[0].shape

    def run(self, units: Units | None) -> None:
        """Write the kernel; of the outermost axis the `units`, where there are any."""
        self.units = units
        if self.kernel.adds:
            self._clear()
        offsets = {view: index(view.offset) for view in (*self.kernel.indices, self.kernel.values)}
        self._places(0, offsets, index(self.kernel.data.offset))

    def _clear(self) -> None:
        data = self.kernel.data
        with self.f.loop(index(0), index(size_of(data.shape))) as loop:
            place = self.f.address(self.bases[data.buffer], self.element, loop.index)
            self.f.store(literal(0, Type(self.element)), place)

    def _places(self, axis: int, offsets: Offsets, data: Value) -> None:
        if axis == len(self.places):
            found = self._found(offsets, data)
            if 0 not in self.kernel.data.shape:
                self._rest(len(self.places), offsets[self.kernel.values], found)
            return
        ends = (index(0), index(self.places[axis]))
        if axis == 0 and self.units is not None:
            ends = self.units
        with self.f.loop(*ends) as loop:
            here = {
                view: self.f.plus(offset, self.f.times(loop.index, view.strides[axis]))
                for view, offset in offsets.items()
            }
            stride = self.kernel.data.strides[axis] if axis < self.kernel.shared else 0
            self._places(axis + 1, here, self.f.plus(data, self.f.times(loop.index, stride)))

    def _found(self, offsets: Offsets, data: Value) -> Value:
        """The offset in the data that the indices at this place name."""
        for number, view in enumerate(self.kernel.indices):
            axis = self.kernel.shared + number
            place = self._index(view, offsets[view], self.kernel.data.shape[axis])
            data = self.f.plus(data, self.f.times(place, self.kernel.data.strides[axis]))
        return data

    def _index(self, view: View, offset: Value, length: int) -> Value:
        """One index, counted from the front; an index outside its axis becomes 0."""
        f, dtype = self.f, view.buffer.dtype
        address = f.address(self.bases[view.buffer], element_of(dtype), offset)
        raw = f.load(address, Type(element_of(dtype)))
        if dtype.itemsize < 8:
            raw = f.cast("zext" if dtype.kind == "u" else "sext", raw, "i64")
        if self.kernel.from_end and dtype.kind == "i":
            below = f.compare("icmp slt", raw, index(0))
            raw = f.select(below, f.plus(raw, index(length)), raw)
        inside = f.compare("icmp ult", raw, index(length))
        if self.kernel.fault is not None:
            outside = f.cast("zext", f.binary("xor", inside, literal(1, inside.type)), "i64")
            with f.loop(index(0), outside):
                f.store(index(1), self.bases[self.kernel.fault])
        return f.select(inside, raw, index(0))

    def _rest(self, axis: int, values: Value, data: Value) -> None:
        """The axes that are not indexed, element by element."""
        if axis == len(self.kernel.values.shape):
            self._move(values, data)
            return
        own = axis - len(self.places) + self.kernel.shared + len(self.kernel.indices)
        with self.f.loop(index(0), index(self.kernel.values.shape[axis])) as loop:
            stride = self.kernel.values.strides[axis]
            there = self.f.times(loop.index, self.kernel.data.strides[own])
            self._rest(
                axis + 1,
                self.f.plus(values, self.f.times(loop.index, stride)),
                self.f.plus(data, there),
            )

    def _move(self, values: Value, data: Value) -> None:
        f, type_ = self.f, Type(self.element)
        value = f.address(self.bases[self.kernel.values.buffer], self.element, values)
        place = f.address(self.bases[self.kernel.data.buffer], self.element, data)
        if not self.kernel.adds:
            f.store(f.load(place, type_), value)
            return
        operation = "fadd" if type_.is_floating else "add"
        f.store(f.binary(operation, f.load(place, type_), f.load(value, type_)), place)
