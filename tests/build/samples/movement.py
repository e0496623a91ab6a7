"""Samplers of `chainrule.build.primitives.movement`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.array.shape import Shape
from chainrule.build.primitives.movement import Concatenate, Flip, Place, Slice, Transpose
from tests.build.samples.draw import axes_of, integers, lengths, reals, shapes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def transposes(draw: st.DrawFn) -> Call:
    shape = draw(shapes(most=4))
    axes = draw(st.permutations(range(len(shape))))
    return Call(Transpose(tuple(axes)), (draw(reals(shape)),))


@st.composite
def flips(draw: st.DrawFn) -> Call:
    shape = draw(shapes())
    x = draw(st.one_of(reals(shape), integers(shape, 0, 9)))
    return Call(Flip(draw(axes_of(len(shape)))), (x,))


@st.composite
def slices_of(draw: st.DrawFn, shape: Shape) -> Slice:
    """Slices of an array of `shape`, empty ones included."""
    parts = [draw(_part(length)) for length in shape]
    start, length, step = zip(*parts, strict=True) if parts else ((), (), ())
    return Slice(start, length, step)


@st.composite
def _part(draw: st.DrawFn, length: int) -> tuple[int, int, int]:
    start = draw(st.integers(0, max(length - 1, 0)))
    step = draw(st.integers(1, 3))
    fitting = -(-(length - start) // step)
    return start, draw(st.integers(0, fitting)), step


@st.composite
def slices(draw: st.DrawFn) -> Call:
    shape = draw(shapes())
    return Call(draw(slices_of(shape)), (draw(reals(shape)),))


@st.composite
def places(draw: st.DrawFn) -> Call:
    shape = draw(shapes())
    part = draw(slices_of(shape))
    fill = draw(st.sampled_from([0, 1.5, -2.0]))
    return Call(Place(shape, part, fill), (draw(reals(part.length)),))


@st.composite
def concatenations(draw: st.DrawFn) -> Call:
    shape = draw(shapes(least=1))
    axis = draw(st.integers(0, len(shape) - 1))
    count = draw(st.integers(1, 3))
    inputs = [(*shape[:axis], draw(lengths), *shape[axis + 1 :]) for _ in range(count)]
    return Call(Concatenate(axis), tuple(draw(reals(part)) for part in inputs))


SAMPLERS = [
    Sampler(Transpose, transposes()),
    Sampler(Flip, flips()),
    Sampler(Slice, slices()),
    Sampler(Place, places()),
    Sampler(Concatenate, concatenations()),
]
