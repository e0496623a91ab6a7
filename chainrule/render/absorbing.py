"""The absorbing zero in matrix products: what is all zeros leaves no trace, whatever it meets.

A product whose sums are numbers is left alone. Where one of them is NaN, it is noted which k, m and
n are live (have anything but zeros); the sums are made again over the live k, and are 0 where the
row of A or the column of B is all zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.plan.kernel import Buffer, Product, View
from chainrule.render.builder import Function, Type, Value, index, literal
from chainrule.render.conversion import element_of


class Live:
    """The notes of one product in its room: a flag, then a 1 or 0 for each k, m and n."""

    def __init__(self, f: Function, kernel: Product, bases: Mapping[Buffer, Value]) -> None:
        assert kernel.live is not None
        self.f, self.a, self.b, self.bases = f, kernel.a, kernel.b, bases
        self.base = bases[kernel.live]
        self.element = element_of(kernel.live.dtype)
        self.height, self.depth = kernel.a.shape[-2:]
        self.rows, self.columns = index(1 + self.depth), index(1 + self.depth + self.height)

    def take_note(self, offsets: Mapping[View, Value]) -> None:
        """Note which k, m and n are live, unless that was done for this matrix."""
        f, a, b = self.f, self.a, self.b
        done = f.load(self.base, Type(self.element))
        todo = f.compare("fcmp oeq", done, literal(0, done.type))
        with f.loop(index(0), f.cast("zext", todo, "i64")):
            f.store(literal(1, done.type), self.base)
            with f.loop(index(0), index(self.depth)) as k:
                left = self._any(a, f.plus(offsets[a], f.times(k.index, a.strides[-1])), -2)
                right = self._any(b, f.plus(offsets[b], f.times(k.index, b.strides[-2])), -1)
                self._note(index(1), k.index, f.binary("and", left, right))
            with f.loop(index(0), index(self.height)) as m:
                start = f.plus(offsets[a], f.times(m.index, a.strides[-2]))
                self._note(self.rows, m.index, self._any(a, start, -1))
            with f.loop(index(0), index(b.shape[-1])) as n:
                start = f.plus(offsets[b], f.times(n.index, b.strides[-1]))
                self._note(self.columns, n.index, self._any(b, start, -2))

    def _any(self, view: View, start: Value, axis: int) -> Value:
        """Whether a line of `view` along `axis` has anything but zeros."""
        f = self.f
        nothing = literal(0, Type("i1"))
        with f.loop(index(0), index(view.shape[axis]), 1, [nothing]) as loop:
            place = f.plus(start, f.times(loop.index, view.strides[axis]))
            x = f.load(f.address(self.bases[view.buffer], self.element, place), Type(self.element))
            found = f.compare("fcmp une", x, literal(0, x.type))
            loop.next = [f.binary("or", loop.carried[0], found)]
        return loop.carried[0]

    def _note(self, start: Value, at: Value, live: Value) -> None:
        type_ = Type(self.element)
        value = self.f.select(live, literal(1, type_), literal(0, type_))
        self.f.store(value, self.f.address(self.base, self.element, start, at))

    def mask(self, k: Value, lanes: int) -> Value:
        """Whether k is live, in every lane."""
        place = self.f.address(self.base, self.element, index(1), k)
        return self._positive(self.f.splat(self.f.load(place, Type(self.element)), lanes))

    def reached(self, row: Value, column: Value, total: Value) -> Value:
        """The sums of a row of the tile, 0 where the row of A or the column of B is all zeros."""
        f, lanes = self.f, total.type.lanes
        own = f.load(f.address(self.base, self.element, self.rows, row), Type(self.element))
        line = f.address(self.base, self.element, self.columns, column)
        across = self._positive(f.load(line, total.type))
        both = f.binary("and", self._positive(f.splat(own, lanes)), across)
        return kept(f, both, total)

    def _positive(self, x: Value) -> Value:
        return self.f.compare("fcmp ogt", x, literal(0, x.type))


def kept(f: Function, mask: Value, x: Value) -> Value:
    """Return `x` where the mask holds, else 0."""
    return f.select(mask, x, literal(0, x.type))
