"""Samplers of `chainrule.build.primitives.ordering`."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from chainrule.build.primitives.ordering import Argsort, Sort
from tests.build.samples.draw import bools, distinct, integers, shapes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def orderings(draw: st.DrawFn, primitive: type[Argsort | Sort]) -> Call:
    shape = draw(shapes(least=1))
    axis = draw(st.integers(0, len(shape) - 1))
    x = draw(st.one_of(distinct(shape), integers(shape, 0, 4, "uint8"), bools(shape)))
    return Call(primitive(axis, draw(st.booleans())), (x,))


def sampler(primitive: type[Argsort | Sort]) -> Sampler:
    calls: SearchStrategy[Call] = orderings(primitive)
    return Sampler(primitive, calls)


SAMPLERS = [sampler(Argsort), sampler(Sort)]
