"""Samplers of `chainrule.build.primitives.contraction`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.contraction import ChainMatMul, MatMul
from tests.build.samples.draw import broadcastable, lengths, reals
from tests.build.samples.sampler import Call, Sampler


@st.composite
def products(draw: st.DrawFn, primitive: MatMul) -> Call:
    front, back = draw(broadcastable(2))
    m, k, n = draw(lengths), draw(lengths), draw(lengths)
    a, b = reals((*front[-2:], m, k)), reals((*back[-2:], k, n))
    return Call(primitive, (draw(a), draw(b)))


SAMPLERS = [
    Sampler(MatMul, products(MatMul())),
    Sampler(ChainMatMul, products(ChainMatMul())),
]
