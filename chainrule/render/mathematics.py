"""Functions of the C library, in double precision, lane by lane; and powers, which are made so."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.render.builder import Function, Type, Value


def power(f: Function, a: Value, b: Value) -> Value:
    """Power aᵇ of floating numbers; those of integers are lines of their own, see `powers`."""
    return library(f, "pow", a, b)


def by_library(name: str) -> Callable[..., Value]:
    """Return what writes the function `name` of the C library."""

    def emit(f: Function, *operands: Value) -> Value:
        return library(f, name, *operands)

    return emit


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
