"""Samplers of `chainrule.build.primitives.comparison`."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from chainrule.array.shape import Shape
from chainrule.build.primitives.comparison import (
    And,
    Equal,
    Invert,
    IsNan,
    Less,
    LessEqual,
    Or,
    ShiftLeft,
    ShiftRight,
    SignBit,
    Xor,
)
from chainrule.build.tensor import Array, Primitive
from tests.build.samples.draw import Domain, bools, broadcastable, elementwise, integers, shapes
from tests.build.samples.sampler import Call, Sampler


def whole(shape: Shape) -> SearchStrategy[Array]:
    """Small whole numbers, many of them equal, as floating numbers."""
    return integers(shape, -2, 3, "float64")


def words(shape: Shape) -> SearchStrategy[Array]:
    return integers(shape, -128, 128, "int8")


def small(shape: Shape) -> SearchStrategy[Array]:
    return integers(shape, 0, 8, "int8")


@st.composite
def pairs(draw: st.DrawFn, primitive: Primitive, *kinds: object) -> Call:
    """Two arrays of one of the kinds; a kind may be a pair, one kind an operand."""
    kind = draw(st.sampled_from(kinds))
    first, second = kind if isinstance(kind, tuple) else (kind, kind)
    a, b = draw(broadcastable(2))
    return Call(primitive, (draw(first(a)), draw(second(b))))


@st.composite
def inversions(draw: st.DrawFn) -> Call:
    shape = draw(shapes())
    return Call(Invert(), (draw(st.one_of(bools(shape), words(shape))),))


SAMPLERS = [
    Sampler(Equal, pairs(Equal(), whole, words, bools)),
    Sampler(Less, pairs(Less(), whole, words)),
    Sampler(LessEqual, pairs(LessEqual(), whole, words)),
    elementwise(IsNan, Domain(special=(float("nan"), float("inf")))),
    elementwise(SignBit, Domain(special=(-0.0, 0.0))),
    Sampler(And, pairs(And(), bools, words)),
    Sampler(Or, pairs(Or(), bools, words)),
    Sampler(Xor, pairs(Xor(), bools, words)),
    Sampler(Invert, inversions()),
    Sampler(ShiftLeft, pairs(ShiftLeft(), (words, small))),
    Sampler(ShiftRight, pairs(ShiftRight(), (words, small))),
]
