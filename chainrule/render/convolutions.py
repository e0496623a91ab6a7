"""Convolutions: tiles at one place of the result each, their sums made elsewhere, then the body.

Where the sums are long they are made in rounds: all tiles go through a part of what is summed over
while that is near, and their sums wait in memory until the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from chainrule.array.shape import size_of
from chainrule.plan.kernel import Convolution, View
from chainrule.plan.machine import Machine
from chainrule.plan.units import split, strips_of, tiling_of
from chainrule.render.builder import POINTER, Function, Type, Value, index, literal
from chainrule.render.conversion import element_of
from chainrule.render.lanes import Body, Place, Units, base_pointers
from chainrule.render.meeting import Meeting
from chainrule.render.memory import prefetch
from chainrule.render.products import Tile, is_far
from chainrule.render.windows import Walk, walk


def write_convolution(f: Function, kernel: Convolution, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`: strips of rows, each at one place of the result."""
    writer = _Writer(f, kernel, machine)
    if 0 not in writer.strips and kernel.b.shape[-1]:
        writer.run(units)


@dataclass(frozen=True)
class Strip:
    """Where a strip stands: its place along each axis of the result, its first row, its height."""

    places: Sequence[Value]
    walks: Sequence[Walk]
    is_short: Value
    rows: Value


@dataclass(frozen=True)
class Spot:
    """A tile of a strip: where its operands, its sums, and the body's views begin."""

    strip: Strip
    tile: Tile
    a: Value
    b: Value
    sums: Value
    offsets: dict[View, Value]


@dataclass(frozen=True)
class Part:
    """A vector of a tile: its row, its first column, how many lanes count, where its sums are."""

    row: Value
    column: Value
    active: int
    sums: Value


