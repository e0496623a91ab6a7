"""Matrix products: tiles of C in registers, A broadcast, B in panels as wide as a tile.

For a tile of m rows and v vectors, each step along k loads v vectors of B, broadcasts m numbers of
A and makes m·v fused multiply-adds. m·v accumulators, v vectors and a broadcast fit the registers.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.plan.kernel import Buffer, Product, View, space_of
from chainrule.plan.machine import VECTOR_BYTES, WIDEST
from chainrule.render.absorbing import Live, kept
from chainrule.render.builder import Function, Module, Type, Value, index, literal
from chainrule.render.conversion import element_of
from chainrule.render.lanes import Body, Place, base_pointers

ACCUMULATORS = 28


@dataclass(frozen=True)
class Tile:
    """How many rows and vectors a tile has, and how many lanes of its last vector count."""

    rows: int
    vectors: int
    active: int


def write_product(module: Module, name: str, kernel: Product, table: Value) -> None:
    """Write `kernel` as the function `name` of the program's table."""
    f = Function(module, name, [table])
    body = Body(f, {}, kernel.body)
    used = [kernel.a.buffer, kernel.b.buffer, *(view.buffer for view in body.views)]
    used += [room for room in (kernel.panels, kernel.live) if room is not None]
    bases = base_pointers(f, table, list(dict.fromkeys(used)))
    body.bases = bases
    if 0 not in space_of(kernel):
        _Writer(f, kernel, bases, body).run()
    f.finish()


