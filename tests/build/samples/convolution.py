"""Samplers of `chainrule.build.primitives.convolution`."""

from __future__ import annotations

from hypothesis import strategies as st

from chainrule.array.shape import Shape
from chainrule.build.primitives.convolution import ChainConvolve, Convolve, Geometry, Part
from tests.build.samples.draw import reals
from tests.build.samples.sampler import Call, Sampler

few = st.sampled_from((1, 2, 3, 0))


@st.composite
def geometries(draw: st.DrawFn) -> Geometry:
    """Taps that reach beyond both ends of the image, leave parts of it out, or miss it."""
    rank = draw(st.integers(1, 2))
    image, taps, result, strides, dilations, low = zip(
        *(draw(_axis()) for _ in range(rank)), strict=True
    )
    return Geometry(image, taps, result, strides, dilations, low, draw(st.integers(1, 2)))


@st.composite
def _axis(draw: st.DrawFn) -> tuple[int, ...]:
    image, taps, result = draw(st.tuples(st.integers(0, 5), st.integers(1, 3), st.integers(0, 4)))
    low = draw(st.integers(-1, 3))
    return image, taps, result, draw(st.integers(1, 3)), draw(st.integers(1, 3)), low


@st.composite
def convolutions(draw: st.DrawFn, kind: type[Convolve]) -> Call:
    form = draw(geometries())
    n, o, c = draw(few), draw(few), draw(few)
    shapes: dict[Part, Shape] = {
        Part.IMAGE: (n, form.groups * c, *form.image),
        Part.WEIGHTS: (form.groups * o, c, *form.taps),
        Part.RESULT: (n, form.groups * o, *form.result),
    }
    primitive = kind(draw(st.sampled_from(Part)), form)
    return Call(primitive, tuple(draw(reals(shapes[part])) for part in primitive.given))


SAMPLERS = [
    Sampler(Convolve, convolutions(Convolve)),
    Sampler(ChainConvolve, convolutions(ChainConvolve)),
]
