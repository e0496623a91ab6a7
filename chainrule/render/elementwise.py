"""How each elementwise primitive is computed on lanes of values; a table, one line a primitive."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.array.dtype import DType, bool_, is_floating
from chainrule.build.primitives import (
    comparison,
    elementwise,
    exponential,
    extremum,
    power,
    rounding,
    trigonometry,
)
from chainrule.build.tensor import Primitive
from chainrule.render import mathematics
from chainrule.render.builder import Function, Value, literal

Emitter = Callable[..., Value]

ELEMENTS = {
    "float32": "float",
    "float64": "double",
    "bool": "i1",
    "int8": "i8",
    "uint8": "i8",
    "int16": "i16",
    "uint16": "i16",
    "int32": "i32",
    "uint32": "i32",
    "int64": "i64",
    "uint64": "i64",
}


def element_of(dtype: DType) -> str:
    """Return LLVM's element type for `dtype`."""
    return ELEMENTS[dtype.name]


def arithmetic(floating: str, integer: str) -> Emitter:
    def emit(f: Function, dtype: DType, a: Value, b: Value) -> Value:
        return f.binary(floating if a.type.is_floating else integer, a, b)

    return emit


def comparison_of(floating: str, signed: str, unsigned: str) -> Emitter:
    def emit(f: Function, dtype: DType, a: Value, b: Value) -> Value:
        if a.type.is_floating:
            return f.compare(f"fcmp {floating}", a, b)
        return f.compare(f"icmp {unsigned if dtype.kind in 'ub' else signed}", a, b)

    return emit


def library(name: str) -> Emitter:
    def emit(f: Function, dtype: DType, *operands: Value) -> Value:
        return mathematics.library(f, name, *operands)

    return emit


def intrinsic(name: str) -> Emitter:
    def emit(f: Function, dtype: DType, *operands: Value) -> Value:
        return f.intrinsic(name, *operands)

    return emit


def exp(f: Function, dtype: DType, x: Value) -> Value:
    return mathematics.exp(f, x) if x.type.element == "float" else mathematics.library(f, "exp", x)


def chain(f: Function, dtype: DType, g: Value, d: Value) -> Value:
    """g·d, and 0 where either is 0: a NaN is not equal to 0, so it is kept."""
    product = f.binary("fmul", g, d)
    zero = literal(0.0, g.type)
    live = f.binary("and", f.compare("fcmp une", g, zero), f.compare("fcmp une", d, zero))
    return f.select(live, product, zero)


def negative(f: Function, dtype: DType, x: Value) -> Value:
    if x.type.is_floating:
        return f.emit(f"fneg {x}", x.type)
    return f.binary("sub", literal(0, x.type), x)


def where(f: Function, dtype: DType, condition: Value, a: Value, b: Value) -> Value:
    return f.select(condition, a, b)


def larger(condition: str, integers: str) -> Emitter:
    """The larger or the smaller of two; a NaN on either side is the result."""

    def emit(f: Function, dtype: DType, a: Value, b: Value) -> Value:
        if not a.type.is_floating:
            order = "icmp u" if dtype.kind in "ub" else "icmp s"
            return f.select(f.compare(order + integers, a, b), a, b)
        chosen = f.select(f.compare(f"fcmp {condition}", a, b), a, b)
        return f.select(f.compare("fcmp uno", a, a), a, chosen)

    return emit


def sign(f: Function, dtype: DType, x: Value) -> Value:
    zero, one = literal(0, x.type), literal(1, x.type)
    compare = "fcmp o" if x.type.is_floating else "icmp s"
    up = f.select(f.compare(f"{compare}gt", x, zero), one, x)
    return f.select(f.compare(f"{compare}lt", x, zero), literal(-1, x.type), up)


def absolute(f: Function, dtype: DType, x: Value) -> Value:
    if x.type.is_floating:
        return f.intrinsic("fabs", x)
    if dtype.kind in "ub":
        return x
    below = f.compare("icmp slt", x, literal(0, x.type))
    return f.select(below, negative(f, dtype, x), x)


