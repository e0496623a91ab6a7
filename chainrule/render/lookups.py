"""Lookups: elements of an array at places that other arrays name, or combined back there."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.array.shape import size_of
from chainrule.plan.kernel import Lookup, View, contiguous
from chainrule.plan.machine import Machine
from chainrule.plan.units import split
from chainrule.render.builder import Function, Type, Value, index, literal
from chainrule.render.conversion import element_of
from chainrule.render.lanes import Body, Place, Units, base_pointers, combine, start_of

Offsets = dict[View, Value]


def write_lookup(f: Function, kernel: Lookup, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`."""
    _Writer(f, kernel, machine, units).run()


class _Writer:
    """The loops of one lookup: the axes of the indices, then the axes not indexed.

    Its units are a range of the outermost axis, or of the columns, where there are several.
    """

    def __init__(self, f: Function, kernel: Lookup, machine: Machine, units: Units) -> None:
        self.f, self.kernel, self.dtype = f, kernel, kernel.data.buffer.dtype
        views = (kernel.data, *kernel.indices, kernel.values)
        faults = () if kernel.fault is None else (kernel.fault,)
        used = (*(view.buffer for view in views), *faults)
        self.bases = base_pointers(f, list(dict.fromkeys(used)))
        self.body = Body(f, self.bases, ())
        self.lanes = machine.lanes(max(self.dtype.itemsize, 4))
        self.places = kernel.indices[0].shape
        self.split, self.units = split(kernel, machine), units

    def run(self) -> None:
        """Write the kernel."""
        if self.kernel.combines is not None:
            self._clear()
        offsets = {view: index(view.offset) for view in (*self.kernel.indices, self.kernel.values)}
        self._places(0, offsets, index(self.kernel.data.offset))

    def _range(self, axis: int, length: int) -> tuple[Value, Value]:
        """What this call does of an axis: the units' part where it is divided, else all."""
        if self.split.count > 1 and axis == self.split.axis:
            return self.units.places(self.f, self.split.step, length)
        return index(0), index(length)

    def _clear(self) -> None:
        """Fill the data, which lies row by row, with what the reduction starts from."""
        data, size = self.kernel.data, size_of(self.kernel.data.shape)
        if self.split.count == 1:
            self._fill(index(0), (index(0), index(size)))
        elif self.split.axis == 0:
            inner = size // data.shape[0]
            ends = self._range(0, data.shape[0])
            self._fill(index(0), (self.f.times(ends[0], inner), self.f.times(ends[1], inner)))
        else:
            columns = data.shape[-1]
            with self.f.loop(index(0), index(size), columns) as row:
                self._fill(row.index, self._range(-1, columns))

    def _fill(self, start: Value, ends: tuple[Value, Value]) -> None:
        assert self.kernel.combines is not None
        flat = contiguous(self.kernel.data.buffer, (size_of(self.kernel.data.shape),))
        number = start_of(self.kernel.combines, self.dtype)
        element = Type(element_of(self.dtype))

        def store(at: Value, lanes: int) -> None:
            place = Place({flat: self.f.plus(start, at)}, {flat: 1}, lanes, lanes)
            self.body.store(literal(number, Type(element.element, lanes)), flat, place)

        self._strip(ends, store)

    def _strip(self, ends: tuple[Value, Value], then: Callable[[Value, int], None]) -> None:
        """Write `then` for a stretch of places, on lanes as far as it fills them, then singly."""
        first, last = ends
        rest = first
        if self.lanes > 1:
            whole = self.f.binary("udiv", self.f.binary("sub", last, first), index(self.lanes))
            rest = self.f.plus(first, self.f.times(whole, self.lanes))
            with self.f.loop(first, rest, self.lanes) as loop:
                then(loop.index, self.lanes)
        with self.f.loop(rest, last) as loop:
            then(loop.index, 1)

    def _places(self, axis: int, offsets: Offsets, data: Value) -> None:
        if axis == len(self.places):
            found = self._found(offsets, data)
            if 0 not in self.kernel.data.shape:
                self._rest(len(self.places), offsets[self.kernel.values], found)
            return
        with self.f.loop(*self._range(axis, self.places[axis])) as loop:
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
        """The axes that are not indexed; the last on lanes, where both lie in rows."""
        rank = len(self.kernel.values.shape)
        if axis == rank:
            self._move(values, data, 1)
            return
        length, stride = self.kernel.values.shape[axis], self.kernel.values.strides[axis]
        other = self.kernel.data.strides[axis - rank]

        def beside(at: Value, lanes: int) -> None:
            self._move(self.f.plus(values, at), self.f.plus(data, at), lanes)

        if axis == rank - 1 and stride == other == 1 and length >= self.lanes:
            self._strip(self._range(-1, length), beside)
            return
        ends = self._range(-1, length) if axis == rank - 1 else (index(0), index(length))
        with self.f.loop(*ends) as loop:
            at = self.f.plus(values, self.f.times(loop.index, stride))
            self._rest(axis + 1, at, self.f.plus(data, self.f.times(loop.index, other)))

    def _move(self, values: Value, data: Value, lanes: int) -> None:
        kernel, body = self.kernel, self.body
        here = Place(
            {kernel.values: values, kernel.data: data},
            {kernel.values: 1, kernel.data: 1},
            lanes,
            lanes,
        )
        if kernel.combines is None:
            body.store(body.load(kernel.data, here), kernel.values, here)
            return
        before, new = body.load(kernel.data, here), body.load(kernel.values, here)
        body.store(combine(self.f, kernel.combines, self.dtype, before, new), kernel.data, here)
