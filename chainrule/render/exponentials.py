"""The exponential and what is made of it: eˣ, eˣ − 1, hyperbolic functions, the logistic one."""

from __future__ import annotations

import math
from typing import NamedTuple

from chainrule.render.builder import Function, Value, literal
from chainrule.render.coefficients import EXP, EXPM1, TANH
from chainrule.render.floats import (
    Parts,
    at_least,
    at_most,
    fma,
    in_double,
    nearest,
    negative,
    polynomial,
    power_of_two,
    times_power_of_two,
)
from chainrule.render.mathematics import by_library

LOG2_E = 1.4426950408889634
LN_2 = (0.6931471805599453, 2.3190468138462996e-17)
# The first and the last number whose power eˣ is neither too small nor too large for the type.
ENDS = {
    "float": (-87.33654022216797, 88.72283172607422),
    "double": (-708.3964185322641, 709.782712893384),
}
# Below the first eˣ − 1 is −1, above the second ∞.
EXPM1_ENDS = {"float": (-18.0, 89.0), "double": (-38.0, 710.0)}
# From here on tanh x is 1.
TANH_IS_ONE = {"float": 10.0, "double": 20.0}
TANH_CENTER = 0.625


class Reduced(NamedTuple):
    """The parts of x = n·ln 2 + r with |r| ≤ ln(2)/2; n as a number and as bits."""

    n: Value
    bits: Value
    r: Value


def _reduce(f: Function, x: Value) -> Reduced:
    n, bits = nearest(f, x, LOG2_E)
    ln_2, minus_n = Parts.of(LN_2, x.type), negative(f, n)
    r = fma(f, minus_n, ln_2.low, fma(f, minus_n, ln_2.high, x))
    return Reduced(n, bits, r)


def exp(f: Function, x: Value) -> Value:
    """Write eˣ; what is below the smallest number with all its digits is 0, on every machine."""
    least, most = (literal(end, x.type) for end in ENDS[x.type.element])
    inside = f.select(f.compare("fcmp olt", x, least), literal(0.0, x.type), moderate_exp(f, x))
    beyond = f.binary("fadd", x, literal(math.inf, x.type))
    return f.select(f.compare("fcmp ugt", x, most), beyond, inside)


def moderate_exp(f: Function, x: Value) -> Value:
    """Write eˣ = 2ⁿ·(1 + r·(1 + r·q(r))), n = round(x / ln 2), for a normal result; not for NaN."""
    _, n, r = _reduce(f, x)
    one = literal(1.0, x.type)
    slope = fma(f, r, polynomial(f, r, EXP[x.type.element]), one)
    return times_power_of_two(f, fma(f, r, slope, one), n)


def expm1(f: Function, x: Value) -> Value:
    """Write eˣ − 1 = 2·(2ⁿ⁻¹·p + (2ⁿ⁻¹ − ½)) with p = eʳ − 1; where n is 0 it is p."""
    type_ = x.type
    least, most = EXPM1_ENDS[type_.element]
    n, bits, r = _reduce(f, at_least(f, at_most(f, x, most), least))
    p = fma(f, f.binary("fmul", r, r), polynomial(f, r, EXPM1[type_.element]), r)
    power = power_of_two(f, f.binary("sub", bits, literal(1, bits.type)))
    half = fma(f, power, p, f.binary("fsub", power, literal(0.5, type_)))
    far = f.binary("fadd", half, half)
    near = f.compare("fcmp oeq", n, literal(0.0, type_))
    return f.intrinsic("copysign", f.select(near, p, far), x)


def tanh(f: Function, x: Value) -> Value:
    """Write tanh x = x + x³·q(x²) for small x, else ±(1 − 2 / (e²ˣ + 1))."""
    element = x.type.element
    size, one = f.intrinsic("fabs", x), literal(1.0, x.type)
    square = f.binary("fmul", x, x)
    near = fma(f, f.binary("fmul", square, x), polynomial(f, square, TANH[element]), x)
    bounded = at_most(f, size, TANH_IS_ONE[element])
    power = moderate_exp(f, f.binary("fadd", bounded, bounded))
    ratio = f.binary("fdiv", literal(2.0, x.type), f.binary("fadd", power, one))
    large = f.compare("fcmp oge", size, literal(TANH_CENTER, x.type))
    return f.intrinsic("copysign", f.select(large, f.binary("fsub", one, ratio), near), x)


def sigmoid(f: Function, x: Value) -> Value:
    """Write 1 / (1 + e⁻ˣ), left of 0 as eˣ / (1 + eˣ), which loses no digits there."""
    one = literal(1.0, x.type)
    small = exp(f, negative(f, f.intrinsic("fabs", x)))
    top = f.select(f.compare("fcmp oge", x, literal(0.0, x.type)), one, small)
    return f.binary("fdiv", top, f.binary("fadd", one, small))


@in_double(by_library("sinh"))
def sinh(f: Function, x: Value) -> Value:
    """Write sinh x = ±(y + y / (y + 1)) / 2 with y = e^|x| − 1."""
    y = expm1(f, at_most(f, f.intrinsic("fabs", x), 100.0))
    both = f.binary("fadd", y, f.binary("fdiv", y, f.binary("fadd", y, literal(1.0, x.type))))
    return f.intrinsic("copysign", f.binary("fmul", both, literal(0.5, x.type)), x)


@in_double(by_library("cosh"))
def cosh(f: Function, x: Value) -> Value:
    """Write cosh x = (y + 1 / y) / 2 with y = e^|x|."""
    y = exp(f, at_most(f, f.intrinsic("fabs", x), 100.0))
    both = f.binary("fadd", y, f.binary("fdiv", literal(1.0, x.type), y))
    return f.binary("fmul", both, literal(0.5, x.type))
