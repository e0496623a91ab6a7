"""Coordinates and triangles: against NumPy's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.functions.grids import meshgrid, tri, tril, triu
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError
from tests.build.agreement import assert_same, check_all, check_values
from tests.build.samples.draw import shapes


@given(shapes(least=2, most=4), st.integers(-4, 4))
def test_triangles_are_those_of_numpy(shape: Shape, k: int) -> None:
    x = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    check_all(lambda t: tril(t, k=k), lambda array: np.tril(array, k), x)
    check_all(lambda t: triu(t, k=k), lambda array: np.triu(array, k), x)


def test_what_is_cut_off_is_zero_whatever_it_was() -> None:
    x = np.array([[1, np.inf], [np.nan, 2]])
    assert_same(tril(triu(x)), np.diag([1.0, 2.0]))


@pytest.mark.parametrize("indexing", ["xy", "ij"])
@given(st.lists(st.integers(0, 4), min_size=1, max_size=4))
def test_meshgrid_is_that_of_numpy(indexing: str, lengths: list[int]) -> None:
    lines = [np.arange(length) * 10.0**place for place, length in enumerate(lengths)]
    expected = list(np.meshgrid(*lines, indexing="xy" if indexing == "xy" else "ij"))
    check_values(lambda *arrays: meshgrid(*arrays, indexing=indexing), lambda *_: expected, *lines)
    check_gradients(lambda *arrays: meshgrid(*arrays, indexing=indexing), *lines)


def test_a_grid_of_nothing_is_nothing() -> None:
    assert meshgrid() == []


def test_a_wrong_call_is_named() -> None:
    with pytest.raises(OptionError, match="'xy' and 'ij', got 'yx'"):
        meshgrid([1], indexing="yx")
    with pytest.raises(ShapeError, match="one-dimensional"):
        meshgrid([[1]], [1])
    with pytest.raises(ShapeError, match=r"a triangle needs matrices, .* \(2,\)"):
        tril([1, 2])
    with pytest.raises(ShapeError, match="a triangle needs matrices"):
        triu(1)


def test_tri_is_that_of_numpy() -> None:
    for k in (-2, 0, 1):
        np.testing.assert_array_equal(np.asarray(tri(3, 4, k=k)), np.tri(3, 4, k, np.float32))
    assert tri(2, dtype="int8").tolist() == [[1, 0], [1, 1]]
