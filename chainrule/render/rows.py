"""A matrix in memory, and what algorithms do with its rows.

    get, put          one element
    dot               Σ_j x_j y_j
    gram              xᵀx, yᵀy, xᵀy
    add               x ← x + f·y
    scale             x ← f·x
    swap              x ↔ y
    rotate            x, y ← x − s·(y + t·x), y + s·(x − t·y)

Rows lie contiguous; a view that does not can be copied, element by element.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from chainrule.array.dtype import DType
from chainrule.build.primitives.broadcast import Sum
from chainrule.render.builder import Function, Loop, Type, Value, index, literal
from chainrule.render.conversion import element_of
from chainrule.render.floats import negative
from chainrule.render.lanes import across

Step = Callable[["Lanes", list[Value]], list[Value]]


@dataclass(frozen=True)
class Lanes:
    """Elements side by side from column `at` on; with a mask, only those for which it holds."""

    at: Value
    mask: Value | None


@dataclass(frozen=True)
class Matrix:
    """The element (i, j) lies at `base` + i·row + j·column; `lanes` fill a vector."""

    f: Function
    base: Value
    dtype: DType
    row: int
    column: int
    lanes: int

    @property
    def mT(self) -> Matrix:
        """The transposed matrix, in the same place."""
        return replace(self, row=self.column, column=self.row)

    @property
    def scalar(self) -> Type:
        """The type of an element."""
        return Type(element_of(self.dtype))

    def address(self, i: Value, j: Value) -> Value:
        """Return where the element (i, j) lies."""
        f = self.f
        offset = f.plus(f.times(i, self.row), f.times(j, self.column))
        return f.address(self.base, self.scalar.element, offset)

    def get(self, i: Value, j: Value) -> Value:
        """Load the element (i, j)."""
        return self.f.load(self.address(i, j), self.scalar)

    def put(self, value: Value, i: Value, j: Value) -> None:
        """Store the element (i, j)."""
        self.f.store(value, self.address(i, j))

    def load(self, i: Value, at: Lanes) -> Value:
        """Load lanes of row i; those that are masked are 0."""
        type_, place = Type(self.scalar.element, self.lanes), self.address(i, at.at)
        if at.mask is None:
            return self.f.load(place, type_)
        name = f"llvm.masked.load.{type_.mangled}.p0"
        return self.f.call(name, type_, place, at.mask, literal(0, type_))

    def store(self, value: Value, i: Value, at: Lanes) -> None:
        """Store lanes of row i."""
        place = self.address(i, at.at)
        if at.mask is None:
            self.f.store(value, place)
            return
        name = f"llvm.masked.store.{value.type.mangled}.p0"
        self.f.call(name, Type("void"), value, place, at.mask)

    def each(
        self, start: Value, stop: Value, step: Step, carried: Sequence[Value] = ()
    ) -> list[Value]:
        """Write `step` for the columns from `start` up to `stop`, whole vectors, then the rest."""
        f, lanes = self.f, self.lanes
        count = f.binary("sub", stop, start)
        rest = f.binary("and", count, index(lanes - 1))
        whole = f.binary("sub", stop, rest)
        with f.loop(start, whole, lanes, carried) as loop:
            loop.next = step(Lanes(loop.index, None), list(loop.carried))
        if lanes == 1:
            return loop.carried
        some = f.cast("zext", f.compare("icmp ne", rest, index(0)), "i64")
        with f.loop(index(0), some, 1, loop.carried) as last:
            mask = f.compare("icmp ult", _count_up(lanes), f.splat(rest, lanes))
            last.next = step(Lanes(whole, mask), list(last.carried))
        return last.carried

    def dot(self, i: Value, other: Matrix, j: Value, start: Value, stop: Value) -> Value:
        """Return the product of row i with row j of `other`, between two columns."""
        f = self.f

        def step(at: Lanes, total: list[Value]) -> list[Value]:
            return [f.intrinsic("fmuladd", self.load(i, at), other.load(j, at), total[0])]

        zero = literal(0, Type(self.scalar.element, self.lanes))
        return across(f, Sum(()), self.dtype, self.each(start, stop, step, [zero])[0])

    def gram(self, i: Value, j: Value, stop: Value) -> list[Value]:
        """Return the squared lengths of the rows i and j, and their product, read once."""
        f = self.f

        def step(at: Lanes, totals: list[Value]) -> list[Value]:
            x, y = self.load(i, at), self.load(j, at)
            pairs = zip(((x, x), (y, y), (x, y)), totals, strict=True)
            return [f.intrinsic("fmuladd", a, b, total) for (a, b), total in pairs]

        zero = literal(0, Type(self.scalar.element, self.lanes))
        sums = self.each(index(0), stop, step, [zero] * 3)
        return [across(f, Sum(()), self.dtype, x) for x in sums]

    def add(
        self, i: Value, factor: Value, other: Matrix, j: Value, start: Value, stop: Value
    ) -> None:
        """Add `factor` times row j of `other` to row i."""
        f, wide = self.f, self.f.splat(factor, self.lanes)

        def step(at: Lanes, _: list[Value]) -> list[Value]:
            self.store(f.intrinsic("fmuladd", wide, other.load(j, at), self.load(i, at)), i, at)
            return []

        self.each(start, stop, step)

    def scale(self, i: Value, factor: Value, start: Value, stop: Value) -> None:
        """Multiply row i with `factor`."""
        wide = self.f.splat(factor, self.lanes)

        def step(at: Lanes, _: list[Value]) -> list[Value]:
            self.store(self.f.binary("fmul", wide, self.load(i, at)), i, at)
            return []

        self.each(start, stop, step)

    def swap(self, i: Value, j: Value, stop: Value) -> None:
        """Exchange the rows i and j."""

        def step(at: Lanes, _: list[Value]) -> list[Value]:
            one, other = self.load(i, at), self.load(j, at)
            self.store(one, j, at)
            self.store(other, i, at)
            return []

        self.each(index(0), stop, step)

    def rotate(self, i: Value, j: Value, sine: Value, half: Value, stop: Value) -> None:
        """Turn the rows i and j by an angle, given its sine s and the tangent t of its half.

        They become c·x − s·y and s·x + c·y, since c = 1 − s·t; so a small angle has small errors.
        """
        f = self.f
        s, t = (f.splat(x, self.lanes) for x in (sine, half))
        minus_s, minus_t = (negative(f, x) for x in (s, t))

        def step(at: Lanes, _: list[Value]) -> list[Value]:
            x, y = self.load(i, at), self.load(j, at)
            self.store(f.intrinsic("fmuladd", minus_s, f.intrinsic("fmuladd", t, x, y), x), i, at)
            self.store(f.intrinsic("fmuladd", s, f.intrinsic("fmuladd", minus_t, y, x), y), j, at)
            return []

        self.each(index(0), stop, step)

    def fill(self, rows: int, columns: int, element: Callable[[Value, Value], Value]) -> None:
        """Let every element (i, j) be what `element` gives."""
        with self.f.loop(index(0), index(rows)) as i, self.f.loop(index(0), index(columns)) as j:
            self.put(element(i.index, j.index), i.index, j.index)

    def clear(self, rows: int, columns: int) -> None:
        """Let every element be zero."""
        zero = self.number(0)
        self.fill(rows, columns, lambda *_: zero)

    def number(self, value: float) -> Value:
        """Return a number of the matrix's type."""
        return literal(value, self.scalar)


def _count_up(lanes: int) -> Value:
    """The numbers 0, 1, 2, … in the lanes."""
    listed = ", ".join(f"i64 {lane}" for lane in range(lanes))
    return Value(f"<{listed}>", Type("i64", lanes))


def when(f: Function, condition: Value) -> AbstractContextManager[Loop]:
    """Write what follows for the case that `condition` holds."""
    return f.loop(index(0), f.cast("zext", condition, "i64"))
