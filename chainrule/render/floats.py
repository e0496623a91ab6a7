"""Steps that the elementary functions share, on any number of lanes of float32 or float64.

Nothing here depends on how many lanes there are, nor on the machine; what is added and multiplied
is so in the same order everywhere, so that an element's bits do not depend on where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import NamedTuple

import numpy as np

from chainrule.render.builder import Function, Type, Value, index, literal

Unary = Callable[[Function, Value], Value]


class Format(NamedTuple):
    """A floating format: sign, exponent with a bias, and `digits` bits behind the point."""

    integer: str
    digits: int
    bias: int

    @property
    def shifter(self) -> float:
        """Added to a number, it leaves the nearest integer in the last bits: 3/2·2^digits."""
        return 1.5 * 2.0**self.digits

    @property
    def smallest(self) -> float:
        """The smallest number with all its digits."""
        return 2.0 ** (1 - self.bias)


FORMATS = {"float": Format("i32", 23, 127), "double": Format("i64", 52, 1023)}


class Parts(NamedTuple):
    """A constant as high + low: each as the format holds it, together with twice its digits."""

    high: Value
    low: Value

    @classmethod
    def of(cls, pair: tuple[float, float], type_: Type) -> Parts:
        """Return the constant that two numbers of float64 make up, for this type."""
        high, low = pair
        if type_.element == "float":
            high = float(np.float32(high))
            low = pair[0] - high
        return cls(literal(high, type_), literal(low, type_))


def fma(f: Function, a: Value, b: Value, c: Value) -> Value:
    """Write a·b + c, rounded once."""
    return f.intrinsic("fma", a, b, c)


def negative(f: Function, x: Value) -> Value:
    """Write −x."""
    return f.emit(f"fneg {x}", x.type)


def polynomial(f: Function, x: Value, coefficients: Sequence[float]) -> Value:
    """Write the polynomial with `coefficients`, highest power first, by Horner's rule."""
    result = literal(coefficients[0], x.type)
    for coefficient in coefficients[1:]:
        result = fma(f, result, x, literal(coefficient, x.type))
    return result


def at_most(f: Function, x: Value, most: float) -> Value:
    """Write the smaller of `x` and `most`; NaN stays NaN."""
    bound = literal(most, x.type)
    return f.select(f.compare("fcmp olt", bound, x), bound, x)


def at_least(f: Function, x: Value, least: float) -> Value:
    """Write the larger of `x` and `least`; NaN stays NaN."""
    bound = literal(least, x.type)
    return f.select(f.compare("fcmp ogt", bound, x), bound, x)


def bits(f: Function, x: Value) -> Value:
    """Write the bits of a floating number as an integer."""
    return f.cast("bitcast", x, FORMATS[x.type.element].integer)


def from_bits(f: Function, x: Value) -> Value:
    """Write the floating number with these bits."""
    return f.cast("bitcast", x, "float" if x.type.element == "i32" else "double")


def nearest(f: Function, x: Value, factor: float) -> tuple[Value, Value]:
    """Write the integer n nearest to x·factor, |n| < 2^(digits − 2), as a number and as bits.

    The bits hold n in their last places, as a two's complement; what stands above is of no use.
    """
    shifter = literal(FORMATS[x.type.element].shifter, x.type)
    shifted = fma(f, x, literal(factor, x.type), shifter)
    return f.binary("fsub", shifted, shifter), bits(f, shifted)


def power_of_two(f: Function, n: Value) -> Value:
    """Write 2ⁿ for an n in the last bits of an integer, where that is a normal number."""
    format_ = FORMATS["float" if n.type.element == "i32" else "double"]
    biased = f.binary("add", n, literal(format_.bias, n.type))
    return from_bits(f, f.binary("shl", biased, literal(format_.digits, n.type)))


def times_power_of_two(f: Function, x: Value, n: Value) -> Value:
    """Write x·2ⁿ for an n in the last bits of an integer, where x and the result are normal."""
    shifted = f.binary("shl", n, literal(FORMATS[x.type.element].digits, n.type))
    return from_bits(f, f.binary("add", bits(f, x), shifted))


def in_double(library: Unary) -> Callable[[Unary], Unary]:
    """Make a formula in float64 the way of float32; float64 itself goes through `library`."""

    def decorate(formula: Unary) -> Unary:
        @wraps(formula)
        def emit(f: Function, x: Value) -> Value:
            if x.type.element == "double":
                return library(f, x)
            return f.cast("fptrunc", formula(f, f.cast("fpext", x, "double")), "float")

        return emit

    return decorate


def unless(f: Function, mask: Value, usual: Value, rare: Callable[[], Value]) -> Value:
    """Write `usual`, but `rare()` where `mask` holds; that is only run where any lane needs it."""
    one = mask if mask.type.lanes == 1 else _any(f, mask)
    with f.loop(index(0), f.cast("zext", one, "i64"), 1, [usual]) as loop:
        loop.next = [f.select(mask, rare(), usual)]
    return loop.carried[0]


def _any(f: Function, mask: Value) -> Value:
    return f.intrinsic("vector.reduce.or", mask, type_=Type("i1"))
