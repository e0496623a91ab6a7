"""Exponential, logarithm, hyperbolic tangent and powers, on any number of lanes.

float32 is computed by polynomials of our own (least squares on Chebyshev nodes, weighted until the
errors are level), with the same operations on one lane as on sixteen, so that an element's bits do
not depend on where in an array it stands. All else goes through the C library, lane by lane.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.fuse.group import NotNativeError
from chainrule.render.builder import Function, Type, Value, literal

# q in eʳ = 1 + r + r²·q(r) for |r| ≤ ln(2)/2, highest power first.
EXP = (0.001381453825, 0.008368745446, 0.04166838899, 0.16666521132, 0.49999994040)
# q in ln(1 + r) = r − r²/2 + r³·q(r) for √½ ≤ 1 + r ≤ √2.
LOG = (
    *(0.06746601313, -0.1167564094, 0.1188817471, -0.1240559146, 0.1421955079),
    *(-0.1666799635, 0.2000211924, -0.2500000894, 0.3333331347),
)
# q in tanh x = x + x³·q(x²) for |x| ≤ 0.625.
TANH = (0.002142958809, -0.008177394978, 0.02170070074, -0.05394676328, 0.1333320588, -0.3333333135)
LOG2_E = 1.4426950408889634
LN2_HIGH = 0.693145751953125
LN2_LOW = 1.4286068203094172e-06
# Beyond these, eˣ is ∞ or 0 in float32.
LARGEST, SMALLEST = 89.0, -104.0
SMALLEST_NORMAL = 2.0**-126
ROOT_HALF_BITS = 0x3F3504F3


def exp(f: Function, x: Value) -> Value:
    """The exponential: eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and r = x − n·ln 2; NaN stays NaN."""
    if x.type.element != "float":
        return library(f, "exp", x)
    bounded = _bounded(f, x)
    n = f.intrinsic("rint", f.binary("fmul", bounded, literal(LOG2_E, x.type)))
    r = _fma(f, n, literal(-LN2_HIGH, x.type), bounded)
    r = _fma(f, n, literal(-LN2_LOW, x.type), r)
    tail = f.binary("fmul", _polynomial(f, r, EXP), f.binary("fmul", r, r))
    whole = f.binary("fadd", f.binary("fadd", tail, r), literal(1.0, x.type))
    return f.select(f.compare("fcmp uno", x, x), x, _scaled(f, whole, n))


def _bounded(f: Function, x: Value) -> Value:
    """`x` moved between `SMALLEST` and `LARGEST`; the largest in place of NaN."""
    least, most = literal(SMALLEST, x.type), literal(LARGEST, x.type)
    above = f.select(f.compare("fcmp olt", x, least), least, x)
    return f.select(f.compare("fcmp ugt", above, most), most, above)


def _scaled(f: Function, y: Value, n: Value) -> Value:
    """y·2ⁿ in two steps, so that the factors are normal numbers and the result is rounded once."""
    whole = f.cast("fptosi", n, "i32")
    half = f.binary("ashr", whole, literal(1, whole.type))
    rest = f.binary("sub", whole, half)
    return f.binary("fmul", f.binary("fmul", y, _power_of_two(f, half)), _power_of_two(f, rest))


def _power_of_two(f: Function, n: Value) -> Value:
    biased = f.binary("add", n, literal(127, n.type))
    return f.cast("bitcast", f.binary("shl", biased, literal(23, n.type)), "float")


def log(f: Function, x: Value) -> Value:
    """The logarithm: ln x = n·ln 2 + ln(1 + r) with x = 2ⁿ·(1 + r) and √½ ≤ 1 + r < √2."""
    if x.type.element != "float":
        return library(f, "log", x)
    tiny = f.compare("fcmp olt", x, literal(SMALLEST_NORMAL, x.type))
    normal = f.select(tiny, f.binary("fmul", x, literal(2.0**23, x.type)), x)
    n, r = _split(f, normal)
    n = f.binary("fsub", n, f.select(tiny, literal(23.0, x.type), literal(0.0, x.type)))
    square = f.binary("fmul", r, r)
    tail = f.binary("fmul", f.binary("fmul", square, r), _polynomial(f, r, LOG))
    tail = _fma(f, square, literal(-0.5, x.type), tail)
    tail = _fma(f, n, literal(LN2_LOW, x.type), tail)
    result = _fma(f, n, literal(LN2_HIGH, x.type), f.binary("fadd", r, tail))
    return _log_at_the_edge(f, x, result)


def _split(f: Function, x: Value) -> tuple[Value, Value]:
    """The parts n and r of x = 2ⁿ·(1 + r), for a normal positive x."""
    bits = f.cast("bitcast", x, "i32")
    shift = literal(23, bits.type)
    n = f.binary("ashr", f.binary("sub", bits, literal(ROOT_HALF_BITS, bits.type)), shift)
    mantissa = f.cast("bitcast", f.binary("sub", bits, f.binary("shl", n, shift)), "float")
    return f.cast("sitofp", n, "float"), f.binary("fsub", mantissa, literal(1.0, x.type))


def _log_at_the_edge(f: Function, x: Value, result: Value) -> Value:
    """`result`, but ln 0 = −∞, ln ∞ = ∞, and NaN for what is negative or NaN."""
    zero, infinity = literal(0.0, x.type), literal(np.inf, x.type)
    result = f.select(f.compare("fcmp oeq", x, infinity), infinity, result)
    result = f.select(f.compare("fcmp oeq", x, zero), literal(-np.inf, x.type), result)
    return f.select(f.compare("fcmp ult", x, zero), literal(np.nan, x.type), result)


def tanh(f: Function, x: Value) -> Value:
    """The hyperbolic tangent: tanh x = x + x³·q(x²) for small x, else ±(1 − 2 / (e²ˣ + 1))."""
    if x.type.element != "float":
        return library(f, "tanh", x)
    size = f.intrinsic("fabs", x)
    one, two = literal(1.0, x.type), literal(2.0, x.type)
    square = f.binary("fmul", x, x)
    near = _fma(f, f.binary("fmul", square, x), _polynomial(f, square, TANH), x)
    power = f.binary("fadd", exp(f, f.binary("fmul", size, two)), one)
    far = f.binary("fsub", one, f.binary("fdiv", two, power))
    small = f.compare("fcmp olt", size, literal(0.625, x.type))
    return f.intrinsic("copysign", f.select(small, near, far), x)


def power(f: Function, a: Value, b: Value) -> Value:
    """Power aᵇ of floating numbers.

    Errors: `NotNativeError` for integers.
    """
    if not a.type.is_floating:
        raise NotNativeError("Power of integers has no native kernel yet")
    return library(f, "pow", a, b)


def _fma(f: Function, a: Value, b: Value, c: Value) -> Value:
    """a·b + c, rounded once."""
    return f.intrinsic("fma", a, b, c)


def _polynomial(f: Function, x: Value, coefficients: Sequence[float]) -> Value:
    """The polynomial with `coefficients`, highest power first, by Horner's rule."""
    result = literal(coefficients[0], x.type)
    for coefficient in coefficients[1:]:
        result = _fma(f, result, x, literal(coefficient, x.type))
    return result


def library(f: Function, name: str, *operands: Value) -> Value:
    """The function `name` of the C library in double precision, lane by lane."""
    type_ = operands[0].type
    if type_.lanes == 1:
        wide = [_widened(f, x) for x in operands]
        return _narrowed(f, f.call(name, Type("double"), *wide), type_.element)
    result = Value("poison", type_)
    for lane in range(type_.lanes):
        parts = [f.emit(f"extractelement {x}, i32 {lane}", Type(type_.element)) for x in operands]
        one = library(f, name, *parts)
        result = f.emit(f"insertelement {result}, {one}, i32 {lane}", type_)
    return result


def _widened(f: Function, x: Value) -> Value:
    return x if x.type.element == "double" else f.cast("fpext", x, "double")


def _narrowed(f: Function, x: Value, element: str) -> Value:
    return x if element == "double" else f.cast("fptrunc", x, element)
