"""Views of views against NumPy's own, by the addresses of their elements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.primitives.broadcast import Broadcast, Reshape
from chainrule.build.primitives.movement import Flip, Slice, Transpose
from chainrule.build.primitives.window import Window
from chainrule.build.tensor import Array, Primitive
from chainrule.plan.kernel import Buffer, Role, View, contiguous
from chainrule.plan.views import moved
from tests.plan.kernels import buffer

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)


def elements(view: View) -> Array:
    """The place in the buffer of each element."""
    places = np.full(view.shape, view.offset)
    for axis, (length, stride) in enumerate(zip(view.shape, view.strides, strict=True)):
        along = np.arange(length) * stride
        places += along.reshape(length, *(1,) * (len(view.shape) - axis - 1))
    return places


@st.composite
def moves(draw: st.DrawFn, shape: tuple[int, ...]) -> Primitive:
    rank = len(shape)
    start = tuple(draw(st.integers(0, n)) for n in shape)
    step = tuple(draw(st.integers(1, 2)) for _ in shape)
    length = tuple(-(-(n - a) // s) for n, a, s in zip(shape, start, step, strict=True))
    size = int(np.prod(shape))
    front = [n for n in range(1, size + 1) if size % n == 0] or [0]
    rows = draw(st.sampled_from(front))
    options: list[Primitive] = [
        Transpose(tuple(draw(st.permutations(range(rank))))),
        Flip(tuple(axis for axis in range(rank) if draw(st.booleans()))),
        Slice(start, length, step),
        Broadcast((2, *(3 if n == 1 else n for n in shape))),
        Reshape((rows, size // rows if rows else 0)),
        Reshape((size, 1)),
    ]
    if rank and min(shape) > 0:
        sizes, steps = (draw(st.integers(1, n)) for n in (shape[0], 3))
        dilation = draw(st.integers(1, 2)) if 2 * (sizes - 1) < shape[0] else 1
        options.append(Window((0,), (sizes,), (steps,), (dilation,)))
    return draw(st.sampled_from(options))


@given(SHAPES, st.data())
def test_a_chain_of_views_reaches_the_elements_that_numpy_says(
    shape: tuple[int, ...], data: st.DataObject
) -> None:
    buffer = Buffer(0, np.dtype(np.int64), int(np.prod(shape)), Role.ARGUMENT)
    view, expected = contiguous(buffer, shape), np.arange(buffer.size).reshape(shape)
    for _ in range(data.draw(st.integers(1, 5))):
        primitive = data.draw(moves(view.shape))
        expected = primitive.evaluate(expected)
        found = moved(primitive, view)
        if found is None:
            assert isinstance(primitive, Reshape)
            return
        view = found
        assert view.shape == expected.shape
        np.testing.assert_array_equal(elements(view), expected)


@pytest.mark.parametrize(
    ("shape", "strides", "target", "expected"),
    [
        ((37, 1, 1), (16, 0, 1), (37, 1), (16, 1)),
        ((1, 37), (1, 16), (1, 1, 37), (1, 0, 16)),
        ((1, 37), (1, 16), (37, 1), (16, 0)),
        ((2, 1, 3), (1, 50, 10), (1, 2, 3, 1), (0, 1, 10, 0)),
        ((1,), (7,), (), ()),
    ],
)
def test_axes_of_length_1_keep_their_strides_where_they_are_known(
    shape: Shape, strides: Shape, target: Shape, expected: Shape
) -> None:
    below = View(buffer(0, size=1000), 5, shape, strides)
    assert moved(Reshape(target), below) == View(below.buffer, 5, target, expected)
