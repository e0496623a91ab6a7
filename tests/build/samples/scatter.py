"""Samplers of `chainrule.build.primitives.scatter`."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from chainrule.build.primitives.indexing import Gather, Scatter
from chainrule.build.primitives.scatter import ScatterMax, ScatterMin, ScatterMultiply
from tests.build.samples.draw import distinct, integers
from tests.build.samples.indexing import scatters
from tests.build.samples.sampler import Call, Sampler


@st.composite
def coverings(draw: st.DrawFn, scatter: type[Scatter]) -> Call:
    """Scatters that reach every place: elsewhere stands ±∞, which no finite difference measures."""
    length, extra = draw(st.sampled_from((1, 2, 5))), draw(st.integers(0, 4))
    row = draw(st.sampled_from(((), (3,))))
    places = np.concatenate([np.arange(length), draw(integers((extra,), -length, length))])
    index = draw(st.permutations(places.tolist()))
    x = draw(distinct((length + extra, *row)))
    return Call(scatter((length, *row), Gather((0,))), (x, np.array(index)))


SAMPLERS = [
    Sampler(ScatterMultiply, scatters(ScatterMultiply)),
    Sampler(ScatterMax, coverings(ScatterMax)),
    Sampler(ScatterMin, coverings(ScatterMin)),
]
