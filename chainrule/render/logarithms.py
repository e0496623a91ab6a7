"""The logarithm in its bases, ln(1 + x), and the inverse hyperbolic functions made of it."""

from __future__ import annotations

import math
from typing import NamedTuple

from chainrule.render.builder import Function, Value, literal
from chainrule.render.coefficients import LOG1P
from chainrule.render.floats import (
    FORMATS,
    Parts,
    bits,
    fma,
    from_bits,
    in_double,
    polynomial,
    power_of_two,
)
from chainrule.render.mathematics import by_library

Pair = tuple[float, float]


class Base(NamedTuple):
    """A base b of logarithms: 1 / ln b and ln 2 / ln b, each in two parts."""

    unit: Pair
    octave: Pair


NATURAL = Base((1.0, 0.0), (0.6931471805599453, 2.3190468138462996e-17))
BINARY = Base((1.4426950408889634, 2.0355273740931033e-17), (1.0, 0.0))
DECIMAL = Base(
    (0.4342944819032518, 1.098319650216765e-17), (0.3010299956639812, -2.8037281277851704e-18)
)
# From here on 1 is lost beside x, and so is what 1 + x loses in rounding.
LOST = 60


class Split(NamedTuple):
    """The parts of x = 2ⁿ·(1 + r) with √½ ≤ 1 + r < √2; n as a number and as bits."""

    n: Value
    bits: Value
    r: Value


def _split(f: Function, x: Value) -> Split:
    """The parts of a normal positive number, found in its bits by integer arithmetic."""
    format_, given = FORMATS[x.type.element], bits(f, x)
    root, biased = _root_half(x.type.element), format_.bias << format_.digits
    moved = f.binary("add", given, literal(biased - root, given.type))
    n = f.binary("lshr", moved, literal(format_.digits, given.type))
    fraction = f.binary("and", moved, literal(2**format_.digits - 1, given.type))
    mantissa = from_bits(f, f.binary("add", fraction, literal(root, given.type)))
    # An integer below 2^digits becomes a number by being put behind the point of 2^digits.
    whole = (format_.bias + format_.digits) << format_.digits
    number = from_bits(f, f.binary("or", n, literal(whole, given.type)))
    number = f.binary("fsub", number, literal(2.0**format_.digits + format_.bias, x.type))
    return Split(number, n, f.binary("fsub", mantissa, literal(1.0, x.type)))


def _root_half(element: str) -> int:
    """The bits of √½."""
    format_ = FORMATS[element]
    return ((format_.bias - 1) << format_.digits) + int((math.sqrt(2) - 1) * 2**format_.digits)


def _joined(f: Function, n: Value, r: Value, base: Base) -> Value:
    """The logarithm of 2ⁿ·(1 + r): n·octave + unit·(r − r²/2 + r³·q(r))."""
    unit, octave = Parts.of(base.unit, r.type), Parts.of(base.octave, r.type)
    square = f.binary("fmul", r, r)
    tail = f.binary("fmul", f.binary("fmul", square, r), polynomial(f, r, LOG1P[r.type.element]))
    tail = fma(f, square, literal(-0.5, r.type), tail)
    if base is NATURAL:
        small = f.binary("fadd", r, fma(f, n, octave.low, tail))
    else:
        rest = fma(f, r, unit.low, f.binary("fmul", n, octave.low))
        small = fma(f, r, unit.high, fma(f, tail, unit.high, rest))
    return fma(f, n, octave.high, small)


def _at_the_edge(f: Function, x: Value, result: Value) -> Value:
    """`result`, but ln 0 = −∞, ln ∞ = ∞, and NaN for what is negative or NaN."""
    zero, infinity = literal(0.0, x.type), literal(math.inf, x.type)
    result = f.select(f.compare("fcmp oeq", x, infinity), infinity, result)
    result = f.select(f.compare("fcmp oeq", x, zero), literal(-math.inf, x.type), result)
    return f.select(f.compare("fcmp ult", x, zero), literal(math.nan, x.type), result)


