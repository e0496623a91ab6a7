"""Shapes against NumPy's own broadcasting and axis rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from chainrule.array.shape import (
    as_shape,
    broadcast,
    kept,
    normalize_axes,
    normalize_axis,
    reduced,
    size_of,
)
from chainrule.errors import ShapeError

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)


@given(mutually_broadcastable_shapes(num_shapes=3, max_dims=4, max_side=5))
def test_broadcast_is_numpys(drawn: object) -> None:
    shapes = drawn.input_shapes  # type: ignore[attr-defined]
    assert broadcast(*shapes) == np.broadcast_shapes(*shapes)


@given(SHAPES, SHAPES)
def test_broadcast_fails_where_numpys_does(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(ShapeError, match="do not broadcast"):
            broadcast(a, b)
    else:
        assert broadcast(a, b) == expected


@given(SHAPES)
def test_size_is_numpys(shape: tuple[int, ...]) -> None:
    assert size_of(shape) == np.zeros(shape).size


@given(st.data(), SHAPES.filter(len))
def test_reduced_and_kept_are_the_shapes_of_a_sum(
    data: st.DataObject, shape: tuple[int, ...]
) -> None:
    axes = tuple(data.draw(st.sets(st.integers(0, len(shape) - 1))))
    array = np.zeros(shape)
    assert reduced(shape, axes) == array.sum(axis=axes).shape
    assert kept(shape, axes) == array.sum(axis=axes, keepdims=True).shape


def test_axes_count_from_both_ends() -> None:
    assert [normalize_axis(axis, 3) for axis in (-3, -1, 0, 2)] == [0, 2, 0, 2]
    assert normalize_axes(None, 3) == (0, 1, 2)
    assert normalize_axes((-1, 0), 3) == (0, 2)
    assert normalize_axes(1, 3) == (1,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: normalize_axis(3, 3), "axis 3 does not exist: the array has 3 axes, so axes run"),
        (lambda: normalize_axis(0, 0), "the array has 0 axes$"),
        (lambda: normalize_axis("x", 1), "an axis is an integer"),  # type: ignore[arg-type]
        (lambda: normalize_axes((0, -2), 2), "name one axis twice"),
        (lambda: as_shape(-1), "no negative length"),
        (lambda: as_shape(1.5), "made of integers"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_are_named(call: object, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        call()  # type: ignore[operator]
