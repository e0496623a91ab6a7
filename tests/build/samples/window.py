"""Samplers of `chainrule.build.primitives.window`."""

from __future__ import annotations

from math import prod

from hypothesis import strategies as st

from chainrule.array.shape import Shape
from chainrule.build.primitives.window import Interleave, Unwindow, Window
from chainrule.build.tensor import Spec
from tests.build.samples.draw import reals, shapes
from tests.build.samples.sampler import Call, Sampler

LENGTHS = (1, 2, 3, 5, 7)


@st.composite
def fitted(draw: st.DrawFn) -> tuple[Shape, Window]:
    """Windows along some axes, and the shape of an array that they fit into."""
    shape = list(draw(shapes(most=2)))
    axes = tuple(range(draw(st.integers(0, 2))))
    sizes, steps, dilations = [], [], []
    for axis in axes:
        length = draw(st.sampled_from(LENGTHS))
        shape.insert(axis, length)
        dilation = draw(st.integers(1, 2))
        dilations.append(dilation)
        sizes.append(draw(st.integers(1, (length - 1) // dilation + 1)))
        steps.append(draw(st.integers(1, 3)))
    return tuple(shape), Window(axes, tuple(sizes), tuple(steps), tuple(dilations))


@st.composite
def windows(draw: st.DrawFn) -> Call:
    shape, window = draw(fitted())
    return Call(window, (draw(reals(shape)),))


@st.composite
def unwindows(draw: st.DrawFn) -> Call:
    shape, window = draw(fitted())
    made = window.infer(Spec(shape, draw(reals(())).dtype)).shape
    return Call(Unwindow(shape, window), (draw(reals(made)),))


@st.composite
def interleaves(draw: st.DrawFn) -> Call:
    shape = draw(shapes(least=1))
    axes = tuple(sorted(draw(st.sets(st.integers(0, len(shape) - 1), max_size=2))))
    steps = tuple(draw(st.integers(1, 3)) for _ in axes)
    inputs = tuple(draw(reals(shape)) for _ in range(prod(steps)))
    return Call(Interleave(axes, steps), inputs)


SAMPLERS = [
    Sampler(Window, windows()),
    Sampler(Unwindow, unwindows()),
    Sampler(Interleave, interleaves()),
]
