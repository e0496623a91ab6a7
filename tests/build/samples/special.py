"""Samplers of `chainrule.build.primitives.special`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.special import Erf, Erfc, Erfinv, Lgamma, Polygamma
from tests.build.samples.draw import REAL, Domain, elementwise, reals, shapes
from tests.build.samples.sampler import Call, Sampler

INSIDE = Domain(-0.9, 0.9, special=(0.0, 0.5))
# Away from the poles at 0 and at the negative integers, where a finite difference sees nothing.
GAMMA = Domain(0.3, 15.0, special=(1.0, 2.0, -0.5, -1.6))


@st.composite
def polygammas(draw: st.DrawFn) -> Call:
    return Call(Polygamma(draw(st.integers(0, 3))), (draw(reals(draw(shapes()), GAMMA)),))


SAMPLERS = [
    elementwise(Erf, REAL),
    elementwise(Erfc, REAL),
    elementwise(Erfinv, INSIDE),
    elementwise(Lgamma, GAMMA),
    Sampler(Polygamma, polygammas()),
]
