"""Arrays joined and parted, against NumPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.functions.manipulation import concat, split, stack, unstack
from chainrule.build.tensor import Array
from chainrule.derive.numeric import check_gradients
from chainrule.errors import ChainruleError, OptionError, ShapeError
from tests.build.agreement import assert_same, check_all
from tests.build.samples.draw import shapes


def numbers(shape: Shape) -> Array:
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@st.composite
def with_axis(draw: st.DrawFn) -> tuple[Array, int]:
    """An array and one of its axes, counted from either end."""
    shape = draw(shapes(least=1))
    return numbers(shape), draw(st.integers(-len(shape), len(shape) - 1))


@given(st.data(), with_axis())
def test_concat_is_that_of_numpy(data: st.DataObject, drawn: tuple[Array, int]) -> None:
    x, axis = drawn
    keep = data.draw(st.sampled_from((axis, axis, None)))
    check_all(
        lambda t: concat([t, t, -x], axis=keep), lambda t: np.concatenate([t, t, -x], keep), x
    )


@given(st.data(), shapes())
def test_stack_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    x = numbers(shape)
    check_all(lambda t: stack([t, -x, t], axis=axis), lambda t: np.stack([t, -x, t], axis), x)


def test_joined_arrays_take_their_common_type() -> None:
    parts = [np.ones(2, np.int32), np.ones(1, np.float32), np.array([True])]
    assert concat(parts).dtype == stack([part[:1] for part in parts]).dtype == np.float32
    assert_same(concat(parts), np.ones(4, np.float32))
    assert stack([1.0, 2]).dtype == np.float32


def test_each_joined_array_has_its_gradient() -> None:
    check_gradients(lambda a, b: concat([a * a, b, a], axis=1), numbers((2, 3)), numbers((2, 1)))


@pytest.mark.parametrize(
    ("join", "arrays", "error", "message"),
    [
        (concat, [], ShapeError, "concat needs at least one array"),
        (concat, [[1], 2], ShapeError, "cannot join"),
        (concat, [1, 2], ShapeError, "the array has 0 axes"),
        (concat, [[[1, 2]], [[1]]], ShapeError, r"cannot join .*\[1, 2\].*\[1, 1\]"),
        (stack, [], ShapeError, "stack needs at least one array"),
        (stack, [[1], [1, 2]], ShapeError, r"stack needs one shape, got \(1,\), \(2,\)"),
    ],
)
def test_what_cannot_be_joined_is_named(
    join: Any, arrays: Any, error: type[ChainruleError], message: str
) -> None:
    with pytest.raises(error, match=message):
        join(arrays)


@given(with_axis())
def test_unstack_undoes_stack(drawn: tuple[Array, int]) -> None:
    x, axis = drawn
    check_all(lambda t: unstack(t, axis=axis), lambda t: [*np.moveaxis(t, axis, 0)], x)


@given(st.data(), with_axis())
def test_split_is_that_of_numpy(data: st.DataObject, drawn: tuple[Array, int]) -> None:
    x, axis = drawn
    length = x.shape[axis]
    equal = [parts for parts in range(1, 8) if length % parts == 0]
    cuts = st.lists(st.integers(0, length), max_size=3).map(sorted)
    parts = data.draw(st.one_of(st.sampled_from(equal), cuts))
    check_all(lambda t: split(t, parts, axis=axis), lambda t: np.split(t, parts, axis), x)


@pytest.mark.parametrize(
    ("parts", "error", "message"),
    [
        (2, ShapeError, "length 3 does not split into 2 equal parts"),
        (0, ShapeError, "length 3 does not split into 0"),
        ([2, 1], OptionError, r"split at \[2, 1\]: positions rise from 0 to 3"),
        ([4], OptionError, "positions rise from 0 to 3"),
    ],
)
def test_a_wrong_split_is_named(parts: Any, error: type[ChainruleError], message: str) -> None:
    with pytest.raises(error, match=message):
        split(numbers((3,)), parts)
