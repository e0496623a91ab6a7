"""Samplers of `chainrule.build.primitives.scan`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.scan import (
    ChainRecurrence,
    CumulativeArgMax,
    CumulativeArgMin,
    CumulativeProd,
    CumulativeSum,
    Scan,
)
from tests.build.samples.draw import integers, reals, shapes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def scans(draw: st.DrawFn, primitive: type[Scan]) -> Call:
    shape = draw(shapes(least=1))
    x = draw(st.one_of(reals(shape), integers(shape, -3, 3, "int32")))
    return Call(primitive(draw(st.integers(0, len(shape) - 1))), (x,))


@st.composite
def recurrences(draw: st.DrawFn) -> Call:
    shape = draw(shapes(least=1))
    axis = draw(st.integers(0, len(shape) - 1))
    return Call(ChainRecurrence(axis), (draw(reals(shape)), draw(reals(shape))))


SAMPLERS = [
    Sampler(CumulativeSum, scans(CumulativeSum)),
    Sampler(CumulativeProd, scans(CumulativeProd)),
    Sampler(CumulativeArgMax, scans(CumulativeArgMax)),
    Sampler(CumulativeArgMin, scans(CumulativeArgMin)),
    Sampler(ChainRecurrence, recurrences()),
]
