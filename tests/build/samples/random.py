"""Samplers of `chainrule.build.primitives.random`."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from chainrule.build.primitives.random import RandomBits
from tests.build.samples.draw import shapes
from tests.build.samples.sampler import Call, Sampler

WORDS = st.integers(0, 2**64 - 1)


@st.composite
def draws(draw: st.DrawFn) -> Call:
    state = np.array([draw(WORDS), draw(WORDS)], np.uint64)
    return Call(RandomBits(draw(shapes())), (state,))


SAMPLERS = [Sampler(RandomBits, draws())]
