"""Scans against NumPy and against their definition, zeros included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions import scan
from chainrule.build.functions.reduction import sum as total
from chainrule.build.leaf import constant
from chainrule.build.primitives.scan import ChainRecurrence
from chainrule.derive.batch import vmap
from chainrule.derive.forward import jacobian
from chainrule.derive.grad import grad
from chainrule.errors import OptionError, ShapeError
from tests.build.families import check_derivatives, check_like
from tests.build.samples.draw import integers, reals, shapes

NUMPY: dict[str, Any] = {"cumulative_sum": np.cumsum, "cumulative_prod": np.cumprod}
NAMES = list(NUMPY)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_like_numpy(name: str, data: st.DataObject) -> None:
    shape = data.draw(shapes(least=1))
    x = data.draw(st.one_of(reals(shape), integers(shape, -3, 3)))
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    found = np.asarray(getattr(scan, name)(x, axis=axis))
    right = NUMPY[name](x, axis)
    assert found.dtype == right.dtype
    np.testing.assert_allclose(found, right, rtol=1e-12)
    begun = np.asarray(getattr(scan, name)(x, axis=axis, include_initial=True))
    first, rest = np.split(begun, [1], axis)
    assert np.all(first == (name == "cumulative_prod"))
    np.testing.assert_array_equal(rest, found)


@pytest.mark.parametrize("name", NAMES)
def test_types(name: str) -> None:
    function = getattr(scan, name)
    assert function(np.ones(3, "int8")).dtype == "int64"
    assert function(np.ones(3, "uint8")).dtype == "uint64"
    assert function(np.ones(3, bool)).dtype == "int64"
    assert function(np.ones(3, "float32")).dtype == "float32"
    assert function(np.ones(3, "int8"), dtype="float64", include_initial=True).dtype == "float64"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(), (2, 3)])
def test_an_axis_must_be_said(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="say along which axis"):
        getattr(scan, name)(np.ones(shape))
    with pytest.raises(ShapeError, match="does not exist"):
        getattr(scan, name)(np.ones(shape), axis=2)


@pytest.mark.parametrize(
    "values",
    [[2.0, 3.0, -1.0, 0.5], [2.0, 0.0, -1.0, 0.5], [0.0, 3.0, 0.0, 0.5], [0.0, 0.0, 0.0, 0.0]],
)
def test_the_derivative_of_a_running_product_with_zeros(values: list[float]) -> None:
    # ∂y_i/∂x_k is the product of the others up to i; ∂²y_i/∂x_j∂x_k that of all but two.
    x = np.array(values)
    first = np.zeros((4, 4))
    second = np.zeros((4, 4, 4))
    for i in range(4):
        for k in range(i + 1):
            first[i, k] = np.prod([x[n] for n in range(i + 1) if n != k])
            for j in set(range(i + 1)) - {k}:
                second[i, j, k] = np.prod([x[n] for n in range(i + 1) if n not in (j, k)])
    np.testing.assert_allclose(jacobian(scan.cumulative_prod)(x), first)
    twice = jacobian(jacobian(scan.cumulative_prod))(x)
    np.testing.assert_allclose(twice, second)


def test_a_zero_absorbs_in_a_recurrence() -> None:
    a = constant(np.array([np.nan, np.inf, np.nan, np.inf, 2.0]))
    b = constant(np.array([0.0, 0.0, 1.0, 0.0, 1.0]))
    y = ChainRecurrence(0)(a, b)
    assert y.tolist() == [0.0, 0.0, 1.0, np.inf, np.inf]


@pytest.mark.parametrize("name", NAMES)
def test_batched_it_is_a_loop(name: str) -> None:
    x = np.random.default_rng(0).standard_normal((3, 4, 2))
    function = getattr(scan, name)
    found = np.asarray(vmap(lambda row: function(row, axis=0, include_initial=True))(x))
    looped = [np.asarray(function(row, axis=0, include_initial=True)) for row in x]
    np.testing.assert_array_equal(found, looped)


RUNNING: dict[str, Any] = {
    "cumulative_max": np.maximum.accumulate,
    "cumulative_min": np.minimum.accumulate,
    "cumulative_logsumexp": np.logaddexp.accumulate,
}


@pytest.mark.parametrize("name", RUNNING)
def test_running_extremes_and_sums_of_powers(name: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 7, 2)) * 3
    check_like(lambda x: getattr(scan, name)(x, axis=1), lambda x: RUNNING[name](x, axis=1), x)
    check_derivatives(lambda x: getattr(scan, name)(x, axis=-2), x)
    assert getattr(scan, name)([1.0]).tolist() == [1.0]
    assert getattr(scan, name)(np.zeros((0, 2)), axis=0).shape == (0, 2)


@pytest.mark.parametrize("name", ["cumulative_max", "cumulative_min"])
def test_extremes_of_every_type(name: str) -> None:
    for dtype in ("bool", "int8", "uint64", "float32"):
        x = np.array([1, 0, 1, 0, 1, 1], dtype)
        np.testing.assert_array_equal(np.asarray(getattr(scan, name)(x)), RUNNING[name](x))
    odd = np.array([1.0, -np.inf, 2.0, np.nan, np.inf, 3.0])
    np.testing.assert_array_equal(np.asarray(getattr(scan, name)(odd)), RUNNING[name](odd))


def test_the_gradient_goes_to_the_first_that_ties() -> None:
    found = grad(lambda x: total(scan.cumulative_max(x)))([1.0, 3.0, 3.0, 2.0])
    assert found.tolist() == [1.0, 3.0, 0.0, 0.0]


def test_running_sums_of_powers_at_the_ends() -> None:
    inf = np.inf
    for x in ([-inf, -inf, 0.0, 0.0], [1e4, 1e4, -1e4], [0.0, inf, 1.0], [0.0, np.nan, 1.0]):
        found = np.asarray(scan.cumulative_logsumexp(np.array(x)))
        with np.errstate(all="ignore"):
            expected = np.logaddexp.accumulate(x)
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    slope = grad(lambda x: scan.cumulative_logsumexp(x)[-1])([-inf, 0.0, 0.0])
    assert slope.tolist() == [0.0, 0.5, 0.5]


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_differences_are_those_of_numpy(n: int) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    for axis in (0, -1):
        check_like(
            lambda x, axis=axis: scan.diff(x, axis=axis, n=n),
            lambda x, axis=axis: np.diff(x, n, axis=axis),
            x,
        )


def test_differences_with_more_in_front_and_behind() -> None:
    x, more = np.arange(6.0).reshape(2, 3) ** 2, np.ones((2, 1))
    found = scan.diff(x, prepend=more, append=more + 1)
    np.testing.assert_array_equal(np.asarray(found), np.diff(x, prepend=1, append=2))
    assert scan.diff([True, False, False]).tolist() == [True, False]
    assert scan.diff(np.array([1, 3, 0], np.uint8)).tolist() == [2, 253]
    with pytest.raises(OptionError, match="n times, not -1"):
        scan.diff(x, n=-1)
