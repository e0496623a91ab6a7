"""Samplers of `chainrule.build.primitives.orthogonal`."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from chainrule.build.primitives.orthogonal import QR, SVD, Eigh
from tests.build.samples.draw import reals
from tests.build.samples.matrix import conditioned, definite, fronts, sizes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def wide_or_high(draw: st.DrawFn) -> Call:
    """The first columns, as many as there are rows, are well-conditioned by themselves."""
    m, n, front = draw(sizes), draw(sizes), draw(fronts)
    first = draw(conditioned((*front, m, min(m, n))))
    others = draw(reals((*front, m, n - min(m, n))))
    return Call(QR(), (np.concatenate([first, others], -1),))


@st.composite
def apart(draw: st.DrawFn) -> Call:
    m, n = draw(sizes), draw(sizes)
    return Call(SVD(), (draw(conditioned((*draw(fronts), m, n))),))


@st.composite
def symmetric(draw: st.DrawFn) -> Call:
    n = draw(sizes)
    return Call(Eigh(), (draw(definite((*draw(fronts), n, n))),))


SAMPLERS = [
    Sampler(QR, wide_or_high()),
    Sampler(Eigh, symmetric()),
    Sampler(SVD, apart()),
]
