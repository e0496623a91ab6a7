"""Samplers of `chainrule.build.primitives.broadcast`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.array.shape import broadcast, size_of
from chainrule.build.primitives.broadcast import Broadcast, Reshape, Sum
from tests.build.samples.draw import axes_of, broadcastable, integers, reals, shapes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def reshapes(draw: st.DrawFn) -> Call:
    shape = draw(shapes())
    size = size_of(shape)
    flat, column, split = (size,), (1, size, 1), (2, size // 2) if size % 2 == 0 else (size, 1)
    target = draw(st.sampled_from((flat, column, split, shape[::-1])))
    return Call(Reshape(target), (draw(reals(shape)),))


@st.composite
def broadcasts(draw: st.DrawFn) -> Call:
    narrow, wide = draw(broadcastable(2))
    return Call(Broadcast(broadcast(narrow, wide)), (draw(reals(narrow)),))


@st.composite
def sums(draw: st.DrawFn) -> Call:
    shape = draw(shapes())
    x = draw(st.one_of(reals(shape), integers(shape, -9, 9, "int32")))
    return Call(Sum(draw(axes_of(len(shape)))), (x,))


SAMPLERS = [
    Sampler(Reshape, reshapes()),
    Sampler(Broadcast, broadcasts()),
    Sampler(Sum, sums()),
]
