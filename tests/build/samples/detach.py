"""Sampler of `chainrule.build.primitives.detach`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.detach import Detach
from tests.build.samples.draw import reals, shapes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def detachments(draw: st.DrawFn) -> Call:
    return Call(Detach(), (draw(reals(draw(shapes()))),))


SAMPLERS = [Sampler(Detach, detachments(), constants=(0,))]
