"""Numbers on lanes that formulas can be written in, in double precision.

An operator writes one instruction. Where a formula has pieces, all of them are computed and the
right one is selected, lane by lane.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chainrule.render.builder import Function, Value, literal


@dataclass(frozen=True)
class Number:
    """A value on lanes, of the function that is being written."""

    f: Function
    value: Value

    def __add__(self, other: Number | float) -> Number:
        return self._with("fadd", other)

    def __radd__(self, other: float) -> Number:
        return self.constant(other) + self

    def __sub__(self, other: Number | float) -> Number:
        return self._with("fsub", other)

    def __rsub__(self, other: float) -> Number:
        return self.constant(other) - self

    def __mul__(self, other: Number | float) -> Number:
        return self._with("fmul", other)

    def __rmul__(self, other: float) -> Number:
        return self.constant(other) * self

    def __truediv__(self, other: Number | float) -> Number:
        return self._with("fdiv", other)

    def __rtruediv__(self, other: float) -> Number:
        return self.constant(other) / self

    def __neg__(self) -> Number:
        return Number(self.f, self.f.emit(f"fneg {self.value}", self.value.type))

    def __abs__(self) -> Number:
        return self.by("fabs")

    def __lt__(self, other: Number | float) -> Value:
        return self._compared("olt", other)

    def is_equal(self, other: Number | float) -> Value:
        """Tell where the two are equal."""
        return self._compared("oeq", other)

    def constant(self, number: float) -> Number:
        """Return `number` on as many lanes."""
        return Number(self.f, literal(number, self.value.type))

    def by(self, name: str, *others: Number) -> Number:
        """Return LLVM's intrinsic function of that name."""
        return Number(self.f, self.f.intrinsic(name, self.value, *(x.value for x in others)))

    def of(self, function: Callable[[Function, Value], Value]) -> Number:
        """Return an elementary function of the number, such as `logarithms.log`."""
        return Number(self.f, function(self.f, self.value))

    def _other(self, other: Number | float) -> Number:
        return other if isinstance(other, Number) else self.constant(other)

    def _with(self, operation: str, other: Number | float) -> Number:
        return Number(self.f, self.f.binary(operation, self.value, self._other(other).value))

    def _compared(self, condition: str, other: Number | float) -> Value:
        return self.f.compare(f"fcmp {condition}", self.value, self._other(other).value)


Formula = Callable[[Number], Number]


def in_double(f: Function, name: str, formula: Formula, x: Value) -> Value:
    """Write `formula` as a function of its own, called `name`, and call it with `x` widened."""
    wide = x if x.type.element == "double" else f.cast("fpext", x, "double")
    y = f.inner(name, lambda inside, given: formula(Number(inside, given)).value, wide)
    return y if x.type.element == "double" else f.cast("fptrunc", y, x.type.element)


def chosen(condition: Value, a: Number, b: Number | float) -> Number:
    """Return `a` where the condition holds, else `b`."""
    other = b if isinstance(b, Number) else a.constant(b)
    return Number(a.f, a.f.select(condition, a.value, other.value))


def between(x: Number, bounds: Sequence[float], pieces: Sequence[Formula]) -> Number:
    """Return the first piece of x below the first bound, the next one from there on, …

    There is one more piece than bounds. NaN is the last one's.
    """
    result = pieces[-1](x)
    for bound, piece in zip(reversed(bounds), reversed(pieces[:-1]), strict=True):
        result = chosen(x < bound, piece(x), result)
    return result


def polynomial(coefficients: Sequence[float], x: Number) -> Number:
    """Return Σ c_k x^(n−k), the highest power first, by Horner's scheme."""
    result = x.constant(coefficients[0])
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result


def ratio(coefficients: tuple[Sequence[float], Sequence[float]], x: Number) -> Number:
    """Return the quotient of two polynomials, numerator and denominator."""
    numerator, denominator = coefficients
    return polynomial(numerator, x) / polynomial(denominator, x)
