"""Convolutions: tiles of C in registers at one place of the result, A broadcast, B in vectors.

Where the sums are long they are made in rounds: all tiles go through a part of what is summed over
while that is near, and their sums wait in memory until the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chainrule.array.shape import size_of
from chainrule.plan.kernel import Convolution, View
from chainrule.plan.machine import Machine
from chainrule.plan.units import split, strips_of, tiling_of
from chainrule.plan.window import Window
from chainrule.render.builder import INDEX, Function, Type, Value, index, literal
from chainrule.render.conversion import element_of
from chainrule.render.lanes import Body, Place, Units, base_pointers
from chainrule.render.meeting import Meeting, Walk
from chainrule.render.products import Tile


def write_convolution(f: Function, kernel: Convolution, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`: strips of rows, each at one place of the result."""
    writer = _Writer(f, kernel, machine)
    if 0 not in writer.strips and kernel.b.shape[-1]:
        writer.run(units)


@dataclass(frozen=True)
class Spot:
    """Where a tile stands: what meets there, and the offsets into the body's views."""

    tile: Tile
    meeting: Meeting
    offsets: dict[View, Value]


class _Writer:
    """The loops of one convolution: rounds, places and strips of rows, panels of columns."""

    def __init__(self, f: Function, kernel: Convolution, machine: Machine) -> None:
        self.f, self.kernel = f, kernel
        self.body = Body(f, {}, kernel.body)
        self.own = [*self.body.views, *([] if kernel.sums is None else [kernel.sums])]
        buffers = [view.buffer for view in (kernel.a, kernel.b, *self.own)]
        self.bases = base_pointers(f, list(dict.fromkeys(buffers)))
        self.body.bases = self.bases
        self.strips, self.tiles = strips_of(kernel, machine), tiling_of(kernel, machine)
        self.vector = Type(element_of(kernel.a.buffer.dtype), self.tiles.lanes)
        self.is_split = split(kernel, machine).count > 1

    def run(self, units: Units) -> None:
        """Write the units, at once or in rounds."""
        zero = literal(0, self.vector)
        if self.kernel.sums is None:
            self._units(units, lambda spot: self._finish(spot, spot.meeting.sums(zero)))
            return
        with self.f.loop(index(0), index(self.kernel.windows[0].steps)) as turn:
            self._units(units, lambda spot: self._round(spot, turn.index), turn.index)
        self._units(units, lambda spot: self._finish(spot, self._waiting(spot)))

    def _round(self, spot: Spot, turn: Value) -> None:
        """Add what one place along the first axis contributes."""
        is_first = self.f.compare("icmp eq", turn, index(0))
        zero = literal(0, self.vector)
        before = [self.f.select(is_first, zero, total) for total in self._waiting(spot)]
        for place, total in zip(self._rooms(spot), spot.meeting.added(before), strict=True):
            self.f.store(total, place)

    def _waiting(self, spot: Spot) -> list[Value]:
        return [self.f.load(place, self.vector) for place in self._rooms(spot)]

    def _rooms(self, spot: Spot) -> list[Value]:
        """The addresses of a tile's sums between two rounds."""
        room, (rows, vectors, _) = self.kernel.sums, spot.tile
        assert room is not None
        base, element = self.bases[room.buffer], self.vector.element
        return [
            self.f.address(base, element, spot.offsets[room], index(m * room.strides[-2] + n))
            for m in range(rows)
            for n in range(0, vectors * self.tiles.lanes, self.tiles.lanes)
        ]

    def _finish(self, spot: Spot, sums: Sequence[Value]) -> None:
        """Write the body for each vector of a tile."""
        if self.kernel.absorbs:
            sums = spot.meeting.absorbed(sums)
        for number, total in enumerate(sums):
            place = self._place(spot, *divmod(number, spot.tile.vectors))
            self.body.write(place, given=(total, self.kernel.a.buffer.dtype))

    def _place(self, spot: Spot, m: int, vector: int) -> Place:
        lanes, tile = self.tiles.lanes, spot.tile
        moved = {
            view: self.f.plus(
                spot.offsets[view], index(m * view.strides[-2] + vector * lanes * view.strides[-1])
            )
            for view in self.body.views
        }
        active = tile.active if vector == tile.vectors - 1 else lanes
        return Place(moved, {view: view.strides[-1] for view in moved}, lanes, active)

    def _units(self, units: Units, then: Callable[[Spot], None], turn: Value | None = None) -> None:
        """Write `then` for each tile of the units; in a round, for the place `turn` alone."""
        ends = units if self.is_split else (index(0), index(size_of(self.strips)))
        with self.f.loop(*ends) as unit:
            *places, strip = self._apart(unit.index)
            height, last = self.tiles.height, self.strips[-1] - 1
            walks = self._walks(places[1:], turn)
            at = (*places, self.f.times(strip, height))
            rest = self.kernel.a.shape[-2] - last * height
            short = index(0)
            if rest < height:
                is_last = self.f.compare("icmp eq", strip, index(last))
                short = self.f.cast("zext", is_last, "i64")
                with self.f.loop(index(0), short):
                    self._columns(at, walks, rest, then)
            with self.f.loop(short, index(1)):
                self._columns(at, walks, height, then)

    def _apart(self, number: Value) -> list[Value]:
        """A unit's places along the axes in front, and its strip."""
        found: list[Value] = []
        for length in reversed(self.strips):
            found.append(self.f.binary("urem", number, index(length)) if length > 1 else index(0))
            number = self.f.binary("udiv", number, index(length)) if length > 1 else number
        return found[::-1]

    def _columns(
        self,
        at: Sequence[Value],
        walks: Sequence[Walk],
        rows: int,
        then: Callable[[Spot], None],
    ) -> None:
        """The panels of columns of one strip."""
        columns, lanes, width = self.kernel.b.shape[-1], self.tiles.lanes, self.tiles.width
        whole = columns // width * width
        if whole:
            with self.f.loop(index(0), index(whole), width) as column:
                tile = Tile(rows, self.tiles.vectors, lanes)
                then(self._spot((*at, column.index), walks, tile))
        if whole < columns:
            vectors = -(-(columns - whole) // lanes)
            active = columns - whole - (vectors - 1) * lanes
            then(self._spot((*at, index(whole)), walks, Tile(rows, vectors, active)))

    def _spot(self, at: Sequence[Value], walks: Sequence[Walk], tile: Tile) -> Spot:
        *_, row, column = at
        a, b = self.kernel.a, self.kernel.b
        left = self._offset(a, {0: at[0], len(a.shape) - 2: row})
        right = self._offset(b, {0: at[0], len(b.shape) - 1: column})
        meeting = Meeting(self.f, self.kernel, self.bases, tile, self.vector, walks, left, right)
        offsets = {view: self._offset(view, dict(enumerate(at))) for view in self.own}
        return Spot(tile, meeting, offsets)

    def _offset(self, view: View, places: dict[int, Value]) -> Value:
        total = index(view.offset)
        for axis, place in places.items():
            total = self.f.plus(total, self.f.times(place, view.strides[axis]))
        return total

    def _walks(self, places: Sequence[Value], turn: Value | None) -> list[Walk]:
        """The ways through what meets a place of the result, an axis each."""
        walks = []
        for axis, (window, place) in enumerate(zip(self.kernel.windows, places, strict=True)):
            reach = self._reach(window, place)
            if axis == 0 and turn is not None:
                reach = self._alone(window, turn, *reach)
            first, count, beside = reach
            left, right = (view.strides[1 + axis] for view in (self.kernel.a, self.kernel.b))
            start = self.f.times(first, left), self.f.times(beside, right)
            along, across = window.step
            walks.append(Walk(count, *start, along * left, across * right))
        return walks

    def _reach(self, window: Window, place: Value) -> tuple[Value, Value, Value]:
        """What `window.reach` returns for `place`, out of a table."""
        numbers = [number for u in range(window.results) for number in window.reach(u)]
        base = self.f.address(self.f.table(numbers), "i64", self.f.times(place, 3))
        first, count, beside = (
            self.f.load(self.f.address(base, "i64", index(n)), INDEX) for n in range(3)
        )
        return first, count, beside

    def _alone(
        self, window: Window, turn: Value, first: Value, count: Value, beside: Value
    ) -> tuple[Value, Value, Value]:
        """The reach with nothing but the place `turn`, if that is in it."""
        f, (along, across) = self.f, window.step
        ahead = f.binary("sub", turn, first)
        steps = f.binary("udiv", ahead, index(along))
        meets = f.binary(
            "and",
            f.compare("icmp ult", ahead, f.times(count, along)),
            f.compare("icmp eq", f.times(steps, along), ahead),
        )
        return turn, f.cast("zext", meets, "i64"), f.plus(beside, f.times(steps, across))