def sigmoid(f: Function, dtype: DType, x: Value) -> Value:
    small = exp(f, dtype, f.emit(f"fneg {f.intrinsic('fabs', x)}", x.type))
    one = literal(1.0, x.type)
    top = f.select(f.compare("fcmp oge", x, literal(0.0, x.type)), one, small)
    return f.binary("fdiv", top, f.binary("fadd", one, small))


def is_nan(f: Function, dtype: DType, x: Value) -> Value:
    return f.compare("fcmp uno", x, x)


def is_inf(f: Function, dtype: DType, x: Value) -> Value:
    return f.compare("fcmp oeq", f.intrinsic("fabs", x), literal(np.inf, x.type))


def bitwise(operation: str) -> Emitter:
    def emit(f: Function, dtype: DType, a: Value, b: Value) -> Value:
        return f.binary(operation, a, b)

    return emit


def invert(f: Function, dtype: DType, x: Value) -> Value:
    ones = "true" if x.type.element == "i1" else "-1"
    text = ones if x.type.lanes == 1 else f"splat ({x.type.element} {ones})"
    return f.binary("xor", x, Value(text, x.type))


def converted(f: Function, source: DType, x: Value, target: DType) -> Value:
    """Return `x` as another data type, as NumPy's `astype` does."""
    to = element_of(target)
    if source == target:
        return x
    if target == bool_:
        return f.compare("fcmp une" if is_floating(source) else "icmp ne", x, literal(0, x.type))
    unsigned = source.kind in "ub"
    if is_floating(source):
        if is_floating(target):
            return f.cast("fpext" if target.itemsize > source.itemsize else "fptrunc", x, to)
        return f.cast("fptoui" if target.kind == "u" else "fptosi", x, to)
    if is_floating(target):
        return f.cast("uitofp" if unsigned else "sitofp", x, to)
    if target.itemsize > source.itemsize or source == bool_:
        return f.cast("zext" if unsigned else "sext", x, to)
    return x if target.itemsize == source.itemsize else f.cast("trunc", x, to)


EMITTERS: dict[type[Primitive], Emitter] = {
    elementwise.Add: arithmetic("fadd", "add"),
    elementwise.Subtract: arithmetic("fsub", "sub"),
    elementwise.Multiply: arithmetic("fmul", "mul"),
    elementwise.Divide: arithmetic("fdiv", "sdiv"),
    elementwise.Negative: negative,
    elementwise.Chain: chain,
    elementwise.Where: where,
    comparison.Equal: comparison_of("oeq", "eq", "eq"),
    comparison.NotEqual: comparison_of("une", "ne", "ne"),
    comparison.Less: comparison_of("olt", "slt", "ult"),
    comparison.LessEqual: comparison_of("ole", "sle", "ule"),
    comparison.IsNan: is_nan,
    comparison.IsInf: is_inf,
    comparison.And: bitwise("and"),
    comparison.Or: bitwise("or"),
    comparison.Xor: bitwise("xor"),
    comparison.Invert: invert,
    exponential.Exp: exp,
    exponential.Expm1: library("expm1"),
    exponential.Log: library("log"),
    exponential.Log1p: library("log1p"),
    exponential.Sqrt: intrinsic("sqrt"),
    exponential.Sigmoid: sigmoid,
    extremum.Abs: absolute,
    extremum.Maximum: larger("ogt", "gt"),
    extremum.Minimum: larger("olt", "lt"),
    power.Power: library("pow"),
    power.Atan2: library("atan2"),
    rounding.Floor: intrinsic("floor"),
    rounding.Ceil: intrinsic("ceil"),
    rounding.Trunc: intrinsic("trunc"),
    rounding.Round: intrinsic("rint"),
    rounding.Sign: sign,
    trigonometry.Sin: library("sin"),
    trigonometry.Cos: library("cos"),
    trigonometry.Tan: library("tan"),
    trigonometry.Asin: library("asin"),
    trigonometry.Acos: library("acos"),
    trigonometry.Atan: library("atan"),
    trigonometry.Sinh: library("sinh"),
    trigonometry.Cosh: library("cosh"),
    trigonometry.Tanh: library("tanh"),
    trigonometry.Asinh: library("asinh"),
    trigonometry.Acosh: library("acosh"),
    trigonometry.Atanh: library("atanh"),
}
