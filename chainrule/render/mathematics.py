"""Exponential, logarithm, hyperbolic tangent and logistic function, on any number of lanes.

float32 is computed by polynomials of our own (least squares on Chebyshev nodes, weighted until the
errors are level), with the same operations on one lane as on sixteen, so that an element's bits do not
depend on where in an array it stands. Everything else goes through the C library, lane by lane.
"""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.render.builder import Function, Type, Value, literal

# q in eʳ = 1 + r + r²·q(r) for |r| ≤ ln(2)/2, highest power first.
EXP = (0.001381453825, 0.008368745446, 0.04166838899, 0.16666521132, 0.49999994040)
LOG2_E = 1.4426950408889634
LN2_HIGH = 0.693145751953125
LN2_LOW = 1.4286068203094172e-06
LARGEST, SMALLEST = 89.0, -104.0


def fma(f: Function, a: Value, b: Value, c: Value) -> Value:
    """a·b + c, rounded once."""
    return f.intrinsic("fma", a, b, c)


def polynomial(f: Function, x: Value, coefficients: Sequence[float]) -> Value:
    """The polynomial with `coefficients`, highest power first, by Horner's rule."""
    result = literal(coefficients[0], x.type)
    for coefficient in coefficients[1:]:
        result = fma(f, result, x, literal(coefficient, x.type))
    return result


def exp(f: Function, x: Value) -> Value:
    """eˣ = 2ⁿ·eʳ with n = round(x / ln 2) and r = x − n·ln 2; NaN stays NaN."""
    bounded = f.select(
        f.compare("fcmp olt", x, literal(SMALLEST, x.type)), literal(SMALLEST, x.type), x
    )
    bounded = f.select(
        f.compare("fcmp ogt", bounded, literal(LARGEST, x.type)), literal(LARGEST, x.type), bounded
    )
    n = f.intrinsic("rint", f.binary("fmul", bounded, literal(LOG2_E, x.type)))
    r = fma(f, n, literal(-LN2_HIGH, x.type), bounded)
    r = fma(f, n, literal(-LN2_LOW, x.type), r)
    tail = f.binary("fmul", polynomial(f, r, EXP), f.binary("fmul", r, r))
    whole = f.binary("fadd", f.binary("fadd", tail, r), literal(1.0, x.type))
    result = _scaled(f, whole, n)
    unordered = f.compare("fcmp uno", x, x)
    return f.select(unordered, x, result)


def _scaled(f: Function, y: Value, n: Value) -> Value:
    """y·2ⁿ in two steps, so that the factors are normal numbers."""
    safe = f.select(f.compare("fcmp uno", n, n), literal(0.0, n.type), n)
    whole = f.cast("fptosi", safe, "i32")
    half = f.binary("ashr", whole, literal(1, whole.type))
    rest = f.binary("sub", whole, half)
    return f.binary("fmul", f.binary("fmul", y, _power_of_two(f, half)), _power_of_two(f, rest))


def _power_of_two(f: Function, n: Value) -> Value:
    biased = f.binary("add", n, literal(127, n.type))
    return f.cast("bitcast", f.binary("shl", biased, literal(23, n.type)), "float")


def library(f: Function, name: str, *operands: Value) -> Value:
    """The function `name` of the C library in double precision, lane by lane."""
    type_ = operands[0].type
    double = Type("double")
    if type_.lanes == 1:
        wide = [_widened(f, x) for x in operands]
        return _narrowed(f, f.call(name, double, *wide), type_.element)
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
