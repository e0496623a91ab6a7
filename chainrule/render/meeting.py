"""The sums of one tile of a convolution, as a function that kernels share.

    sums_mn = Σ_(v… k) A_(v m k) B_(w k n)    over as many steps along each axis as it is told

What a tile is for, where it stands and what comes behind it is not known here. So all kernels whose
tiles are alike call one function, and it is compiled once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from chainrule.render.absorbing import kept
from chainrule.render.builder import INDEX, POINTER, Function, Type, Value, index, literal
from chainrule.render.memory import masked_load
from chainrule.render.products import Tile, multiplied

A, B, SUMS = (Value(name, POINTER) for name in ("%a", "%b", "%sums"))
NOTHING = Type("void")


@dataclass(frozen=True)
class Meeting:
    """All that determines the sums of a tile.

    `down` is the distance of two rows of A, `deep` how far A and B go from one k to the next,
    `steps` how far from one place to the next along each axis; all are counted in elements. The
    rows of the sums are `width` apart. With `adds` they are added to what is there.
    With `absorbs`, products with a zero are left out.

    The order of the sums is the same for each element of each tile: along the axes as they come,
    and k inside.
    """

    vector: Type
    tile: Tile
    depth: int
    down: int
    deep: tuple[int, int]
    steps: tuple[tuple[int, int], ...]
    width: int
    adds: bool = False
    absorbs: bool = False

    @property
    def name(self) -> str:
        """A name that tells it from others."""
        numbers = (*self.tile, self.depth, self.down, *self.deep, *chain(*self.steps), self.width)
        flags = (int(self.adds), int(self.absorbs))
        return ".".join(["sums", self.vector.mangled, *map(str, (*numbers, *flags))])

    def call(self, f: Function, a: Value, b: Value, sums: Value, counts: Sequence[Value]) -> None:
        """Write the call for a tile whose operands begin at `a` and `b`; `counts` are the steps."""
        if self.name not in f.module.inner:
            f.module.inner.add(self.name)
            self._write(f)
        listed = ", ".join(map(str, (a, b, sums, *counts)))
        f.do(f"call void @{self.name}({listed})")

    def _write(self, outside: Function) -> None:
        counts = [Value(f"%n{axis}", INDEX) for axis in range(len(self.steps))]
        f = Function(outside.module, self.name, [A, B, SUMS, *counts], NOTHING)
        zero = literal(0, self.vector)
        places = [
            f.address(SUMS, self.vector.element, index(m * self.width + v * self.vector.lanes))
            for m in range(self.tile.rows)
            for v in range(self.tile.vectors)
        ]
        walks = list(zip(counts, self.steps, strict=True))
        totals = self._along(f, walks, (A, B), [zero] * len(places))
        for place, total in zip(places, totals, strict=True):
            f.store(self._added(f, total, place) if self.adds else total, place)
        f.finish()

    def _added(self, f: Function, total: Value, place: Value) -> Value:
        """A sum and what is there already: in rounds, small numbers do not drown in a large one."""
        return f.binary(
            "fadd" if total.type.is_floating else "add", f.load(place, total.type), total
        )

    def _along(
        self,
        f: Function,
        walks: Sequence[tuple[Value, tuple[int, int]]],
        places: tuple[Value, Value],
        totals: Sequence[Value],
    ) -> list[Value]:
        """Write the loops along the axes."""
        if not walks:
            return self._deep(f, places, totals)
        (count, far), *rest = walks
        with f.loop(index(0), count, 1, totals) as loop:
            loop.next = self._along(f, rest, self._moved(f, places, loop.index, far), loop.carried)
        return loop.carried

    def _moved(
        self, f: Function, places: tuple[Value, Value], at: Value, far: tuple[int, int]
    ) -> tuple[Value, Value]:
        element = self.vector.element
        a, b = (
            f.address(place, element, f.times(at, step))
            for place, step in zip(places, far, strict=True)
        )
        return a, b

    def _deep(
        self, f: Function, places: tuple[Value, Value], totals: Sequence[Value]
    ) -> list[Value]:
        """Write the loop over k."""
        if self.depth == 1:
            return self._step(f, places, totals)
        with f.loop(index(0), index(self.depth), 1, totals) as k:
            k.next = self._step(f, self._moved(f, places, k.index, self.deep), k.carried)
        return k.carried

    def _step(
        self, f: Function, places: tuple[Value, Value], totals: Sequence[Value]
    ) -> list[Value]:
        """Write the products of one k: each row's number with each vector of columns."""
        first, line = places
        following: list[Value] = []
        columns = [self._columns(f, line, vector) for vector in range(self.tile.vectors)]
        for m in range(self.tile.rows):
            address = f.address(first, self.vector.element, index(m * self.down))
            one = f.splat(f.load(address, Type(self.vector.element)), self.vector.lanes)
            own = totals[m * self.tile.vectors : (m + 1) * self.tile.vectors]
            following += [
                self._product(f, one, column, total)
                for column, total in zip(columns, own, strict=True)
            ]
        return following

    def _columns(self, f: Function, line: Value, vector: int) -> Value:
        """A vector of columns; of the last one only what is there."""
        tile, lanes = self.tile, self.vector.lanes
        address = f.address(line, self.vector.element, index(vector * lanes))
        if vector == tile.vectors - 1 and tile.active < lanes:
            return masked_load(f, address, self.vector, tile.active)
        return f.load(address, self.vector)

    def _product(self, f: Function, a: Value, b: Value, total: Value) -> Value:
        if not self.absorbs:
            return multiplied(f, a, b, total)
        zero = literal(0, self.vector)
        both = f.binary("and", f.compare("fcmp une", a, zero), f.compare("fcmp une", b, zero))
        return multiplied(f, kept(f, both, a), kept(f, both, b), total)
