"""Numbers of a matrix brought near 1, so that their squares are neither lost nor infinite.

The factor is a power of two, which rounds nothing. A matrix that is not finite is taken as zero,
and its results are lost: NaN is added to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.render.builder import Value, index, literal
from chainrule.render.floats import bits, from_bits
from chainrule.render.rows import Matrix

# The bits of an exponent: all others cleared, a positive number is the power of two below it.
EXPONENT = {"float": 0x7F800000, "double": 0x7FF0000000000000}


@dataclass(frozen=True)
class Scaled:
    """The elements of a matrix divided by `size`; `lost` is NaN where it is not finite, else 0."""

    matrix: Matrix
    get: Callable[[Value, Value], Value]
    size: Value
    lost: Value

    def element(self, i: Value, j: Value) -> Value:
        """Return an element, divided."""
        f = self.matrix.f
        is_lost = f.compare("fcmp uno", self.lost, self.lost)
        return f.select(is_lost, self.matrix.number(0), f.binary("fdiv", self.get(i, j), self.size))

    def back(self, x: Value) -> Value:
        """Return a result as large as it should be, or NaN."""
        f = self.matrix.f
        return f.binary("fadd", f.binary("fmul", self.size, x), self.lost)


def scaled(matrix: Matrix, rows: int, columns: int, get: Callable[[Value, Value], Value]) -> Scaled:
    """Return the elements that `get` gives, as they should be computed with."""
    f = matrix.f
    with f.loop(index(0), index(rows), 1, [matrix.number(0)]) as i:
        with f.loop(index(0), index(columns), 1, i.carried) as j:
            x = f.intrinsic("fabs", get(i.index, j.index))
            (most,) = j.carried
            larger = f.compare("fcmp ogt", x, most)
            j.next = [f.select(f.binary("or", larger, f.compare("fcmp uno", x, x)), x, most)]
        i.next = j.carried
    (most,) = i.carried
    lost = f.binary("fsub", most, most)
    whole = bits(f, most)
    power = from_bits(f, f.binary("and", whole, literal(EXPONENT[most.type.element], whole.type)))
    fits = f.binary("fmul", lost, power)  # 0 where the power is a number to divide by
    usable = f.compare("fcmp oeq", fits, matrix.number(0))
    positive = f.compare("fcmp ogt", power, matrix.number(0))
    size = f.select(f.binary("and", usable, positive), power, matrix.number(1))
    return Scaled(matrix, get, size, lost)
