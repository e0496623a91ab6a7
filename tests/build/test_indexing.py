"""Indexing against NumPy's own: every kind of key, its gradient, its errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from chainrule.array.dtype import ALL, is_integer
from chainrule.array.shape import Shape
from chainrule.build.convert import asarray
from chainrule.build.functions.arithmetic import divide, multiply
from chainrule.build.functions.indexing import getitem, take, take_along_axis
from chainrule.build.functions.reduction import sum as total
from chainrule.build.leaf import constant
from chainrule.build.primitives.indexing import Gather, ScatterAdd
from chainrule.build.tensor import Array
from chainrule.build.variable import Variable
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError, ValueUnknownError
from tests.build.agreement import assert_same, check_mapped, check_recorded, check_values

LENGTHS = (1, 2, 3, 4, 5)
INTEGERS = [dtype.name for dtype in ALL if is_integer(dtype)]


def shapes(least: int = 0, most: int = 4) -> st.SearchStrategy[Shape]:
    return st.lists(st.sampled_from(LENGTHS), min_size=least, max_size=most).map(tuple)


def numbers(shape: Shape) -> Array:
    """Numbers that are all different, so that no wrong place looks right."""
    return np.arange(1.0, 1 + np.prod(shape)).reshape(shape)


@st.composite
def keys(draw: st.DrawFn, shape: Shape) -> tuple[Any, ...]:
    """Keys of every kind for an array of `shape`, with an ellipsis or an open end."""
    common = draw(shapes(most=2))
    entries: list[Any] = []
    mark, behind = sorted(draw(st.lists(st.integers(0, 2 * len(shape)), min_size=2, max_size=2)))
    axis = 0
    while axis < len(shape):
        if axis == mark:
            entries.append(...)
            axis, mark = min(behind, len(shape)), -1
        else:
            entry, count = draw(_entries(shape[axis:], common))
            entries.append(entry)
            axis += count
    return tuple(entries)


@st.composite
def _entries(draw: st.DrawFn, shape: Shape, common: Shape) -> tuple[Any, int]:
    """An entry for the first axes of `shape`, and for how many."""
    kind = draw(st.sampled_from(("integer", "slice", "array", "array", "mask", "new", "flag")))
    if kind in ("new", "flag"):
        return draw(st.sampled_from((None,) if kind == "new" else (True, np.array(True)))), 0
    if kind == "mask":
        count = draw(st.integers(1, min(2, len(shape))))
        return draw(_masks(shape[:count], common)), count
    return draw(_OF_ONE_AXIS[kind](shape[0], common)), 1


@st.composite
def _masks(draw: st.DrawFn, shape: Shape, common: Shape) -> Array:
    """Masks that select as many elements as the other arrays are long, or one."""
    size = int(np.prod(shape))
    fitting = [count for count in {1, common[-1] if common else 1} if count <= size]
    count = draw(st.sampled_from(fitting))
    mask = np.zeros(size, np.bool_)
    mask[draw(st.permutations(range(size)))[:count]] = True
    return mask.reshape(shape)


@st.composite
def _arrays(draw: st.DrawFn, length: int, common: Shape) -> Any:
    start = draw(st.integers(0, len(common)))
    shape = tuple(draw(st.sampled_from((n, n, 1))) for n in common[start:])
    seed = draw(st.integers(0, 2**32 - 1))
    index = np.random.default_rng(seed).integers(-length, length, shape)
    as_list = draw(st.booleans()) and index.ndim > 0
    return index.tolist() if as_list else index.astype(draw(st.sampled_from(("int64", "int8"))))


_OF_ONE_AXIS: dict[str, Any] = {
    "integer": lambda length, _: st.integers(-length, length - 1),
    "slice": lambda length, _: st.slices(length),
    "array": _arrays,
}


@st.composite
def indexed(draw: st.DrawFn) -> tuple[Array, Any]:
    shape = draw(shapes())
    key = draw(keys(shape))
    return numbers(shape), key[0] if len(key) == 1 and draw(st.booleans()) else key


def fits(x: Array, key: Any) -> bool:
    """Whether NumPy can index `x` by `key`; masks drawn at random need not broadcast together."""
    try:
        return x[key] is not None
    except IndexError:
        return False


@settings(max_examples=200)
@given(indexed().filter(lambda drawn: fits(*drawn)))
def test_getitem_is_that_of_numpy(drawn: tuple[Array, Any]) -> None:
    x, key = drawn
    check_values(lambda t: t[key], lambda array: array[key], x)
    check_mapped(lambda t: asarray(t)[key], x)
    check_recorded(lambda t: asarray(t)[key], x)


@settings(max_examples=200)
@given(indexed().filter(lambda drawn: fits(*drawn)))
def test_the_gradient_of_getitem_adds_up_at_every_place(drawn: tuple[Array, Any]) -> None:
    x, key = drawn
    weights = np.random.default_rng(0).standard_normal(x[key].shape)
    expected = np.zeros_like(x)
    np.add.at(expected, key, weights)
    found = grad(lambda t: total(multiply(t[key], constant(weights))))(x)
    np.testing.assert_allclose(found.known(), expected, rtol=1e-12, atol=1e-12)


@settings(max_examples=200)
@given(indexed().filter(lambda drawn: fits(*drawn)))
def test_getitem_is_twice_differentiable(drawn: tuple[Array, Any]) -> None:
    x, key = drawn
    check_gradients(lambda t: t[key] * t[key] * t[key], x / x.size, order=2)


def test_tensors_and_variables_are_indices() -> None:
    x, rows = numbers((3, 4)), Variable([2, 0], name="rows")
    assert_same(asarray(x)[rows], x[[2, 0]])
    assert_same(asarray(x)[asarray(1), rows], x[1, [2, 0]])
    assert_same(asarray(x)[asarray(x > 5)], x[x > 5])
    assert_same(asarray(x)[asarray(1) : asarray(3)], x[1:3])


def test_variables_are_indexed() -> None:
    assert_same(Variable([1.0, 2.0])[-1], np.array(2.0, np.float32))


def test_an_ellipsis_alone_is_the_tensor_itself() -> None:
    x = asarray([1.0, 2.0])
    assert x[...] is x
    assert x[:] is x


@pytest.mark.parametrize("dtype", INTEGERS)
def test_indices_are_of_any_integer_type(dtype: str) -> None:
    x = numbers((2, 3, 4))
    index, same = np.array([[1, 0], [1, 1]], dtype), np.array([[1, 0], [1, 1]])
    assert_same(asarray(x)[index], x[same])
    assert_same(asarray(x)[:, index, index[0]], x[:, same, same[0]])
    assert_same(take(x, index, axis=1), x[:, same])
    assert_same(take_along_axis(x[0, :2, :2], index, axis=0), x[0, same, [0, 1]])
    assert_same(grad(lambda t: total(t[index]))(x[0])[:, 0], np.array([1.0, 3.0, 0.0]))


def test_an_unknown_index_is_one_of_each_example() -> None:
    x, rows = numbers((4, 3)), np.array([2, -3, 1])
    assert_same(vmap(lambda i: asarray(x)[i])(rows), x[rows])
    assert_same(vmap(lambda i: asarray(x)[i, 1])(rows), x[rows, 1])
    assert_same(vmap(lambda i: asarray(x)[:, i])(rows), x[:, rows].T)


def test_data_and_indices_are_mapped_together() -> None:
    x, rows = numbers((2, 4, 3)), np.array([[3, -4, 1], [0, 0, 2]])
    assert_same(vmap(lambda t, i: t[i])(x, rows), np.stack([x[0, rows[0]], x[1, rows[1]]]))
    once = vmap(lambda t, i: take(t, i, axis=1), in_axes=(None, 0))(x[0], rows % 3)
    assert_same(once, np.stack([x[0][:, rows[0] % 3], x[0][:, rows[1] % 3]]))


def test_the_gradient_of_each_example_is_its_own() -> None:
    table, rows = numbers((4, 3)), np.array([[3, 3], [0, 2]])
    found = vmap(grad(lambda t, i: total(t[i])), in_axes=(None, 0))(table, rows)
    expected = np.zeros((2, 4, 3))
    expected[0, 3], expected[1, 0], expected[1, 2] = 2, 1, 1
    assert_same(found, expected)


def test_an_element_that_a_mask_leaves_out_has_no_gradient() -> None:
    d = np.array([0.0, 1.0])
    assert_same(grad(lambda x: total(divide(x, d)[d != 0]))(np.array([3.0, 5.0])), d)


def test_a_known_mask_selects_while_recording() -> None:
    x, mask = numbers((2, 3)), np.array([[True, False, True], [False, True, False]])
    assert_same(vmap(lambda t: t[mask])(np.stack([x, -x])), np.stack([x[mask], -x[mask]]))


def test_an_unknown_mask_is_an_error_that_names_where() -> None:
    with pytest.raises(ValueUnknownError, match=r"cr\.where\(mask, x, 0\)"):
        vmap(lambda t, mask: t[mask])([[1.0, -1.0]], [[True, False]])


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [
        (3, DataError, "index 3 is outside axis 0, which has length 3; valid are -3 to 2"),
        ((0, -5), DataError, "index -5 is outside axis 1, which has length 4"),
        (
            (slice(None), [0, 4]),
            DataError,
            r"index 4 \(at \[1\] of the index array\) is outside ax",
        ),
        (
            (None, 0, [[0], [9]]),
            DataError,
            r"index 9 \(at \[1, 0\] of the index array\) is .* axis 1",
        ),
        ((0, 0, 0), ShapeError, "3 axes are indexed, but the array has 2"),
        ((..., 0, ...), ShapeError, "one ellipsis"),
        (np.zeros((2, 4), np.bool_), ShapeError, r"mask of shape \(2, 4\) at axis 0 of \(3, 4\)"),
        ((slice(None), [True]), ShapeError, r"mask of shape \(1,\) at axis 1 of \(3, 4\)"),
        (([0, 1], [0, 1, 2]), ShapeError, "do not broadcast"),
        (1.0, DTypeError, r"an index is an integer, .* got float32\[\]"),
        ("first", DTypeError, "no data type"),
        (slice(None, None, 0), OptionError, "step other than 0"),
    ],
)
def test_a_wrong_key_is_named(key: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        getitem(numbers((3, 4)), key)


def test_an_axis_without_elements_has_no_index() -> None:
    with pytest.raises(DataError, match="length 0; no index is valid"):
        getitem(np.zeros((0, 2)), 0)
    assert_same(getitem(np.zeros((0, 2)), []), np.zeros((0, 2)))


def test_an_index_known_late_is_checked_late() -> None:
    x = numbers((3,))
    with pytest.raises(
        DataError, match=r"index 3 \(at \[1\] of the index array\) is outside axis 0"
    ):
        vmap(lambda i: asarray(x)[i])([0, 3])


def test_scattering_adds_in_the_order_of_appearance() -> None:
    scatter = ScatterAdd((1,), Gather((0,)))
    parts = np.array([1e8, 1.0, -1e8, 1.0], np.float32)
    assert_same(scatter(constant(parts), constant(np.zeros(4, int))), np.array([1.0], np.float32))


def test_a_primitive_takes_what_fits_only() -> None:
    x, index = constant(numbers((2, 3))), constant(np.zeros(2, int))
    with pytest.raises(ShapeError, match="needs 2 index arrays of one shape"):
        Gather((0, 1))(x, index)
    with pytest.raises(DTypeError, match="indices are integers"):
        Gather((0,))(x, x)
    with pytest.raises(ShapeError, match="must agree in the first 1 axes"):
        Gather((1,), 1)(x, constant(np.zeros(3, int)))
    with pytest.raises(ShapeError, match="does not fit"):
        ScatterAdd((4, 3), Gather((0,)))(x, constant(np.zeros(3, int)))


def test_a_mask_of_no_elements_selects_nothing() -> None:
    for shape, mask in (((0, 1), (0, 0)), ((2, 3), (0, 3)), ((2, 3), (2, 0)), ((2, 3), (0,))):
        x, key = numbers(shape), np.zeros(mask, np.bool_)
        assert_same(getitem(x, key), np.zeros((0, *shape[len(mask) :])))


def test_what_is_outside_is_an_index_error() -> None:
    for key in (3, (0, 0, 0), np.array([True] * 4), [5]):
        with pytest.raises(IndexError):
            getitem(numbers((3, 4)), key)