class _Writer:
    """The loops of one product: batch axes, panels of columns, strips of rows, then k."""

    def __init__(
        self, f: Function, kernel: Product, bases: dict[Buffer, Value], body: Body
    ) -> None:
        self.f, self.kernel, self.bases, self.body = f, kernel, bases, body
        dtype = kernel.a.buffer.dtype
        self.element = element_of(dtype)
        self.lanes = VECTOR_BYTES // dtype.itemsize
        self.rows, self.depth = kernel.a.shape[-2:]
        self.columns = kernel.b.shape[-1]
        self.vectors = min(WIDEST, -(-self.columns // self.lanes))
        self.width = self.vectors * self.lanes

    def run(self) -> None:
        """Write the kernel."""
        views = [self.kernel.a, self.kernel.b, *self.body.views]
        offsets = {view: index(view.offset) for view in views}
        self._batches(list(self.kernel.a.shape[:-2]), 0, offsets)

    def _batches(self, lengths: list[int], axis: int, offsets: dict[View, Value]) -> None:
        if axis == len(lengths):
            self._matrix(offsets)
            return
        with self.f.loop(index(0), index(lengths[axis])) as loop:
            self._batches(lengths, axis + 1, self._moved(offsets, axis, loop.index))

    def _moved(self, offsets: dict[View, Value], axis: int, at: Value) -> dict[View, Value]:
        return {
            view: self.f.plus(offset, self.f.times(at, view.strides[axis]))
            for view, offset in offsets.items()
        }

    def _matrix(self, offsets: dict[View, Value]) -> None:
        if self.kernel.panels is not None:
            self._pack(offsets[self.kernel.b])
        if self.kernel.live is not None:
            zero = literal(0, Type(self.element))
            self.f.store(zero, self.bases[self.kernel.live])
        whole = self.columns // self.width
        if whole:
            with self.f.loop(index(0), index(whole)) as panel:
                self._panel(offsets, panel.index, self.vectors, self.lanes)
        rest = self.columns - whole * self.width
        if rest:
            vectors = -(-rest // self.lanes)
            self._panel(offsets, index(whole), vectors, rest - (vectors - 1) * self.lanes)

    def _pack(self, offset: Value) -> None:
        """Copy B into panels: panel j holds, for each k, the columns of panel j side by side."""
        f, b = self.f, self.kernel.b
        assert self.kernel.panels is not None
        source, target = self.bases[b.buffer], self.bases[self.kernel.panels]
        with f.loop(index(0), index(self.columns)) as column:
            panel = f.binary("udiv", column.index, index(self.width))
            lane = f.binary("urem", column.index, index(self.width))
            to = f.plus(f.times(panel, self.depth * self.width), lane)
            of = f.plus(offset, f.times(column.index, b.strides[-1]))
            with f.loop(index(0), index(self.depth)) as k:
                place = f.plus(of, f.times(k.index, b.strides[-2]))
                value = f.load(f.address(source, self.element, place), Type(self.element))
                there = f.plus(to, f.times(k.index, self.width))
                f.store(value, f.address(target, self.element, there))

    def _panel(self, offsets: dict[View, Value], panel: Value, vectors: int, active: int) -> None:
        """All rows of one panel of columns."""
        height = _height(self.rows, vectors)
        whole = self.rows // height * height
        with self.f.loop(index(0), index(whole), height) as row:
            self._tile(offsets, row.index, panel, Tile(height, vectors, active))
        if whole < self.rows:
            tile = Tile(self.rows - whole, vectors, active)
            self._tile(offsets, index(whole), panel, tile)

    def _tile(self, offsets: dict[View, Value], row: Value, panel: Value, tile: Tile) -> None:
        f = self.f
        column = f.times(panel, self.width)
        sums = self._sums(offsets, row, panel, column, tile)
        if self.kernel.live is not None:
            sums = self._absorbed(offsets, row, panel, column, tile, sums)
        for m in range(tile.rows):
            at = f.plus(row, index(m))
            here = {
                view: f.plus(
                    f.plus(offset, f.times(at, view.strides[-2])),
                    f.times(column, view.strides[-1]),
                )
                for view, offset in offsets.items()
                if view in self.body.views
            }
            for v in range(tile.vectors):
                self._finish(here, sums[m * tile.vectors + v], v, tile)

    def _finish(self, here: dict[View, Value], total: Value, vector: int, tile: Tile) -> None:
        """Write the epilogue for one vector of the tile."""
        moved = {
            view: self.f.plus(offset, index(vector * self.lanes * view.strides[-1]))
            for view, offset in here.items()
        }
        active = tile.active if vector == tile.vectors - 1 else self.lanes
        strides = {view: view.strides[-1] for view in moved}
        place = Place(moved, strides, self.lanes, active)
        self.body.write(place, given=(total, self.kernel.a.buffer.dtype))

    def _sums(
        self,
        offsets: dict[View, Value],
        row: Value,
        panel: Value,
        column: Value,
        tile: Tile,
        live: Live | None = None,
    ) -> list[Value]:
        """The sums over k of the tile, a vector a place; of the live k alone, where asked."""
        f, a = self.f, self.kernel.a
        vector = Type(self.element, self.lanes)
        left = f.plus(offsets[a], f.times(row, a.strides[-2]))
        right, base, step = self._columns(offsets, panel, column)
        starts = [literal(0, vector)] * (tile.rows * tile.vectors)
        with f.loop(index(0), index(self.depth), 1, starts) as k:
            first = f.address(
                self.bases[a.buffer], self.element, f.plus(left, f.times(k.index, a.strides[-1]))
            )
            line = f.address(base, self.element, f.plus(right, f.times(k.index, step)))
            b = [
                f.load(f.address(line, self.element, index(v * self.lanes)), vector)
                for v in range(tile.vectors)
            ]
            mask = None if live is None else live.mask(k.index, self.lanes)
            b = [line_of if mask is None else kept(f, mask, line_of) for line_of in b]
            k.next = []
            for m in range(tile.rows):
                one = f.load(
                    f.address(first, self.element, index(m * a.strides[-2])), Type(self.element)
                )
                wide = f.splat(one, self.lanes)
                wide = wide if mask is None else kept(f, mask, wide)
                for v in range(tile.vectors):
                    total = k.carried[m * tile.vectors + v]
                    k.next.append(self._step(wide, b[v], total))
        return k.carried

    def _step(self, a: Value, b: Value, total: Value) -> Value:
        """Return total + a·b."""
        if a.type.is_floating:
            return self.f.intrinsic("fma", a, b, total)
        return self.f.binary("add", total, self.f.binary("mul", a, b))

    def _absorbed(
        self,
        offsets: dict[View, Value],
        row: Value,
        panel: Value,
        column: Value,
        tile: Tile,
        sums: list[Value],
    ) -> list[Value]:
        """The sums again under the absorbing law, if one of them is NaN."""
        f, kernel = self.f, self.kernel
        assert kernel.live is not None
        live = Live(f, kernel, self.bases)
        lost = f.compare("fcmp uno", sums[0], sums[0])
        for total in sums[1:]:
            lost = f.binary("or", lost, f.compare("fcmp uno", total, total))
        once = f.cast("zext", f.intrinsic("vector.reduce.or", lost, type_=Type("i1")), "i64")
        with f.loop(index(0), once, 1, sums) as again:
            live.take_note(offsets)
            repeated = self._sums(offsets, row, panel, column, tile, live)
            again.next = [
                live.reached(
                    f.plus(row, index(place // tile.vectors)),
                    f.plus(column, index(place % tile.vectors * self.lanes)),
                    total,
                )
                for place, total in enumerate(repeated)
            ]
        return again.carried

    def _columns(
        self, offsets: dict[View, Value], panel: Value, column: Value
    ) -> tuple[Value, Value, int]:
        """Return offset, base and step along k of a panel of B."""
        b = self.kernel.b
        if self.kernel.panels is not None:
            start = self.f.times(panel, self.depth * self.width)
            return start, self.bases[self.kernel.panels], self.width
        return self.f.plus(offsets[b], column), self.bases[b.buffer], b.strides[-2]


def _height(rows: int, vectors: int) -> int:
    """The rows of a tile: as many as the registers hold, dividing the rows evenly if possible."""
    most = min(ACCUMULATORS // vectors, rows)
    even = [height for height in range(most, most // 2, -1) if rows % height == 0]
    return even[0] if even else most
