"""Data types in LLVM's words, and the conversion of values from one to another."""

from __future__ import annotations

from functools import cache

from chainrule.array.dtype import DType, bool_, is_floating
from chainrule.render.builder import Function, Value, literal

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


@cache
def element_of(dtype: DType) -> str:
    """Return LLVM's element type for `dtype`."""
    return ELEMENTS[dtype.name]


def memory_of(dtype: DType) -> str:
    """Return the element type of `dtype` in memory: bools are bytes there."""
    return "i8" if dtype == bool_ else element_of(dtype)


def converted(f: Function, source: DType, x: Value, target: DType) -> Value:
    """Return `x` as another data type, as `chainrule.array.conversion` defines it."""
    if source == target:
        return x
    if target == bool_:
        return f.compare("fcmp une" if is_floating(source) else "icmp ne", x, literal(0, x.type))
    if is_floating(source):
        return _from_floating(f, source, x, target)
    if is_floating(target):
        return f.cast("sitofp" if source.kind == "i" else "uitofp", x, element_of(target))
    return _resized(f, x, element_of(target), source.kind == "i")


def _from_floating(f: Function, source: DType, x: Value, target: DType) -> Value:
    if is_floating(target):
        longer = target.itemsize > source.itemsize
        return f.cast("fpext" if longer else "fptrunc", x, element_of(target))
    whole = x.type.of(element_of(target))
    name = "fptosi" if target.kind == "i" else "fptoui"
    return f.call(f"llvm.{name}.sat.{whole.mangled}.{x.type.mangled}", whole, x)


def _resized(f: Function, x: Value, element: str, signed: bool) -> Value:
    if x.type.element == element:
        return x
    if bits(x.type.element) > bits(element):
        return f.cast("trunc", x, element)
    return f.cast("sext" if signed else "zext", x, element)


def bits(element: str) -> int:
    """Return how many bits an integer type has."""
    return int(element[1:])
