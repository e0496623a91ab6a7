"""Samplers of `chainrule.build.primitives.power`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.power import Power, Sqrt, Square
from tests.build.samples.draw import (
    POSITIVE,
    REAL,
    broadcastable,
    elementwise,
    elementwise_calls,
    integers,
)
from tests.build.samples.sampler import Call, Sampler


@st.composite
def integer_powers(draw: st.DrawFn) -> Call:
    a, b = draw(broadcastable(2))
    return Call(Power(), (draw(integers(a, -5, 6, "int32")), draw(integers(b, 0, 9, "int32"))))


SAMPLERS = [
    elementwise(Square, REAL),
    elementwise(Sqrt, POSITIVE),
    Sampler(Power, st.one_of(elementwise_calls(Power(), POSITIVE, REAL), integer_powers())),
]
