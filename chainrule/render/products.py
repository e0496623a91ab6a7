"""Matrix products: tiles of C in registers, A broadcast, B in panels as wide as a tile.

For a tile of m rows and v vectors, each step along k loads v vectors of B, broadcasts m numbers of
A and makes m·v fused multiply-adds. m·v accumulators, v vectors and a broadcast fit the registers.
"""

from __future__ import annotations

from typing import NamedTuple, TypeGuard

from chainrule.plan.kernel import Load, Product, Statement, View
from chainrule.plan.machine import Machine
from chainrule.plan.units import split, tiling
from chainrule.render.absorbing import Live, kept
from chainrule.render.builder import Function, Type, Value, index, literal
from chainrule.render.conversion import element_of
from chainrule.render.lanes import Body, Place, Units, base_pointers
from chainrule.render.memory import masked_load, prefetch

# An array of so many bytes does not stay in the nearest cache from one step to the next.
FAR = 1 << 17

Offsets = dict[View, Value]
Range = tuple[Value, Value]


class Tile(NamedTuple):
    """How many rows and vectors a tile has, and how many lanes of its last vector count."""

    rows: int
    vectors: int
    active: int


def write_product(f: Function, kernel: Product, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`."""
    _Writer(f, kernel, machine).run(units)


class _Writer:
    """The loops of one product: batch axes, panels of columns, strips of rows, then k."""

    def __init__(self, f: Function, kernel: Product, machine: Machine) -> None:
        self.f, self.kernel = f, kernel
        self.body = Body(f, {}, kernel.body)
        operands = [kernel.a, kernel.b, *([] if kernel.panels is None else [kernel.panels])]
        self.views = [*operands, *self.body.views]
        self.bases = base_pointers(f, list(dict.fromkeys(view.buffer for view in self.views)))
        self.body.bases = self.bases
        self.element = element_of(kernel.a.buffer.dtype)
        self.rows, self.depth = kernel.a.shape[-2:]
        self.columns = kernel.b.shape[-1]
        self.tiles, self.split = tiling(kernel, machine), split(kernel, machine)
        self.lanes, self.width = self.tiles.lanes, self.tiles.width
        self.live = Live(f, kernel, self.bases, self.width) if kernel.absorbs else None

    def run(self, units: Units) -> None:
        """Write the units: a range of matrices, of rows or of panels."""
        front = self.kernel.a.shape[:-2]
        lengths = [*front, self.rows, self.columns]
        self.ranges: list[Range] = [(index(0), index(length)) for length in lengths]
        if self.split.count > 1:
            axis = self.split.axis
            self.ranges[axis] = units.places(self.f, self.split.step, lengths[axis])
        if 0 not in lengths:
            self._batches(len(front), 0, {view: index(view.offset) for view in self.views})

    def _batches(self, count: int, axis: int, offsets: Offsets) -> None:
        if axis == count:
            self._matrix(offsets)
            return
        with self.f.loop(*self.ranges[axis]) as loop:
            self._batches(count, axis + 1, self._moved(offsets, axis, loop.index))

    def _moved(self, offsets: Offsets, axis: int, at: Value) -> Offsets:
        return {
            view: self.f.plus(offset, self.f.times(at, view.strides[axis]))
            for view, offset in offsets.items()
        }

    def _matrix(self, offsets: Offsets) -> None:
        if self.live is not None:
            self.live.forget()
        whole = self.columns // self.width * self.width
        start, stop = self.ranges[-1]
        with self.f.loop(start, self.f.least(stop, whole), self.width) as column:
            self._panel(offsets, column.index, self.tiles.vectors, self.lanes)
        rest = self.columns - whole
        if rest:
            vectors = -(-rest // self.lanes)
            with self.f.loop(self.f.most(start, whole), stop, self.width) as column:
                active = rest - (vectors - 1) * self.lanes
                self._panel(offsets, column.index, vectors, active)

    def _panel(self, offsets: Offsets, column: Value, vectors: int, active: int) -> None:
        """The rows of one panel of columns."""
        height = self.tiles.height
        whole = self.rows // height * height
        start, stop = self.ranges[-2]
        with self.f.loop(start, self.f.least(stop, whole), height) as row:
            self._tile(offsets, row.index, column, Tile(height, vectors, active))
        if whole < self.rows:
            with self.f.loop(self.f.most(start, whole), stop, height) as row:
                tile = Tile(self.rows - whole, vectors, active)
                self._tile(offsets, row.index, column, tile)

    def _tile(self, offsets: Offsets, row: Value, column: Value, tile: Tile) -> None:
        self._fetch(offsets, row, column, tile)
        sums = self._sums(offsets, row, column, tile)
        if self.live is not None:
            sums = self._absorbed(self.live, offsets, row, column, tile, sums)
        for m in range(tile.rows):
            for v in range(tile.vectors):
                place = self._place(offsets, row, column, m, v, tile)
                total = sums[m * tile.vectors + v]
                self.body.write(place, given=(total, self.kernel.a.buffer.dtype))

    def _fetch(self, offsets: Offsets, row: Value, column: Value, tile: Tile) -> None:
        """Ask for what the epilogue will read, so that it is there when the sums are."""
        for view in dict.fromkeys(s.view for s in self.body.statements if is_far(s)):
            for m in range(tile.rows):
                for v in range(tile.vectors):
                    place = self._place(offsets, row, column, m, v, tile)
                    prefetch(self.f, self.body.address(view, place))

    def _place(
        self, offsets: Offsets, row: Value, column: Value, m: int, vector: int, tile: Tile
    ) -> Place:
        """Where the epilogue stands for row `m` and one vector of the tile."""
        f = self.f
        moved = {}
        for view in self.body.views:
            across = f.plus(offsets[view], f.times(column, view.strides[-1]))
            down = f.plus(across, f.times(row, view.strides[-2]))
            fixed = m * view.strides[-2] + vector * self.lanes * view.strides[-1]
            moved[view] = f.plus(down, index(fixed))
        active = tile.active if vector == tile.vectors - 1 else self.lanes
        strides = {view: view.strides[-1] for view in moved}
        return Place(moved, strides, self.lanes, active)

    def _sums(
        self, offsets: Offsets, row: Value, column: Value, tile: Tile, live: Live | None = None
    ) -> list[Value]:
        """The sums over k of the tile, a vector a place; of the live k alone, where asked."""
        f, a = self.f, self.kernel.a
        vector = Type(self.element, self.lanes)
        left = f.plus(offsets[a], f.times(row, a.strides[-2]))
        base, step = self._columns(offsets, column)
        starts = [literal(0, vector)] * (tile.rows * tile.vectors)
        with f.loop(index(0), index(self.depth), 1, starts) as k:
            first = f.address(
                self.bases[a.buffer], self.element, f.plus(left, f.times(k.index, a.strides[-1]))
            )
            line = f.address(base, self.element, f.times(k.index, step))
            mask = None if live is None else live.mask(k.index, self.lanes)
            b = [self._kept(mask, self._right(line, v, tile)) for v in range(tile.vectors)]
            k.next = []
            for m in range(tile.rows):
                one = f.address(first, self.element, index(m * a.strides[-2]))
                wide = f.splat(f.load(one, Type(self.element)), self.lanes)
                wide = self._kept(mask, wide)
                totals = k.carried[m * tile.vectors : (m + 1) * tile.vectors]
                k.next += [
                    multiplied(self.f, wide, x, total) for x, total in zip(b, totals, strict=True)
                ]
        return k.carried

    def _kept(self, mask: Value | None, x: Value) -> Value:
        return x if mask is None else kept(self.f, mask, x)

    def _columns(self, offsets: Offsets, column: Value) -> tuple[Value, int]:
        """Return where the columns from `column` on begin for k = 0, and the step along k."""
        f, panels = self.f, self.kernel.panels
        if panels is None:
            b = self.kernel.b
            place = f.plus(offsets[b], column)
            return f.address(self.bases[b.buffer], self.element, place), b.strides[-2]
        # The panel of `column` is column / width, and depth · width elements come before each.
        place = f.plus(offsets[panels], f.times(column, self.depth))
        return f.address(self.bases[panels.buffer], self.element, place), self.width

    def _right(self, line: Value, vector: int, tile: Tile) -> Value:
        """A vector of B; of the last one in a matrix as it lies, only what is there."""
        address = self.f.address(line, self.element, index(vector * self.lanes))
        type_ = Type(self.element, self.lanes)
        if self.kernel.panels is None and vector == tile.vectors - 1 and tile.active < self.lanes:
            return masked_load(self.f, address, type_, tile.active)
        return self.f.load(address, type_)

    def _absorbed(
        self,
        live: Live,
        offsets: Offsets,
        row: Value,
        column: Value,
        tile: Tile,
        sums: list[Value],
    ) -> list[Value]:
        """The sums again under the absorbing law, if one of them is NaN."""
        f = self.f
        lost = f.compare("fcmp uno", sums[0], sums[0])
        for total in sums[1:]:
            lost = f.binary("or", lost, f.compare("fcmp uno", total, total))
        once = f.cast("zext", f.intrinsic("vector.reduce.or", lost, type_=Type("i1")), "i64")
        with f.loop(index(0), once, 1, sums) as again:
            live.take_note(offsets)
            repeated = self._sums(offsets, row, column, tile, live)
            again.next = [
                live.reached(
                    f.plus(row, index(place // tile.vectors)),
                    f.plus(column, index(place % tile.vectors * self.lanes)),
                    total,
                )
                for place, total in enumerate(repeated)
            ]
        return again.carried


def is_far(statement: Statement) -> TypeGuard[Load]:
    """Tell whether `statement` loads what does not stay in the nearest cache between steps."""
    if not isinstance(statement, Load):
        return False
    return statement.view.buffer.size * statement.view.buffer.dtype.itemsize >= FAR


def multiplied(f: Function, a: Value, b: Value, total: Value) -> Value:
    """Return total + a·b."""
    if a.type.is_floating:
        return f.intrinsic("fmuladd", a, b, total)
    return f.binary("add", total, f.binary("mul", a, b))
