"""Samplers of `chainrule.build.primitives.trigonometry`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.trigonometry import (
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atan2,
    Atanh,
    Cos,
    Cosh,
    Hypot,
    Sin,
    Sinc,
    Sinh,
    Tan,
    Tanh,
)
from tests.build.samples.draw import POSITIVE, REAL, Domain, elementwise, reals, shapes
from tests.build.samples.sampler import Call, Sampler

INSIDE = Domain(-0.9, 0.9, special=(0.0,))


@st.composite
def sincs(draw: st.DrawFn) -> Call:
    return Call(Sinc(draw(st.integers(0, 3))), (draw(reals(draw(shapes()))),))


SAMPLERS = [
    elementwise(Sin, REAL),
    elementwise(Cos, REAL),
    elementwise(Tan, Domain(-1.2, 1.2, special=(0.0,))),
    elementwise(Asin, INSIDE),
    elementwise(Acos, INSIDE),
    elementwise(Atan, REAL),
    elementwise(Sinh, REAL),
    elementwise(Cosh, REAL),
    elementwise(Tanh, REAL),
    elementwise(Asinh, REAL),
    elementwise(Acosh, Domain(1.2, 4.0, special=(2.0,))),
    elementwise(Atanh, INSIDE),
    Sampler(Sinc, sincs()),
    elementwise(Hypot, REAL, POSITIVE),
    elementwise(Atan2, REAL, POSITIVE),
]
