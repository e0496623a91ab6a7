"""Sorting against NumPy's and Python's own; ties and NaN in both directions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.dtype import ALL
from chainrule.build.convert import asarray
from chainrule.build.functions.indexing import take_along_axis
from chainrule.build.functions.ordering import argsort, sort, topk
from chainrule.build.functions.reduction import sum as total
from chainrule.build.tensor import Array
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError
from tests.build.agreement import assert_same, check_all
from tests.build.samples.draw import distinct, shapes

NAN = float("nan")


@st.composite
def with_axis(draw: st.DrawFn) -> tuple[Array, int]:
    shape = draw(shapes(least=1))
    return draw(distinct(shape)), draw(st.integers(-len(shape), len(shape) - 1))


def ranked(values: list[Any], descending: bool) -> list[int]:
    """The places of `values` in order, by Python: NaN last, equal ones as they came."""

    def key(place: int) -> tuple[bool, Any]:
        missing = math.isnan(values[place])
        return missing, 0 if missing else values[place] * (-1 if descending else 1)

    return sorted(range(len(values)), key=key)


@given(with_axis())
def test_sort_is_that_of_numpy(drawn: tuple[Array, int]) -> None:
    x, axis = drawn
    check_all(lambda t: sort(t, axis=axis), lambda t: np.sort(t, axis), x)
    check_all(lambda t: sort(t, axis=axis, descending=True), lambda t: -np.sort(-t, axis), x)
    check_gradients(lambda t: sort(t, axis=axis) * sort(t, axis=axis) * t, x, order=2)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("dtype", [dtype.name for dtype in ALL])
@given(st.lists(st.integers(0, 3), max_size=12))
def test_equal_elements_keep_their_order(dtype: str, descending: bool, values: list[int]) -> None:
    x = np.array(values, dtype)
    order = ranked([int(value) for value in x], descending)
    assert_same(argsort(x, descending=descending), np.array(order, np.int64))
    assert_same(sort(x, descending=descending), x[order])


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int64", "uint64"])
def test_the_extreme_integers_are_sorted(dtype: str) -> None:
    ends = np.iinfo(dtype)
    x = np.array([ends.max, ends.min, 1, ends.max], dtype)
    assert_same(sort(x, descending=True), np.sort(x)[::-1])
    assert argsort(x, descending=True).tolist() == [0, 3, 2, 1]


@pytest.mark.parametrize("descending", [False, True])
@given(st.lists(st.sampled_from((NAN, 0.0, -0.0, 1.0, -1.0, float("inf"), -float("inf")))))
def test_nan_is_last_in_either_direction(descending: bool, values: list[float]) -> None:
    x = np.array(values, np.float32)
    order = ranked(values, descending)
    assert argsort(x, descending=descending).tolist() == order
    found = sort(x, descending=descending).known()
    np.testing.assert_array_equal(found, x[order])
    np.testing.assert_array_equal(np.signbit(found), np.signbit(x[order]))


def test_the_gradient_of_equal_elements_keeps_their_order() -> None:
    weights = np.array([1.0, 10.0, 100.0])
    found = grad(lambda x: total(sort(x) * weights))(np.array([2.0, 1.0, 1.0]))
    assert_same(found, np.array([100.0, 1.0, 10.0]))
    found = grad(lambda x: total(sort(x, descending=True) * weights))(np.array([1.0, 2.0, 1.0]))
    assert_same(found, np.array([10.0, 1.0, 100.0]))


@given(with_axis(), st.booleans())
def test_sort_is_what_argsort_takes(drawn: tuple[Array, int], descending: bool) -> None:
    x, axis = drawn
    order = argsort(x, axis=axis, descending=descending)
    taken = take_along_axis(x, order, axis=axis)
    assert_same(sort(x, axis=axis, descending=descending), taken.known())


@given(st.data(), with_axis())
def test_topk_is_the_front_of_the_sorted(data: st.DataObject, drawn: tuple[Array, int]) -> None:
    x, axis = drawn
    k = data.draw(st.integers(0, x.shape[axis]))
    front = np.arange(k)
    check_all(
        lambda t: topk(t, k, axis=axis)[0],
        lambda t: np.take(-np.sort(-t, axis), front, axis),
        x,
    )
    values, places = topk(x, k, axis=axis)
    assert_same(values, np.take_along_axis(x, places.known(), axis))


def test_topk_of_equal_elements_takes_the_first() -> None:
    values, places = topk([1.0, 3.0, 3.0, NAN], 3)
    assert values.tolist() == [3.0, 3.0, 1.0]
    assert places.tolist() == [1, 2, 0]


def test_sorting_is_mapped() -> None:
    x = np.array([[3.0, 1.0, 2.0], [1.0, 2.0, 3.0]])
    assert vmap(argsort)(x).tolist() == [[1, 2, 0], [0, 1, 2]]
    assert_same(vmap(lambda t: topk(t, 1)[0])(x), np.array([[3.0], [3.0]]))


def test_a_wrong_call_is_named() -> None:
    with pytest.raises(OptionError, match="topk of k = 4 from an axis of length 3"):
        topk([1.0, 2.0, 3.0], 4)
    with pytest.raises(OptionError, match="topk of k = -1"):
        topk([1.0, 2.0, 3.0], -1)
    with pytest.raises(ShapeError, match="axis 1 does not exist"):
        sort([1.0, 2.0], axis=1)
    with pytest.raises(ShapeError, match="the array has 0 axes"):
        argsort(asarray(1.0))
