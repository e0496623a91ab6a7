"""The sums of one tile of a convolution: over the taps that meet its place, and k inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chainrule.plan.kernel import Buffer, Convolution
from chainrule.render.absorbing import kept
from chainrule.render.builder import Function, Type, Value, index, literal
from chainrule.render.memory import masked_load
from chainrule.render.products import Tile, multiplied


@dataclass(frozen=True)
class Walk:
    """A way along one axis: how many steps, where it begins in A and B, how far each step goes."""

    count: Value
    start: Value
    beside: Value
    left: int
    right: int


@dataclass(frozen=True)
class Meeting:
    """What is summed in a tile, whose rows of A and columns of B begin at `left` and `right`.

    The order of the sums is the same for each element of each tile: along the axes as they come,
    and k inside. With `absorbs`, products with a zero are left out.
    """

    f: Function
    kernel: Convolution
    bases: Mapping[Buffer, Value]
    tile: Tile
    vector: Type
    walks: Sequence[Walk]
    left: Value
    right: Value
    absorbs: bool = False

    def sums(self, zero: Value) -> list[Value]:
        """Write the sums, a vector a place of the tile."""
        return self.added([zero] * (self.tile.rows * self.tile.vectors))

    def added(self, totals: Sequence[Value]) -> list[Value]:
        """Write the sums, each begun with one of `totals`."""
        left, right = self.left, self.right
        for walk in self.walks:
            left, right = self.f.plus(left, walk.start), self.f.plus(right, walk.beside)
        return self._along(self.walks, left, right, totals)

    def absorbed(self, totals: Sequence[Value]) -> list[Value]:
        """Write the sums again without the products with a zero, if one of `totals` is NaN."""
        f = self.f
        if not self.vector.is_floating:
            return list(totals)
        lost = f.compare("fcmp uno", totals[0], totals[0])
        for total in totals[1:]:
            lost = f.binary("or", lost, f.compare("fcmp uno", total, total))
        any_lost = f.intrinsic("vector.reduce.or", lost, type_=Type("i1"))
        with f.loop(index(0), f.cast("zext", any_lost, "i64"), 1, totals) as again:
            again.next = replace(self, absorbs=True).sums(literal(0, self.vector))
        return again.carried

    def _along(
        self, walks: Sequence[Walk], left: Value, right: Value, totals: Sequence[Value]
    ) -> list[Value]:
        """Write the loops along the axes."""
        if not walks:
            return self._deep(left, right, totals)
        f, (first, *rest) = self.f, walks
        with f.loop(index(0), first.count, 1, totals) as loop:
            here = f.plus(left, f.times(loop.index, first.left))
            there = f.plus(right, f.times(loop.index, first.right))
            loop.next = self._along(rest, here, there, loop.carried)
        return loop.carried

    def _deep(self, left: Value, right: Value, totals: Sequence[Value]) -> list[Value]:
        """Write the loop over k."""
        f, a, b, element = self.f, self.kernel.a, self.kernel.b, self.vector.element
        first = f.address(self.bases[a.buffer], element, left)
        line = f.address(self.bases[b.buffer], element, right)
        if a.shape[-1] == 1:
            return self._step(first, line, totals)
        with f.loop(index(0), index(a.shape[-1]), 1, totals) as k:
            here = f.address(first, element, f.times(k.index, a.strides[-1]))
            there = f.address(line, element, f.times(k.index, b.strides[-2]))
            k.next = self._step(here, there, k.carried)
        return k.carried

    def _step(self, first: Value, line: Value, totals: Sequence[Value]) -> list[Value]:
        """Write the products of one k: each row's number with each vector of columns."""
        following = []
        columns = [self._columns(line, vector) for vector in range(self.tile.vectors)]
        for m in range(self.tile.rows):
            one = self._number(first, m)
            own = totals[m * self.tile.vectors : (m + 1) * self.tile.vectors]
            for column, total in zip(columns, own, strict=True):
                following.append(self._product(one, column, total))
        return following

    def _number(self, first: Value, m: int) -> Value:
        """The number of row `m`, in every lane."""
        place = index(m * self.kernel.a.strides[-2])
        address = self.f.address(first, self.vector.element, place)
        return self.f.splat(self.f.load(address, Type(self.vector.element)), self.vector.lanes)

    def _columns(self, line: Value, vector: int) -> Value:
        """A vector of columns; of the last one only what is there."""
        tile, lanes = self.tile, self.vector.lanes
        address = self.f.address(line, self.vector.element, index(vector * lanes))
        if vector == tile.vectors - 1 and tile.active < lanes:
            return masked_load(self.f, address, self.vector, tile.active)
        return self.f.load(address, self.vector)

    def _product(self, a: Value, b: Value, total: Value) -> Value:
        if not self.absorbs:
            return multiplied(self.f, a, b, total)
        zero = literal(0, self.vector)
        both = self.f.binary(
            "and", self.f.compare("fcmp une", a, zero), self.f.compare("fcmp une", b, zero)
        )
        return multiplied(self.f, kept(self.f, both, a), kept(self.f, both, b), total)
