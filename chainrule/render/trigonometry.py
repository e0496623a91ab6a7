"""Sine, cosine, tangent and their inverses: float32 by polynomials in float64, else the library."""

from __future__ import annotations

import math

from chainrule.render.builder import Function, Value, literal
from chainrule.render.coefficients import ATAN, COS, SIN
from chainrule.render.floats import (
    Unary,
    bits,
    fma,
    from_bits,
    in_double,
    nearest,
    negative,
    polynomial,
    unless,
)
from chainrule.render.mathematics import by_library

HALF_PI = (1.5707963267948966, 6.123233995736766e-17)
# Up to here x − n·π/2 is right to more than float32's digits with π/2 in two parts: the difference
# from the first is free of error, n times what is left of π/2 behind the second is below 2⁻⁶⁹, and
# no float32 but 0 lies nearer to n·π/2 than 2⁻²⁹ (all of them were looked at).
REDUCIBLE = 2.0**40


def _waves(f: Function, x: Value) -> tuple[Value, Value, Value]:
    """The sine and cosine of r, and n in the last bits, where x = n·π/2 + r and |r| ≤ π/4."""
    n, quarters = nearest(f, x, 2 / math.pi)
    minus_n = negative(f, n)
    r = fma(f, minus_n, literal(HALF_PI[0], x.type), x)
    r = fma(f, minus_n, literal(HALF_PI[1], x.type), r)
    square, one = f.binary("fmul", r, r), literal(1.0, x.type)
    # A product, not r plus a small rest: the sign of −0 survives, and float64 has digits to spare.
    sine = f.binary("fmul", r, fma(f, square, polynomial(f, square, SIN), one))
    inner = fma(f, square, polynomial(f, square, COS), literal(-0.5, x.type))
    return sine, fma(f, square, inner, one), quarters


def _odd(f: Function, quarters: Value) -> Value:
    last = f.binary("and", quarters, literal(1, quarters.type))
    return f.compare("icmp ne", last, literal(0, last.type))


def _shifted_sine(f: Function, x: Value, shift: int) -> Value:
    """sin(x + shift·π/2)."""
    sine, cosine, quarters = _waves(f, x)
    quarters = f.binary("add", quarters, literal(shift, quarters.type))
    wave = f.select(_odd(f, quarters), cosine, sine)
    second = f.binary("and", quarters, literal(2, quarters.type))
    sign = f.binary("shl", second, literal(62, quarters.type))
    return from_bits(f, f.binary("xor", bits(f, wave), sign))


@in_double(by_library("sin"))
def _sin(f: Function, x: Value) -> Value:
    return _shifted_sine(f, x, 0)


@in_double(by_library("cos"))
def _cos(f: Function, x: Value) -> Value:
    return _shifted_sine(f, x, 1)


@in_double(by_library("tan"))
def _tan(f: Function, x: Value) -> Value:
    sine, cosine, quarters = _waves(f, x)
    odd = _odd(f, quarters)
    top, bottom = f.select(odd, cosine, sine), f.select(odd, negative(f, sine), cosine)
    return f.binary("fdiv", top, bottom)


def _reducible(f: Function, name: str, formula: Unary, x: Value) -> Value:
    """`formula` where x is not so large that n·π/2 needs more digits, there the library."""
    if x.type.element == "double":
        return formula(f, x)
    large = f.compare("fcmp oge", f.intrinsic("fabs", x), literal(REDUCIBLE, x.type))
    return unless(f, large, formula(f, x), lambda: by_library(name)(f, x))


def sin(f: Function, x: Value) -> Value:
    """Write sin x."""
    return _reducible(f, "sin", _sin, x)


def cos(f: Function, x: Value) -> Value:
    """Write cos x."""
    return _reducible(f, "cos", _cos, x)


def tan(f: Function, x: Value) -> Value:
    """Write tan x = sin x / cos x."""
    return _reducible(f, "tan", _tan, x)


def _arc(f: Function, x: Value) -> Value:
    """The arc tangent: x + x³·q(x²) where |x| ≤ 1, else ±(π/2 − atan(1/|x|))."""
    size, one = f.intrinsic("fabs", x), literal(1.0, x.type)
    far = f.compare("fcmp ogt", size, one)
    t = f.select(far, f.binary("fdiv", one, size), size)
    square = f.binary("fmul", t, t)
    near = f.binary("fmul", t, fma(f, square, polynomial(f, square, ATAN), one))
    beyond = f.binary("fsub", literal(HALF_PI[0], x.type), near)
    return f.intrinsic("copysign", f.select(far, beyond, near), x)


@in_double(by_library("atan"))
def atan(f: Function, x: Value) -> Value:
    """Write atan x."""
    return _arc(f, x)


@in_double(by_library("asin"))
def asin(f: Function, x: Value) -> Value:
    """Write asin x = atan(x / √((1 − x)·(1 + x))); NaN beyond ±1."""
    one = literal(1.0, x.type)
    product = f.binary("fmul", f.binary("fsub", one, x), f.binary("fadd", one, x))
    return _arc(f, f.binary("fdiv", x, f.intrinsic("sqrt", product)))


@in_double(by_library("acos"))
def acos(f: Function, x: Value) -> Value:
    """Write acos x = 2·atan(√((1 − x) / (1 + x))); NaN beyond ±1."""
    one = literal(1.0, x.type)
    ratio = f.binary("fdiv", f.binary("fsub", one, x), f.binary("fadd", one, x))
    half = _arc(f, f.intrinsic("sqrt", ratio))
    return f.binary("fadd", half, half)
