"""Samplers of `chainrule.build.primitives.rounding`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.rounding import (
    Ceil,
    Floor,
    FloorDivide,
    NextAfter,
    Remainder,
    Round,
    Sign,
    Trunc,
)
from tests.build.samples.draw import Domain, broadcastable, elementwise, integers, reals
from tests.build.samples.sampler import Call, Sampler

STEPS = Domain(kinks=range(-3, 4))
DIVISOR = Domain(0.5, 4.0, special=(1.0, 2.0))


@st.composite
def divisions(draw: st.DrawFn, primitive: type[FloorDivide | Remainder]) -> Call:
    """Divisions whose quotient keeps away from the integers, where it jumps."""
    a, b = draw(broadcastable(2))
    if draw(st.booleans()):
        return Call(primitive(), (draw(integers(a, -9, 9)), draw(integers(b, 1, 5))))
    divisor = draw(reals((), DIVISOR)) * draw(st.sampled_from((1.0, -1.0)))
    quotient = draw(integers(a, -4, 4)) + draw(reals(a, Domain(0.1, 0.9)))
    return Call(primitive(), (quotient * divisor, divisor))


SAMPLERS = [
    elementwise(Floor, STEPS),
    elementwise(Ceil, STEPS),
    elementwise(Trunc, STEPS),
    elementwise(Round, Domain(kinks=(-2.5, -1.5, -0.5, 0.5, 1.5, 2.5))),
    elementwise(Sign, Domain(kinks=(0.0,))),
    elementwise(
        NextAfter, Domain(special=(0.0, -0.0)), Domain(special=(0.0, -0.0)), constants=(1,)
    ),
    Sampler(FloorDivide, divisions(FloorDivide)),
    Sampler(Remainder, divisions(Remainder)),
]
