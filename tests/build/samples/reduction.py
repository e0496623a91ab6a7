"""Samplers of `chainrule.build.primitives.reduction`."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from chainrule.array.shape import Shape
from chainrule.build.primitives.reduction import ArgMax, ArgMin, Prod, ReduceMax, ReduceMin
from chainrule.build.tensor import Array
from tests.build.samples.draw import axes_of, bools, distinct, integers, reals, shapes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def extremes(draw: st.DrawFn, primitive: type[ReduceMax | ReduceMin]) -> Call:
    """Extremes without ties, where they have a derivative; only bools have one of no elements."""
    shape = draw(shapes())
    axes = draw(axes_of(len(shape)))
    full = tuple(max(length, 1) if axis in axes else length for axis, length in enumerate(shape))
    return Call(
        primitive(axes), (draw(st.one_of(distinct(full), integers(full, -9, 9), bools(shape))),)
    )


@st.composite
def places(draw: st.DrawFn, primitive: type[ArgMax | ArgMin]) -> Call:
    shape = draw(shapes(least=1))
    axis = draw(st.integers(0, len(shape) - 1))
    full = (*shape[:axis], max(shape[axis], 1), *shape[axis + 1 :])
    return Call(primitive(axis), (draw(numbers(full)),))


def numbers(shape: Shape) -> SearchStrategy[Array]:
    return st.one_of(distinct(shape), integers(shape, 0, 3, "int32"), bools(shape))


@st.composite
def prods(draw: st.DrawFn) -> Call:
    shape = draw(shapes(least=1))
    x = draw(st.one_of(reals(shape), integers(shape, -3, 3, "int32")))
    return Call(Prod(draw(st.integers(0, len(shape) - 1))), (x,))


SAMPLERS = [
    Sampler(ReduceMax, extremes(ReduceMax)),
    Sampler(ReduceMin, extremes(ReduceMin)),
    Sampler(Prod, prods()),
    Sampler(ArgMax, places(ArgMax)),
    Sampler(ArgMin, places(ArgMin)),
]