def _logarithm(f: Function, x: Value, base: Base) -> Value:
    format_ = FORMATS[x.type.element]
    tiny = f.compare("fcmp olt", x, literal(format_.smallest, x.type))
    shift = float(format_.digits)
    normal = f.select(tiny, f.binary("fmul", x, literal(2.0**shift, x.type)), x)
    n, _, r = _split(f, normal)
    lowered = f.binary("fsub", n, literal(shift, x.type))
    return _at_the_edge(f, x, _joined(f, f.select(tiny, lowered, n), r, base))


def log(f: Function, x: Value) -> Value:
    """Write ln x."""
    return _logarithm(f, x, NATURAL)


def log2(f: Function, x: Value) -> Value:
    """Write the logarithm to base 2; powers of 2 give integers."""
    return _logarithm(f, x, BINARY)


def log10(f: Function, x: Value) -> Value:
    """Write the logarithm to base 10."""
    return _logarithm(f, x, DECIMAL)


def log1p(f: Function, x: Value) -> Value:
    """Write ln(1 + x): 1 + x = u + d without error, u = 2ⁿ·(1 + r), and r + d·2⁻ⁿ in place of r."""
    one = literal(1.0, x.type)
    u = f.binary("fadd", one, x)
    back = f.binary("fsub", u, one)
    d = f.binary("fsub", one, f.binary("fsub", u, back))
    d = f.binary("fadd", d, f.binary("fsub", x, back))
    n, biased, r = _split(f, u)
    r = fma(f, d, _inverse_power(f, biased), r)
    result = _at_the_edge(f, u, _joined(f, n, r, NATURAL))
    return f.intrinsic("copysign", result, x)


def _inverse_power(f: Function, biased: Value) -> Value:
    """2⁻ⁿ for n + bias, but 2^−LOST for larger n."""
    bias = FORMATS["float" if biased.type.element == "i32" else "double"].bias
    most = literal(bias + LOST, biased.type)
    bounded = f.select(f.compare("icmp ult", biased, most), biased, most)
    return power_of_two(f, f.binary("sub", literal(bias, biased.type), bounded))


@in_double(by_library("asinh"))
def asinh(f: Function, x: Value) -> Value:
    """Write asinh x = ±ln(1 + (a + a² / (1 + √(1 + a²)))) with a = |x|."""
    a, one = f.intrinsic("fabs", x), literal(1.0, x.type)
    square = f.binary("fmul", a, a)
    root = f.intrinsic("sqrt", f.binary("fadd", one, square))
    ratio = f.binary("fdiv", square, f.binary("fadd", one, root))
    # For a = ∞ the ratio is ∞/∞.
    infinite = f.compare("fcmp oeq", a, literal(math.inf, x.type))
    sum_ = f.select(infinite, a, f.binary("fadd", a, ratio))
    return f.intrinsic("copysign", log1p(f, sum_), x)


@in_double(by_library("acosh"))
def acosh(f: Function, x: Value) -> Value:
    """Write acosh x = ln(1 + (t + √(t·(t + 2)))) with t = x − 1; below 1 it is NaN."""
    t = f.binary("fsub", x, literal(1.0, x.type))
    product = f.binary("fmul", t, f.binary("fadd", t, literal(2.0, x.type)))
    result = log1p(f, f.binary("fadd", t, f.intrinsic("sqrt", product)))
    below = f.compare("fcmp olt", t, literal(0.0, x.type))
    return f.select(below, literal(math.nan, x.type), result)


@in_double(by_library("atanh"))
def atanh(f: Function, x: Value) -> Value:
    """Write atanh x = ±½·ln(1 + 2a / (1 − a)) with a = |x|."""
    a = f.intrinsic("fabs", x)
    ratio = f.binary("fdiv", f.binary("fadd", a, a), f.binary("fsub", literal(1.0, x.type), a))
    result = f.binary("fmul", literal(0.5, x.type), log1p(f, ratio))
    return f.intrinsic("copysign", result, x)
