"""How each elementwise primitive is computed on lanes of values; a table, one line a primitive."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from chainrule.array.dtype import DType
from chainrule.build.primitives import (
    comparison,
    elementwise,
    exponential,
    extremum,
    power,
    rounding,
    special,
    trigonometry,
)
from chainrule.build.tensor import Primitive
from chainrule.fuse.group import NotNativeError
from chainrule.render import (
    division,
    error_function,
    exponentials,
    gamma,
    logarithms,
    mathematics,
    special as specials,
    trigonometry as angles,
)
from chainrule.render.builder import Function, Value, literal
from chainrule.render.neighbors import next_after

Emitter = Callable[..., Value]


def emit(f: Function, primitive: Primitive, dtype: DType, operands: Sequence[Value]) -> Value:
    """Write `primitive` of operands that hold `dtype`.

    Errors: `NotNativeError` where the table has no line for it.
    """
    kind = type(primitive)
    if kind in EMITTERS:
        return EMITTERS[kind](f, *operands)
    if kind in BY_SIGN:
        return BY_SIGN[kind](f, dtype.kind == "i", *operands)
    match primitive:
        case special.Polygamma(order):
            return gamma.polygamma(f, order, *operands)
        case trigonometry.Sinc(order):
            return specials.sinc(f, order, *operands)
    raise NotNativeError(f"{kind.__name__} has no native kernel yet")


def _arithmetic(floating: str, integer: str) -> Emitter:
    def emit(f: Function, a: Value, b: Value) -> Value:
        return f.binary(floating if a.type.is_floating else integer, a, b)

    return emit


def _bitwise(operation: str) -> Emitter:
    def emit(f: Function, a: Value, b: Value) -> Value:
        return f.binary(operation, a, b)

    return emit


def _intrinsic(name: str) -> Emitter:
    def emit(f: Function, *operands: Value) -> Value:
        return f.intrinsic(name, *operands)

    return emit


def _chain(f: Function, g: Value, d: Value) -> Value:
    """g·d, with 0 in place of the NaN of 0·∞ and 0·NaN."""
    product, zero = f.binary("fmul", g, d), literal(0.0, g.type)
    absorbing = f.binary("or", _equal(f, g, zero), _equal(f, d, zero))
    lost = f.binary("and", f.compare("fcmp uno", product, product), absorbing)
    return f.select(lost, zero, product)


def _negative(f: Function, x: Value) -> Value:
    if x.type.is_floating:
        return f.emit(f"fneg {x}", x.type)
    return f.binary("sub", literal(0, x.type), x)


def _square(f: Function, x: Value) -> Value:
    return f.binary("fmul" if x.type.is_floating else "mul", x, x)


def _where(f: Function, condition: Value, a: Value, b: Value) -> Value:
    return f.select(condition, a, b)


def _equal(f: Function, a: Value, b: Value) -> Value:
    return f.compare("fcmp oeq" if a.type.is_floating else "icmp eq", a, b)


def _log_add_exp(f: Function, a: Value, b: Value) -> Value:
    """ln(eᵃ + eᵇ) = max(a, b) + ln(1 + e^−|a − b|), where they are equal a + ln 2."""
    gap = f.intrinsic("fabs", f.binary("fsub", a, b))
    rest = logarithms.log1p(f, exponentials.exp(f, f.emit(f"fneg {gap}", a.type)))
    apart = f.binary("fadd", extreme(f, "gt", True, a, b), rest)
    same = f.binary("fadd", a, literal(math.log(2.0), a.type))
    return f.select(_equal(f, a, b), same, apart)


def _is_nan(f: Function, x: Value) -> Value:
    return f.compare("fcmp uno", x, x) if x.type.is_floating else literal(0, x.type.of("i1"))


def _sign_bit(f: Function, x: Value) -> Value:
    bits = f.cast("bitcast", x, "i32" if x.type.element == "float" else "i64")
    return f.compare("icmp slt", bits, literal(0, bits.type))


def _invert(f: Function, x: Value) -> Value:
    return f.binary("xor", x, literal(1 if x.type.element == "i1" else -1, x.type))


def _ordered(condition: str) -> Emitter:
    def emit(f: Function, signed: bool, a: Value, b: Value) -> Value:
        return f.compare(division.order(a, signed) + condition, a, b)

    return emit


def _extreme(condition: str) -> Emitter:
    def emit(f: Function, signed: bool, a: Value, b: Value) -> Value:
        return extreme(f, condition, signed, a, b)

    return emit


def extreme(f: Function, condition: str, signed: bool, a: Value, b: Value) -> Value:
    """The larger (`gt`) or the smaller (`lt`) of two; a NaN on either side is the result."""
    chosen = f.select(f.compare(division.order(a, signed) + condition, a, b), a, b)
    if not a.type.is_floating:
        return chosen
    return f.select(f.compare("fcmp uno", a, a), a, chosen)


def _sign(f: Function, signed: bool, x: Value) -> Value:
    zero, order = literal(0, x.type), division.order(x, signed)
    up = f.select(f.compare(f"{order}gt", x, zero), literal(1, x.type), x)
    if not x.type.is_floating and not signed:
        return up
    both = f.select(f.compare(f"{order}lt", x, zero), literal(-1, x.type), up)
    return f.select(_equal(f, x, zero), zero, both)


def _absolute(f: Function, signed: bool, x: Value) -> Value:
    if x.type.is_floating:
        return f.intrinsic("fabs", x)
    if not signed:
        return x
    return f.select(f.compare("icmp slt", x, literal(0, x.type)), _negative(f, x), x)


EMITTERS: dict[type[Primitive], Emitter] = {
    elementwise.Add: _arithmetic("fadd", "add"),
    elementwise.Subtract: _arithmetic("fsub", "sub"),
    elementwise.Multiply: _arithmetic("fmul", "mul"),
    elementwise.Divide: _bitwise("fdiv"),
    elementwise.Negative: _negative,
    elementwise.Chain: _chain,
    elementwise.Where: _where,
    comparison.Equal: _equal,
    comparison.IsNan: _is_nan,
    comparison.SignBit: _sign_bit,
    comparison.And: _bitwise("and"),
    comparison.Or: _bitwise("or"),
    comparison.Xor: _bitwise("xor"),
    comparison.Invert: _invert,
    comparison.ShiftLeft: division.shift_left,
    exponential.Exp: exponentials.exp,
    exponential.Expm1: exponentials.expm1,
    exponential.Log: logarithms.log,
    exponential.Log1p: logarithms.log1p,
    exponential.Log2: logarithms.log2,
    exponential.Log10: logarithms.log10,
    exponential.LogAddExp: _log_add_exp,
    exponential.Sigmoid: exponentials.sigmoid,
    power.Power: mathematics.power,
    power.Square: _square,
    power.Sqrt: _intrinsic("sqrt"),
    special.Erf: error_function.erf,
    special.Erfc: error_function.erfc,
    special.Erfinv: specials.erfinv,
    special.Lgamma: mathematics.by_library("lgamma"),
    rounding.Floor: _intrinsic("floor"),
    rounding.Ceil: _intrinsic("ceil"),
    rounding.Trunc: _intrinsic("trunc"),
    rounding.Round: _intrinsic("rint"),
    rounding.NextAfter: next_after,
    trigonometry.Sin: angles.sin,
    trigonometry.Cos: angles.cos,
    trigonometry.Tan: angles.tan,
    trigonometry.Asin: angles.asin,
    trigonometry.Acos: angles.acos,
    trigonometry.Atan: angles.atan,
    trigonometry.Sinh: exponentials.sinh,
    trigonometry.Cosh: exponentials.cosh,
    trigonometry.Tanh: exponentials.tanh,
    trigonometry.Asinh: logarithms.asinh,
    trigonometry.Acosh: logarithms.acosh,
    trigonometry.Atanh: logarithms.atanh,
    trigonometry.Hypot: mathematics.by_library("hypot"),
    trigonometry.Atan2: mathematics.by_library("atan2"),
}

# Those for which integers with and without a sign differ.
BY_SIGN: dict[type[Primitive], Emitter] = {
    comparison.Less: _ordered("lt"),
    comparison.LessEqual: _ordered("le"),
    comparison.ShiftRight: division.shift_right,
    extremum.Abs: _absolute,
    extremum.Maximum: _extreme("gt"),
    extremum.Minimum: _extreme("lt"),
    rounding.Sign: _sign,
    rounding.FloorDivide: division.floor_divide,
    rounding.Remainder: division.remainder,
}
