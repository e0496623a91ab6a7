"""Samplers of `chainrule.build.primitives.indexing`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.array.shape import Shape
from chainrule.build.primitives.indexing import Gather, Scatter, ScatterAdd
from chainrule.build.tensor import Array, Spec
from tests.build.samples.draw import distinct, integers, reals, shapes
from tests.build.samples.sampler import Call, Sampler

LENGTHS = (2, 3, 1, 5)  # not 0: nothing can be picked from an axis without elements


@st.composite
def gathers_of(draw: st.DrawFn, shape: Shape) -> tuple[Gather, tuple[Array, ...]]:
    """Gathers from an array of `shape`, and their indices; places are picked several times."""
    shared = draw(st.integers(0, len(shape) - 1))
    some = st.lists(
        st.integers(shared, len(shape) - 1), min_size=1, max_size=len(shape) - shared, unique=True
    )
    axes = tuple(draw(some))
    own = draw(shapes(most=2))
    from_end = draw(st.booleans())
    dtype = draw(st.sampled_from(("int64", "int8", "int32")))
    indices = tuple(
        draw(integers((*shape[:shared], *own), -shape[axis] * from_end, shape[axis], dtype))
        for axis in axes
    )
    return Gather(axes, shared, from_end), indices


def data_shapes() -> st.SearchStrategy[Shape]:
    return st.lists(st.sampled_from(LENGTHS), min_size=1, max_size=3).map(tuple)


@st.composite
def gathers(draw: st.DrawFn) -> Call:
    shape = draw(data_shapes())
    gather, indices = draw(gathers_of(shape))
    return Call(gather, (draw(reals(shape)), *indices))


@st.composite
def scatters(draw: st.DrawFn, scatter: type[Scatter] = ScatterAdd) -> Call:
    shape = draw(data_shapes())
    gather, indices = draw(gathers_of(shape))
    picked = gather.infer(
        Spec(shape, indices[0].dtype), *(Spec(index.shape, index.dtype) for index in indices)
    )
    numbers = reals if scatter is ScatterAdd else distinct
    return Call(scatter(shape, gather), (draw(numbers(picked.shape)), *indices))


SAMPLERS = [
    Sampler(Gather, gathers()),
    Sampler(ScatterAdd, scatters()),
]