class _Writer:
    """The loops of one convolution: rounds, places and strips of rows, panels of columns."""

    def __init__(self, f: Function, kernel: Convolution, machine: Machine) -> None:
        self.f, self.kernel, self.room = f, kernel, kernel.sums
        self.body = Body(f, {}, kernel.body)
        self.own = [*self.body.views, *([] if self.room is None else [self.room])]
        buffers = [view.buffer for view in (kernel.a, kernel.b, *self.own)]
        self.bases = base_pointers(f, list(dict.fromkeys(buffers)))
        self.body.bases = self.bases
        self.strips, self.tiles = strips_of(kernel, machine), tiling_of(kernel, machine)
        self.vector = Type(element_of(kernel.a.buffer.dtype), self.tiles.lanes)
        self.is_split = split(kernel, machine).count > 1
        self.rest = kernel.a.shape[-2] - (self.strips[-1] - 1) * self.tiles.height
        self.width = self.tiles.width if self.room is None else self.room.strides[-2]
        size = self.tiles.height * self.width if self.room is None else 1
        self.stack = f.emit(f"alloca {self.vector.element}, i64 {size}, align 64", POINTER)

    def run(self, units: Units) -> None:
        """Write the units, at once or in rounds."""
        if self.room is None:
            self._units(units, self._at_once)
            return
        self._units(units, self._cleared)
        with self.f.loop(index(0), index(self.kernel.windows[0].steps)) as turn:
            self._units(units, lambda spot: self._sums(spot, adds=True), turn.index)
        self._units(units, self._finish)

    def _at_once(self, spot: Spot) -> None:
        self._fetch(spot)
        self._sums(spot)
        self._finish(spot)

    def _fetch(self, spot: Spot) -> None:
        """Ask for what the body will read, so that it is there when the sums are."""
        far = dict.fromkeys(s.view for s in self.body.statements if is_far(s))
        for part in self._vectors(spot) if far else ():
            for view in far:
                prefetch(self.f, self.body.address(view, self._place(spot, part)))

    def _cleared(self, spot: Spot) -> None:
        for part in self._vectors(spot):
            self.f.store(literal(0, self.vector), part.sums)

    def _sums(self, spot: Spot, *, adds: bool = False) -> None:
        """Write the sums of a tile, of a whole strip or of the last one."""
        meeting = self._meeting(spot, spot.tile, adds)
        counts = [walk.count for walk in spot.strip.walks]
        if self.rest < self.tiles.height:
            short = replace(meeting, tile=spot.tile._replace(rows=self.rest))
            with self.f.loop(index(0), spot.strip.is_short):
                short.call(self.f, spot.a, spot.b, spot.sums, counts)
        with self.f.loop(spot.strip.is_short, index(1)):
            meeting.call(self.f, spot.a, spot.b, spot.sums, counts)

    def _meeting(self, spot: Spot, tile: Tile, adds: bool) -> Meeting:
        a, b = self.kernel.a, self.kernel.b
        return Meeting(
            self.vector,
            tile,
            depth=a.shape[-1],
            down=a.strides[-2],
            deep=(a.strides[-1], b.strides[-2]),
            steps=tuple(walk.step for walk in spot.strip.walks),
            width=self.width,
            adds=adds,
        )

    def _finish(self, spot: Spot) -> None:
        """Write the body for each vector of a tile."""
        for part in self._vectors(spot):
            if self.kernel.absorbs and self.vector.is_floating:
                self._mend(spot, part)
            total = self.f.load(part.sums, self.vector)
            place = self._place(spot, part)
            self.body.write(place, given=(total, self.kernel.a.buffer.dtype))

    def _mend(self, spot: Spot, part: Part) -> None:
        """Write the sums of a vector again without products with a zero, if one of them is NaN."""
        f, element = self.f, self.vector.element
        total = f.load(part.sums, self.vector)
        lost = f.compare("fcmp uno", total, total)
        found = f.intrinsic("vector.reduce.or", lost, type_=Type("i1"))
        with f.loop(index(0), f.cast("zext", found, "i64")):
            down = f.times(part.row, self.kernel.a.strides[-2])
            a, b = f.address(spot.a, element, down), f.address(spot.b, element, part.column)
            alone = self._meeting(spot, Tile(1, 1, part.active), adds=False)
            counts = [walk.count for walk in spot.strip.walks]
            replace(alone, absorbs=True).call(f, a, b, part.sums, counts)

    def _vectors(self, spot: Spot) -> Iterator[Part]:
        """Go through the vectors of a tile, row by row; what is done with one is written once."""
        f, lanes, tile = self.f, self.tiles.lanes, spot.tile
        whole = tile.vectors * lanes if tile.active == lanes else (tile.vectors - 1) * lanes
        with f.loop(index(0), spot.strip.rows) as row:
            start = f.address(spot.sums, self.vector.element, f.times(row.index, self.width))
            if whole:
                with f.loop(index(0), index(whole), lanes) as column:
                    here = f.address(start, self.vector.element, column.index)
                    yield Part(row.index, column.index, lanes, here)
            if tile.active < lanes:
                here = f.address(start, self.vector.element, index(whole))
                yield Part(row.index, index(whole), tile.active, here)

    def _place(self, spot: Spot, part: Part) -> Place:
        f = self.f
        moved = {
            view: f.plus(
                f.plus(spot.offsets[view], f.times(part.row, view.strides[-2])),
                f.times(part.column, view.strides[-1]),
            )
            for view in self.body.views
        }
        strides = {view: view.strides[-1] for view in moved}
        return Place(moved, strides, self.tiles.lanes, part.active)

    def _units(self, units: Units, then: Callable[[Spot], None], turn: Value | None = None) -> None:
        """Write `then` for each tile of the units; in a round, for the place `turn` alone."""
        f, height = self.f, self.tiles.height
        ends = units if self.is_split else (index(0), index(size_of(self.strips)))
        with f.loop(*ends) as unit:
            *places, strip = self._apart(unit.index)
            is_last = f.compare("icmp eq", strip, index(self.strips[-1] - 1))
            is_short = f.cast("zext", is_last, "i64") if self.rest < height else index(0)
            rows = f.plus(index(height), f.times(is_short, self.rest - height))
            at = [*places, f.times(strip, height)]
            self._columns(Strip(at, self._walks(places[1:], turn), is_short, rows), then)

    def _apart(self, number: Value) -> list[Value]:
        """A unit's places along the axes in front, and its strip."""
        found: list[Value] = []
        for length in reversed(self.strips):
            found.append(self.f.binary("urem", number, index(length)) if length > 1 else index(0))
            number = self.f.binary("udiv", number, index(length)) if length > 1 else number
        return found[::-1]

    def _walks(self, places: Sequence[Value], turn: Value | None) -> list[Walk]:
        """The ways through what meets a place of the result, an axis each."""
        walks = []
        for axis, (window, place) in enumerate(zip(self.kernel.windows, places, strict=True), 1):
            strides = self.kernel.a.strides[axis], self.kernel.b.strides[axis]
            walks.append(walk(self.f, window, strides, place, turn if axis == 1 else None))
        return walks

    def _columns(self, strip: Strip, then: Callable[[Spot], None]) -> None:
        """The panels of columns of one strip."""
        columns, lanes, width = self.kernel.b.shape[-1], self.tiles.lanes, self.tiles.width
        whole = columns // width * width
        if whole:
            with self.f.loop(index(0), index(whole), width) as column:
                tile = Tile(self.tiles.height, self.tiles.vectors, lanes)
                then(self._spot(strip, column.index, tile))
        if whole < columns:
            vectors = -(-(columns - whole) // lanes)
            active = columns - whole - (vectors - 1) * lanes
            then(self._spot(strip, index(whole), Tile(self.tiles.height, vectors, active)))

    def _spot(self, strip: Strip, column: Value, tile: Tile) -> Spot:
        a, b = self.kernel.a, self.kernel.b
        group, row = strip.places[0], strip.places[-1]
        left = self._offset(a, {0: group, len(a.shape) - 2: row})
        right = self._offset(b, {0: group, len(b.shape) - 1: column})
        for one in strip.walks:
            left, right = (
                self.f.plus(x, start) for x, start in zip((left, right), one.starts, strict=True)
            )
        at = dict(enumerate((*strip.places, column)))
        offsets = {view: self._offset(view, at) for view in self.own}
        here, there = (
            self.f.address(self.bases[view.buffer], self.vector.element, offset)
            for view, offset in ((a, left), (b, right))
        )
        return Spot(strip, tile, here, there, self._sums_of(offsets), offsets)

    def _sums_of(self, offsets: dict[View, Value]) -> Value:
        """Where the sums of a tile are: on the stack, or in their room."""
        if self.room is None:
            return self.stack
        base = self.bases[self.room.buffer]
        return self.f.address(base, self.vector.element, offsets[self.room])

    def _offset(self, view: View, places: dict[int, Value]) -> Value:
        total = index(view.offset)
        for axis, place in places.items():
            total = self.f.plus(total, self.f.times(place, view.strides[axis]))
        return total
