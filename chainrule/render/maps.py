"""Map kernels: loops over a space, the innermost on lanes, with reductions over some axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chainrule.plan.kernel import Map, View, views
from chainrule.plan.machine import Machine
from chainrule.plan.order import loops_of
from chainrule.plan.units import split
from chainrule.render.builder import Function, Type, Value, index, literal
from chainrule.render.conversion import element_of
from chainrule.render.lanes import (
    Body,
    Place,
    Units,
    across,
    base_pointers,
    combine,
    lanes_for,
    start_of,
)

# A long sum is made in blocks of so many steps: small numbers do not drown in a large total.
BLOCK = 512


@dataclass(frozen=True)
class Dimension:
    """A loop: its length, each view's stride along it, and whether it is reduced over."""

    length: int
    strides: dict[View, int]
    reduced: bool


def write_map(f: Function, kernel: Map, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`."""
    _Writer(f, kernel, machine).run(units)


class _Writer:
    """The loops of one map kernel."""

    def __init__(self, f: Function, kernel: Map, machine: Machine) -> None:
        self.f = f
        bases = base_pointers(f, list(dict.fromkeys(view.buffer for view in views(kernel))))
        self.body = Body(f, bases, kernel.body)
        self.lanes = lanes_for(kernel.body, machine)
        self.results = [r.view for r in self.body.reductions]
        order = loops_of(kernel)
        dimensions = [self._dimension(kernel, axis) for axis in order]
        self.split = split(kernel, machine)
        self.length = kernel.space[self.split.axis] if kernel.space else 1
        self.outer = _collapsed([d for d in dimensions if not d.reduced])
        self.inner = _collapsed([d for d in dimensions if d.reduced])
        if not self.outer and not self.inner:
            everywhere = dict.fromkeys((*self.body.views, *self.results), 0)
            self.outer = [Dimension(1, everywhere, reduced=False)]
        self.along_kept = not kernel.axes or order[-1] not in kernel.axes

    def _dimension(self, kernel: Map, axis: int) -> Dimension:
        kept = [place for place in range(len(kernel.space)) if place not in kernel.axes]
        strides = {view: view.strides[axis] for view in self.body.views}
        for view in self.results:
            strides[view] = view.strides[kept.index(axis)] if axis in kept else 0
        return Dimension(kernel.space[axis], strides, axis in kernel.axes)

    def run(self, units: Units) -> None:
        """Write the units: a range of the outermost loop."""
        self.range = self._range(units)
        start = {view: index(view.offset) for view in (*self.body.views, *self.results)}
        if self.along_kept and self.outer:
            self._loops(self.outer[:-1], start, self._strips)
        else:
            self._loops(self.outer, start, self._rows)

    def _range(self, units: Units) -> tuple[Value, Value]:
        """The places of the outermost loop that the units cover."""
        length = self.outer[0].length if self.outer else 1
        if self.split.count == 1:
            return index(0), index(length)
        inside = (
            length // self.length
        )  # places of the axes that are one loop with that of the split
        return units.places(self.f, self.split.step * inside, length)

    def _ends(self, dimension: Dimension) -> tuple[Value, Value]:
        whole = index(0), index(dimension.length)
        return self.range if self.outer and dimension is self.outer[0] else whole

    def _loops(
        self,
        dimensions: Sequence[Dimension],
        offsets: dict[View, Value],
        then: Callable[[dict[View, Value]], None],
    ) -> None:
        """Write a loop for each dimension, and `then` inside."""
        if not dimensions:
            then(offsets)
            return
        first, *rest = dimensions
        with self.f.loop(*self._ends(first)) as loop:
            self._loops(rest, self._moved(offsets, first, loop.index), then)

    def _moved(
        self, offsets: dict[View, Value], dimension: Dimension, at: Value
    ) -> dict[View, Value]:
        return {
            view: self.f.plus(offset, self.f.times(at, dimension.strides[view]))
            for view, offset in offsets.items()
        }

    def _strips(self, offsets: dict[View, Value]) -> None:
        """The last kept axis on lanes, reductions inside; what is left over, on some of them."""
        last = self.outer[-1]
        start, stop = self._ends(last)
        middle = self._middle(start, stop)
        self._loop_of_strips(offsets, (start, middle), self.lanes)
        rest = int(stop.text) % self.lanes if stop.text.isdecimal() else 0
        if rest > 1:
            self._strip(self._moved(offsets, last, middle), self.lanes, rest)
        else:
            self._loop_of_strips(offsets, (middle, stop), 1)

    def _loop_of_strips(
        self, offsets: dict[View, Value], ends: tuple[Value, Value], lanes: int
    ) -> None:
        if ends[0] == ends[1]:
            return
        with self.f.loop(*ends, lanes) as loop:
            self._strip(self._moved(offsets, self.outer[-1], loop.index), lanes, lanes)

    def _strip(self, offsets: dict[View, Value], lanes: int, active: int) -> None:
        place = Place(offsets, self.outer[-1].strides, lanes, active)
        self._store(place, self._reduced(self.inner, place, self._starts(lanes)))

    def _middle(self, start: Value, stop: Value) -> Value:
        """Where the last whole vector from `start` ends."""
        if stop.text.isdecimal():
            return index(int(stop.text) // self.lanes * self.lanes)
        length = self.f.binary("sub", stop, start)
        vectors = self.f.binary("and", length, index(-self.lanes))
        return self.f.binary("add", start, vectors)

    def _reduced(
        self, dimensions: Sequence[Dimension], place: Place, sums: list[Value]
    ) -> list[Value]:
        if not dimensions:
            return self.body.write(place, sums)
        first, *rest = dimensions
        with self.f.loop(index(0), index(first.length), 1, sums) as loop:
            here = self._moved(dict(place.offsets), first, loop.index)
            inside = Place(here, place.strides, place.lanes, place.active)
            loop.next = self._reduced(rest, inside, loop.carried)
        return loop.carried

    def _rows(self, offsets: dict[View, Value]) -> None:
        """The last reduced axis on lanes: vector sums and sums of what is left over, then one."""
        lanes = self.lanes if self.inner[-1].length >= self.lanes else 1
        starts = [*self._starts(lanes), *(self._starts(1) if lanes > 1 else [])]
        sums = self._row_sums(self.inner, offsets, starts, lanes)
        count = len(self.body.reductions)
        totals = []
        for number, reduction in enumerate(self.body.reductions):
            dtype = reduction.view.buffer.dtype
            total = across(self.f, reduction.primitive, dtype, sums[number])
            if lanes > 1:
                rest = sums[count + number]
                total = combine(self.f, reduction.primitive, dtype, total, rest)
            totals.append(total)
        self._store(Place(offsets, dict.fromkeys(offsets, 0), 1, 1), totals)

    def _row_sums(
        self,
        dimensions: Sequence[Dimension],
        offsets: dict[View, Value],
        sums: list[Value],
        lanes: int,
    ) -> list[Value]:
        first, *rest = dimensions
        if rest:
            with self.f.loop(index(0), index(first.length), 1, sums) as loop:
                here = self._moved(offsets, first, loop.index)
                loop.next = self._row_sums(rest, here, loop.carried, lanes)
            return loop.carried
        whole = first.length // lanes * lanes
        count = len(self.body.reductions)
        wide = self._stretch(first, offsets, sums[:count], 0, whole, lanes)
        if lanes == 1:
            return wide
        return wide + self._stretch(first, offsets, sums[count:], whole, first.length, 1)

    def _stretch(
        self,
        dimension: Dimension,
        offsets: dict[View, Value],
        sums: list[Value],
        start: int,
        stop: int,
        lanes: int,
    ) -> list[Value]:
        """Reduce from `start` to `stop`: whole blocks by themselves first, then what is left."""
        block = BLOCK * lanes
        blocks = (stop - start) // block * block
        if blocks > block:
            with self.f.loop(index(start), index(start + blocks), block, sums) as loop:
                end = self.f.plus(loop.index, index(block))
                ways = (loop.index, end, lanes)
                parts = self._steps(dimension, offsets, self._starts(lanes), ways)
                loop.next = self._together(loop.carried, parts)
            sums, start = loop.carried, start + blocks
        if start == stop:
            return sums
        return self._steps(dimension, offsets, sums, (index(start), index(stop), lanes))

    def _steps(
        self,
        dimension: Dimension,
        offsets: dict[View, Value],
        sums: list[Value],
        ways: tuple[Value, Value, int],
    ) -> list[Value]:
        start, stop, lanes = ways
        with self.f.loop(start, stop, lanes, sums) as loop:
            here = self._moved(offsets, dimension, loop.index)
            place = Place(here, dimension.strides, lanes, lanes)
            loop.next = self.body.write(place, loop.carried)
        return loop.carried

    def _together(self, sums: Sequence[Value], parts: Sequence[Value]) -> list[Value]:
        return [
            combine(self.f, reduction.primitive, reduction.view.buffer.dtype, a, b)
            for reduction, a, b in zip(self.body.reductions, sums, parts, strict=True)
        ]

    def _starts(self, lanes: int) -> list[Value]:
        return [
            literal(
                start_of(r.primitive, r.view.buffer.dtype),
                Type(element_of(r.view.buffer.dtype), lanes),
            )
            for r in self.body.reductions
        ]

    def _store(self, place: Place, sums: Sequence[Value]) -> None:
        for reduction, total in zip(self.body.reductions, sums, strict=True):
            self.body.store(total, reduction.view, place)


def _collapsed(dimensions: list[Dimension]) -> list[Dimension]:
    """Merge neighbors that every view walks through in one stride; leave out those of length 1."""
    merged: list[Dimension] = []
    for dimension in dimensions:
        if dimension.length == 1:
            continue
        last = merged[-1] if merged else None
        if last is not None and all(
            last.strides[view] == stride * dimension.length
            for view, stride in dimension.strides.items()
        ):
            length = last.length * dimension.length
            merged[-1] = Dimension(length, dimension.strides, dimension.reduced)
        else:
            merged.append(dimension)
    if not merged and dimensions:
        merged.append(dimensions[-1])
    return merged
