"""Samplers of `chainrule.build.primitives.extremum`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.extremum import Abs, Maximum, Minimum
from tests.build.samples.draw import Domain, broadcastable, elementwise, integers
from tests.build.samples.sampler import Call, Sampler


@st.composite
def pairs(draw: st.DrawFn, primitive: type[Maximum | Minimum]) -> Call:
    """Even and odd eighths, which never tie; and integers, which may."""
    first, second = draw(broadcastable(2))
    a, b = draw(integers(first, -12, 12)), draw(integers(second, -12, 12))
    return Call(primitive(), draw(st.sampled_from(((a / 4, b / 4 + 1 / 8), (a, b)))))


SAMPLERS = [
    elementwise(Abs, Domain(kinks=(0.0,))),
    Sampler(Maximum, pairs(Maximum)),
    Sampler(Minimum, pairs(Minimum)),
]
