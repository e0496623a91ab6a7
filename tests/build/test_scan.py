"""Scans against NumPy and against their definition, zeros included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.functions import scan
from chainrule.build.leaf import constant
from chainrule.build.primitives.scan import ChainRecurrence
from chainrule.derive.batch import vmap
from chainrule.derive.forward import jacobian
from chainrule.errors import ShapeError
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
