"""Reductions against NumPy: values, data types, shapes; empty axes, NaN, layouts, errors."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.shape import size_of
from chainrule.build.convert import asarray
from chainrule.build.functions import reduction
from chainrule.build.tensor import Array
from chainrule.errors import ShapeError
from tests.build.samples.draw import axes_of, bools, integers, reals, shapes

Function = Callable[..., Any]

OVER_AXES = ["sum", "prod", "mean", "var", "std", "max", "min", "any", "all", "count_nonzero"]
OVER_ONE = ["argmax", "argmin"]
# Of no elements these have no value; the mean of none is NaN, the sum 0.
CHOOSING = ["max", "min", "argmax", "argmin"]


def expected(name: str, x: Array, **options: Any) -> Array:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of an empty slice
        return np.asarray(getattr(np, name)(x, **options))


def assert_like(name: str, x: Array, **options: Any) -> None:
    found = getattr(reduction, name)(x, **options)
    right = expected(name, x, **options)
    assert found.shape == right.shape
    np.testing.assert_allclose(np.asarray(found), right, rtol=1e-12, atol=1e-12)


def nothing_to_choose(x: Array, axis: int | tuple[int, ...] | None) -> bool:
    """Tell whether an axis that is reduced has no elements."""
    axes = range(x.ndim) if axis is None else np.atleast_1d(np.asarray(axis, int))
    return 0 in (x.shape[index] for index in axes)


@st.composite
def numbers(draw: st.DrawFn, least: int = 0) -> Array:
    shape = draw(shapes(least=least))
    return draw(st.one_of(reals(shape), integers(shape, -4, 4), bools(shape)))


@pytest.mark.parametrize("name", OVER_AXES)
@given(data=st.data(), keepdims=st.booleans())
def test_over_axes(name: str, data: st.DataObject, keepdims: bool) -> None:
    x = data.draw(numbers())
    x = x.astype(np.float64) if name in ("mean", "var", "std") else x
    axis = data.draw(st.one_of(st.none(), axes_of(x.ndim)))
    if name in CHOOSING and x.dtype != bool and nothing_to_choose(x, axis):
        with pytest.raises(ShapeError, match="no elements"):
            getattr(reduction, name)(x, axis=axis)
    elif not (x.dtype == bool and x.size == 0 and name in CHOOSING):
        assert_like(name, x, axis=axis, keepdims=keepdims)


@pytest.mark.parametrize("name", OVER_ONE)
@given(data=st.data(), keepdims=st.booleans())
def test_over_one_axis(name: str, data: st.DataObject, keepdims: bool) -> None:
    x = data.draw(numbers(least=1))
    axis = data.draw(st.one_of(st.none(), st.integers(-x.ndim, x.ndim - 1)))
    if nothing_to_choose(x, axis):
        with pytest.raises(ShapeError, match="no elements"):
            getattr(reduction, name)(x, axis=axis)
    else:
        assert_like(name, x, axis=axis, keepdims=keepdims)


@given(data=st.data(), correction=st.sampled_from((0, 1, 2, 0.5)))
def test_correction(data: st.DataObject, correction: float) -> None:
    x = data.draw(reals(data.draw(shapes())))
    for name in ("var", "std"):
        right = expected(name, x, ddof=correction)
        found = getattr(reduction, name)(x, correction=correction)
        np.testing.assert_allclose(np.asarray(found), right, rtol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "added"),
    [
        ("bool", "int64"),
        ("int8", "int64"),
        ("int32", "int64"),
        ("int64", "int64"),
        ("uint8", "uint64"),
        ("uint64", "uint64"),
        ("float32", "float32"),
        ("float64", "float64"),
    ],
)
def test_types(dtype: str, added: str) -> None:
    x = np.ones((2, 3), dtype)
    floating = dtype if dtype.startswith("float") else "float32"
    for name in ("sum", "prod"):
        assert getattr(reduction, name)(x).dtype == added
        assert getattr(reduction, name)(x, dtype="float64").dtype == "float64"
    for name in ("mean", "var", "std"):
        assert getattr(reduction, name)(x).dtype == floating
    for name in ("max", "min"):
        assert getattr(reduction, name)(x, axis=0).dtype == dtype
    for name in ("any", "all"):
        assert getattr(reduction, name)(x).dtype == "bool"
    for name in ("argmax", "argmin", "count_nonzero"):
        assert getattr(reduction, name)(x).dtype == "int64"


def test_small_integers_do_not_overflow() -> None:
    assert int(reduction.sum(np.full(1000, 127, "int8"))) == 127_000
    assert int(reduction.prod(np.full(20, 2, "uint8"))) == 2**20


def test_the_type_is_changed_before_adding() -> None:
    x = np.array([2.0**24, 1.0, 1.0], "float32")
    assert float(reduction.sum(x, dtype="float64")) == 2**24 + 2


@pytest.mark.parametrize("name", [*CHOOSING, "sum", "mean", "prod"])
def test_nan_comes_through_as_in_numpy(name: str) -> None:
    x = np.array([[1.0, np.nan, np.nan, 9.0], [1.0, 2.0, 3.0, -np.inf]])
    right = expected(name, x, axis=1)
    np.testing.assert_array_equal(np.asarray(getattr(reduction, name)(x, axis=1)), right)


@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_last_bits_do_not_depend_on_the_layout(data: st.DataObject, seed: int) -> None:
    shape = (17, 1, 130, 3)
    x = np.random.default_rng(seed).standard_normal(shape).astype("float32")
    order = data.draw(st.permutations(range(4)))
    laid_out = np.ascontiguousarray(x.transpose(order)).transpose(np.argsort(order))
    assert np.array_equal(laid_out, x)
    axes = data.draw(axes_of(4))
    for name in ("sum", "prod", "mean", "var"):
        one, other = (getattr(reduction, name)(asarray(each), axis=axes) for each in (x, laid_out))
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()


def test_a_row_is_reduced_as_if_alone() -> None:
    x = np.random.default_rng(0).standard_normal((5, 1000)).astype("float32")
    for name in ("sum", "prod", "mean", "var"):
        function = getattr(reduction, name)
        whole = np.asarray(function(x, axis=1))
        alone = [np.asarray(function(row[None], axis=1))[0] for row in x]
        assert whole.tolist() == [float(row) for row in alone]


@pytest.mark.parametrize("name", ["any", "all"])
@pytest.mark.parametrize("values", [[], [np.nan], [0.0, -0.0], [0.0, 1.0], [2, 3]])
def test_truth(name: str, values: list[float]) -> None:
    x = np.array(values)
    assert bool(getattr(reduction, name)(x)) == bool(getattr(np, name)(x))


@pytest.mark.parametrize("name", OVER_AXES + OVER_ONE)
def test_an_axis_that_is_not_there(name: str) -> None:
    with pytest.raises(ShapeError, match="axis 2 does not exist"):
        getattr(reduction, name)(np.ones((2, 3)), axis=2)


def test_an_axis_named_twice() -> None:
    with pytest.raises(ShapeError, match="name one axis twice"):
        reduction.sum(np.ones((2, 3)), axis=(0, -2))


def test_the_reduced_shape_of_nothing() -> None:
    assert reduction.sum(np.ones((0, 3)), axis=0).tolist() == [0, 0, 0]
    assert reduction.prod(np.ones((0, 3)), axis=0).tolist() == [1, 1, 1]
    assert np.isnan(np.asarray(reduction.mean(np.ones((0, 3)), axis=0))).all()
    assert size_of(reduction.max(np.ones((0, 3)), axis=1).shape) == 0
