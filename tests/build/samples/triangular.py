"""Samplers of `chainrule.build.primitives.triangular`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.build.primitives.triangular import LU, Cholesky, TriangularSolve
from tests.build.samples.draw import lengths, reals
from tests.build.samples.matrix import conditioned, definite, fronts, sizes
from tests.build.samples.sampler import Call, Sampler


@st.composite
def factored(draw: st.DrawFn, primitive: Cholesky | LU) -> Call:
    n = draw(sizes)
    return Call(primitive, (draw(definite((*draw(fronts), n, n))),))


@st.composite
def equations(draw: st.DrawFn) -> Call:
    n, front = draw(sizes), draw(fronts)
    solve = TriangularSolve(*(draw(st.booleans()) for _ in range(4)))
    other = draw(st.sampled_from((front, (), front[-1:])))
    # A unit diagonal with large numbers beside it would be ill-conditioned.
    t = draw(definite((*front, n, n))) if not solve.unit else draw(conditioned((*front, n, n)))
    return Call(solve, (t, draw(reals((*other, n, draw(lengths))))))


SAMPLERS = [
    Sampler(Cholesky, factored(Cholesky())),
    Sampler(TriangularSolve, equations()),
    Sampler(LU, factored(LU())),
]
