"""The absorbing zero in matrix products: what is all zeros leaves no trace, whatever it meets.

A product whose sums are numbers is left alone. Where one of them is NaN, it is noted which k, m and
n are live (have anything but zeros); the sums are made again over the live k, and are 0 where the
row of A or the column of B is all zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.plan.kernel import Buffer, Product, View
from chainrule.render.builder import POINTER, Function, Type, Value, index, literal
from chainrule.render.conversion import element_of

BYTE = Type("i8")
NO, YES = literal(0, BYTE), literal(1, BYTE)


class Live:
    """The notes of one thread on one matrix: whether there are any, then on each k, m and n.

    They lie on the thread's own stack; `width` is how many n are looked at together at most.
    """

    def __init__(
        self, f: Function, kernel: Product, bases: Mapping[Buffer, Value], width: int
    ) -> None:
        self.f, self.a, self.b, self.bases = f, kernel.a, kernel.b, bases
        self.element = element_of(kernel.a.buffer.dtype)
        self.height, self.depth = kernel.a.shape[-2:]
        self.rows, self.columns = index(1 + self.depth), index(1 + self.depth + self.height)
        size = 1 + self.depth + self.height + kernel.b.shape[-1] + width
        self.base = f.emit(f"alloca i8, i64 {size}", POINTER)

    def forget(self) -> None:
        """Another matrix begins: nothing is noted on it yet."""
        self.f.store(NO, self.base)

    def take_note(self, offsets: Mapping[View, Value]) -> None:
        """Note which k, m and n are live, unless that was done for this matrix."""
        f, a, b = self.f, self.a, self.b
        todo = f.compare("icmp eq", f.load(self.base, BYTE), NO)
        with f.loop(index(0), f.cast("zext", todo, "i64")):
            f.store(YES, self.base)
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
        place = self.f.address(self.base, "i8", start, at)
        self.f.store(self.f.cast("zext", live, "i8"), place)

    def mask(self, k: Value, lanes: int) -> Value:
        """Whether k is live, in every lane."""
        return self.f.splat(self._noted(index(1), k), lanes)

    def reached(self, row: Value, column: Value, total: Value) -> Value:
        """The sums of a row of the tile, 0 where the row of A or the column of B is all zeros."""
        lanes = total.type.lanes
        own = self.f.splat(self._noted(self.rows, row), lanes)
        both = self.f.binary("and", own, self._noted(self.columns, column, lanes))
        return kept(self.f, both, total)

    def _noted(self, start: Value, at: Value, lanes: int = 1) -> Value:
        """Whether what was noted there, one or several side by side, is live."""
        place = self.f.address(self.base, "i8", start, at)
        noted = self.f.load(place, Type("i8", lanes))
        return self.f.compare("icmp ne", noted, literal(0, noted.type))


def kept(f: Function, mask: Value, x: Value) -> Value:
    """Return `x` where the mask holds, else 0."""
    return f.select(mask, x, literal(0, x.type))
