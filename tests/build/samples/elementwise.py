"""Samplers of `chainrule.build.primitives.elementwise`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.array.dtype import float64, int32
from chainrule.build.primitives.elementwise import (
    Add,
    Astype,
    Chain,
    Divide,
    Multiply,
    Negative,
    Subtract,
    Where,
)
from tests.build.samples.draw import (
    POSITIVE,
    REAL,
    bools,
    broadcastable,
    elementwise,
    integers,
    reals,
    shapes,
)
from tests.build.samples.sampler import Call, Sampler


@st.composite
def conversions(draw: st.DrawFn) -> Call:
    shape = draw(shapes())
    dtype = draw(st.sampled_from((float64, int32)))
    x = draw(st.one_of(reals(shape), integers(shape, -9, 9)))
    return Call(Astype(dtype), (x,))


@st.composite
def selections(draw: st.DrawFn) -> Call:
    condition, a, b = draw(broadcastable(3))
    return Call(Where(), (draw(bools(condition)), draw(reals(a)), draw(reals(b))))


SAMPLERS = [
    # To float32 and back loses digits that a finite difference needs; see test_convert.py.
    Sampler(Astype, conversions()),
    elementwise(Chain, REAL, REAL),
    elementwise(Add, REAL, REAL),
    elementwise(Subtract, REAL, REAL),
    elementwise(Multiply, REAL, REAL),
    elementwise(Divide, REAL, POSITIVE),
    elementwise(Negative, REAL),
    Sampler(Where, selections()),
]
