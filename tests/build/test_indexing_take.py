"""Picking along an axis, against NumPy's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.functions.indexing import take, take_along_axis
from chainrule.build.primitives.indexing import Gather
from chainrule.build.record import trace
from chainrule.build.tensor import Array, Spec
from chainrule.errors import DataError, DTypeError, ShapeError
from tests.build.agreement import assert_same, check_all

LENGTHS = (1, 2, 3, 4, 5)


def shapes(least: int = 0, most: int = 4) -> st.SearchStrategy[Shape]:
    return st.lists(st.sampled_from(LENGTHS), min_size=least, max_size=most).map(tuple)


def numbers(shape: Shape) -> Array:
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@given(st.data(), shapes(least=1), shapes(most=2))
def test_take_is_that_of_numpy(data: st.DataObject, shape: Shape, picks: Shape) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    index = np.random.default_rng(0).integers(-shape[axis], shape[axis], picks)
    check_all(
        lambda t: take(t, index, axis=axis), lambda x: np.take(x, index, axis=axis), numbers(shape)
    )


def test_take_needs_an_axis_unless_there_is_one() -> None:
    assert_same(take(numbers((3,)), 1), np.array(2.0))
    with pytest.raises(ShapeError, match="take needs an axis for an array of 2 axes"):
        take(numbers((2, 3)), [0])


def test_take_names_what_is_wrong() -> None:
    with pytest.raises(DTypeError, match=r"indices are integers, got float32\[1\]"):
        take([1.0], [0.0])
    with pytest.raises(DataError, match=r"index 3 .* outside axis 1, which has length 3"):
        take(numbers((2, 3)), [0, 3], axis=1)
    assert take([1.0], []).shape == (0,)


@given(st.data(), shapes(least=1, most=3))
def test_take_along_axis_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    picks = list(shape)
    picks[axis] = data.draw(st.sampled_from(LENGTHS))
    index = np.random.default_rng(0).integers(-shape[axis], shape[axis], picks)
    check_all(
        lambda t: take_along_axis(t, index, axis=axis),
        lambda x: np.take_along_axis(x, index, axis=axis),
        numbers(shape),
    )


def test_take_along_axis_broadcasts_the_other_axes() -> None:
    x, index = numbers((2, 3, 4)), np.array([[[1], [0]]])
    expected = np.take_along_axis(x, np.broadcast_to(index, (2, 2, 4)), axis=1)
    assert_same(take_along_axis(x, index, axis=1), expected)
    assert_same(
        take_along_axis(x[:1], np.broadcast_to(index, (2, 2, 4)), axis=1),
        np.broadcast_to(expected[:1], (2, 2, 4)),
    )


def test_take_along_axis_names_what_is_wrong() -> None:
    with pytest.raises(ShapeError, match=r"as many axes in the indices \(1,\) as in \(2, 3\)"):
        take_along_axis(numbers((2, 3)), [0])
    with pytest.raises(DataError, match=r"index 2 \(at \[0, 1\] .* axis 0, which has length 2"):
        take_along_axis(numbers((2, 3)), [[0, 2, 0]], axis=0)


def test_an_embedding_is_one_gather() -> None:
    graph, _ = trace(
        lambda words, table: take(table, words, axis=0),
        [Spec((5,), np.dtype(int)), Spec((7, 2), np.dtype(np.float32))],
    )
    assert [type(node.primitive) for node in graph.nodes] == [Gather]
