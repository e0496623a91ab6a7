"""Another shape, another order, joined and parted: against NumPy's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import Shape
from chainrule.build.convert import asarray
from chainrule.build.functions.manipulation import (
    astype,
    broadcast_arrays,
    broadcast_to,
    expand_dims,
    flatten,
    moveaxis,
    permute_dims,
    reshape,
    split,
    squeeze,
)
from chainrule.build.functions.turning import flip, roll, rot90
from chainrule.build.leaf import constant
from chainrule.build.primitives.movement import Concatenate, Place, Slice, Transpose
from chainrule.build.record import trace
from chainrule.build.tensor import Array, Spec
from chainrule.errors import DTypeError, ShapeError
from tests.build.agreement import assert_same, check_all, check_values
from tests.build.samples.draw import axes_of, shapes


def numbers(shape: Shape) -> Array:
    """Numbers that are all different, so that no wrong place looks right."""
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@pytest.mark.parametrize("shape", [(6,), (2, 3), (-1,), (2, -1), (-1, 1, 3), -1, 6, [3, 2]])
def test_reshape_is_that_of_numpy(shape: Any) -> None:
    check_all(lambda t: reshape(t, shape), lambda x: np.reshape(x, shape), numbers((3, 2)))


def test_the_method_reshape_takes_lengths_as_well() -> None:
    x = asarray(numbers((3, 2)))
    assert x.reshape(2, -1).shape == x.reshape((2, 3)).shape == (2, 3)
    assert x.reshape(-1).shape == (6,)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((4, -1), r"cannot reshape \(3, 2\) \(6 elements\) to \(4, -1\): 4 does not divide 6"),
        ((5,), r"cannot reshape \(3, 2\) \(6 elements\) to \(5,\) \(5\)"),
        ((-1, -1), "no negative length"),
        ((-2, 3), "no negative length"),
        ((0, -1), "0 does not divide 6"),
        ((2.0, 3), "made of integers"),
    ],
)
def test_a_shape_that_does_not_fit_is_named(shape: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        reshape(numbers((3, 2)), shape)


def test_reshape_to_the_same_shape_is_free() -> None:
    x = asarray(numbers((3, 2)))
    assert reshape(x, (3, 2)) is x


@given(shapes())
def test_flatten_is_reshape(shape: Shape) -> None:
    check_all(flatten, lambda x: x.reshape(-1), numbers(shape))


def test_flatten_merges_the_axes_named() -> None:
    x = numbers((2, 3, 4, 5))
    assert_same(flatten(x, start_axis=1), x.reshape(2, 60))
    assert_same(flatten(x, start_axis=1, end_axis=-2), x.reshape(2, 12, 5))
    with pytest.raises(ShapeError, match="from axis 2 to axis 1: the end comes first"):
        flatten(x, start_axis=2, end_axis=1)


@given(st.data(), shapes())
def test_expand_dims_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    check_all(
        lambda t: expand_dims(t, axis=axis), lambda x: np.expand_dims(x, axis), numbers(shape)
    )


def test_several_axes_are_added_and_dropped() -> None:
    x = numbers((2, 3))
    assert expand_dims(x, axis=(0, -1)).shape == (1, 2, 3, 1)
    assert squeeze(x.reshape(1, 2, 3, 1), (0, -1)).shape == (2, 3)


@given(shapes(), st.data())
def test_squeeze_undoes_expand_dims(shape: Shape, data: st.DataObject) -> None:
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    x = np.expand_dims(numbers(shape), axis)
    check_all(lambda t: squeeze(t, axis), lambda array: np.squeeze(array, axis), x)


def test_squeeze_drops_length_one_only() -> None:
    with pytest.raises(ShapeError, match=r"axis 1 of shape \(1, 3\)"):
        squeeze(numbers((1, 3)), 1)


@given(st.data(), shapes(most=4))
def test_permute_dims_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    axes = data.draw(st.permutations(range(len(shape))))
    check_all(lambda t: permute_dims(t, axes), lambda x: x.transpose(axes), numbers(shape))


def test_permute_dims_counts_from_the_end_too() -> None:
    x = numbers((2, 3, 4))
    assert_same(permute_dims(x, (-1, 0, 1)), x.transpose(2, 0, 1))
    with pytest.raises(ShapeError, match=r"axes \(0, 0, 1\) do not permute"):
        permute_dims(x, (0, 0, 1))


@given(st.data(), shapes(most=4))
def test_moveaxis_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    count = data.draw(st.integers(0, len(shape)))
    source = data.draw(st.permutations(range(len(shape))))[:count]
    target = [axis - len(shape) for axis in data.draw(st.permutations(range(len(shape))))[:count]]
    check_all(
        lambda t: moveaxis(t, source, target),
        lambda x: np.moveaxis(x, source, target),
        numbers(shape),
    )


def test_moveaxis_names_what_is_wrong() -> None:
    with pytest.raises(ShapeError, match="as many from as to"):
        moveaxis(numbers((2, 3)), (0, 1), (0,))
    with pytest.raises(ShapeError, match="name one axis twice"):
        moveaxis(numbers((2, 3)), (0, -2), (0, 1))


@given(st.data(), shapes())
def test_flip_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    axes = data.draw(st.one_of(st.none(), axes_of(len(shape))))
    check_all(lambda t: flip(t, axis=axes), lambda x: np.flip(x, axes), numbers(shape))


@given(st.data(), shapes())
def test_roll_is_that_of_numpy(data: st.DataObject, shape: Shape) -> None:
    axes = data.draw(axes_of(len(shape))) or None
    steps = st.integers(-9, 9)
    shift: Any = data.draw(steps if axes is None else st.tuples(*(steps for _ in axes)))
    check_all(
        lambda t: roll(t, shift, axis=axes), lambda x: np.roll(x, shift, axes), numbers(shape)
    )


def test_one_shift_is_for_every_axis() -> None:
    x = numbers((3, 4))
    assert_same(roll(x, 1, axis=(0, 1)), np.roll(x, 1, (0, 1)))
    with pytest.raises(ShapeError, match="a shift for each axis"):
        roll(x, (1, 2), axis=0)


@pytest.mark.parametrize("shape", [(2, 3), (4, 2, 3), (1, 2, 3)])
def test_broadcast_to_is_that_of_numpy(shape: Shape) -> None:
    for own in [(2, 3), (2, 1), (3,), ()]:
        check_all(
            lambda t: broadcast_to(t, shape), lambda x: np.broadcast_to(x, shape), numbers(own)
        )
    with pytest.raises(ShapeError, match="broadcast"):
        broadcast_to(numbers((2,)), shape)


def test_arrays_are_broadcast_together_each_in_its_type() -> None:
    x, y = numbers((2, 1)), np.array([1, 2, 3])
    check_values(broadcast_arrays, lambda *arrays: list(np.broadcast_arrays(*arrays)), x, y)
    assert broadcast_arrays() == []
    with pytest.raises(ShapeError, match="do not broadcast"):
        broadcast_arrays(numbers((2,)), y)


def test_astype_converts() -> None:
    x = np.array([1.7, -1.7, 0.0])
    for dtype in ("int8", "int64", "float32", "float64", "bool"):
        assert_same(astype(x, dtype), x.astype(dtype))
    held = asarray(x)
    assert_same(held.astype("int32"), x.astype("int32"))
    assert astype(held, "float64") is held


def test_astype_names_what_is_wrong() -> None:
    with pytest.raises(DTypeError, match="no data type complex128"):
        astype([1.0], "complex128")
    with pytest.raises(DTypeError, match="the only device is 'cpu', got 'gpu'"):
        astype([1.0], "int64", device="gpu")


def test_a_primitive_takes_what_fits_only() -> None:
    x = constant(numbers((3, 4)))
    for start, length, step in [
        ((0, 0), (4, 4), (1, 1)),
        ((-1, 0), (1, 1), (1, 1)),
        ((2, 0), (2, 1), (-1, 1)),
        ((0,), (1,), (1,)),
    ]:
        with pytest.raises(ShapeError, match=r"leave shape \(3, 4\)"):
            Slice(start, length, step)(x)
    with pytest.raises(ShapeError, match="does not fill the slice"):
        Place((5, 4), Slice((0, 0), (2, 4), (1, 1)))(x)
    with pytest.raises(DTypeError, match="one data type"):
        Concatenate(0)(x, constant(np.zeros((1, 4), np.float32)))


def test_nothing_is_recorded_for_what_changes_nothing() -> None:
    graph, _ = trace(
        lambda x: [roll(x, 3, axis=0), x[:, :], split(x, 1)[0]], [Spec((3, 4), np.dtype(float))]
    )
    assert graph.nodes == ()


def test_transposing_twice_is_nothing() -> None:
    x = numbers((2, 3, 4))
    assert_same(Transpose((2, 0, 1))(Transpose((1, 2, 0))(constant(x))), x)


@pytest.mark.parametrize("k", range(-2, 6))
@pytest.mark.parametrize("axes", [(0, 1), (1, 0), (2, 0), (-1, 1)])
def test_rot90_is_that_of_numpy(k: int, axes: tuple[int, int]) -> None:
    check_all(lambda t: rot90(t, k, axes=axes), lambda x: np.rot90(x, k, axes), numbers((2, 3, 4)))


def test_a_quarter_turn_needs_two_axes() -> None:
    with pytest.raises(ShapeError, match="name one axis twice"):
        rot90(numbers((2, 3)), axes=(0, 0))
    with pytest.raises(ShapeError, match="is one of two axes"):
        rot90(numbers((2, 3)), axes=(0,))
