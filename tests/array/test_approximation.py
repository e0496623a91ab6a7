"""Arrays of any shape and type go through blocks of float64, and each element to its own piece."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from chainrule.array.approximation import BLOCK, Array, between, in_double, polynomial, ratio
from chainrule.array.gamma import lgamma, polygamma
from chainrule.array.special import erf, erfc, erfinv


@in_double
def inverse(x: Array, scale: int = 1) -> Array:
    assert x.dtype == np.float64
    assert x.ndim == 1
    assert x.size <= BLOCK
    return scale / x


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 5), (3, BLOCK), (BLOCK + 1,)])
def test_any_shape_and_type(shape: tuple[int, ...], dtype: str) -> None:
    x = np.random.default_rng(0).uniform(1, 2, shape).astype(dtype)
    found = inverse(x, 3)
    assert (found.shape, found.dtype) == (x.shape, x.dtype)
    np.testing.assert_array_equal(found, (3 / x.astype(np.float64)).astype(dtype))


def test_any_memory_order() -> None:
    x = np.random.default_rng(0).uniform(1, 2, (7, 5, 6))
    for view in (x.T, x[::-1, 1::2], np.asfortranarray(x), np.broadcast_to(x, (2, *x.shape))):
        np.testing.assert_array_equal(inverse(view), 1 / view)


def test_the_argument_is_left_as_it_was() -> None:
    x = np.arange(3.0)
    inverse(x)
    np.testing.assert_array_equal(x, [0, 1, 2])


@pytest.mark.parametrize(
    "function",
    [erf, erfc, erfinv, lgamma, partial(polygamma, order=0), partial(polygamma, order=2)],
)
def test_an_element_does_not_depend_on_its_neighbors(function: Callable[[Array], Array]) -> None:
    x = np.random.default_rng(0).uniform(-0.99, 0.99, 2 * BLOCK + 3)
    whole = function(x)
    alone = [function(x[index : index + 1])[0] for index in range(0, x.size, 997)]
    np.testing.assert_array_equal(whole[::997], alone)
    np.testing.assert_array_equal(whole[::-1], function(x[::-1]))


def test_each_element_goes_to_its_piece() -> None:
    x = np.array([3.0, 0.0, np.nan, -np.inf, 1.0, 2.0, np.inf, 0.5])
    pieces = [lambda x, place=place: np.full_like(x, place) for place in range(3)]
    np.testing.assert_array_equal(between(x, (1.0, 2.0), pieces), [2, 0, 2, 0, 1, 2, 2, 0])


def test_polynomials_have_the_highest_power_first() -> None:
    x = np.linspace(-2, 2, 9)
    np.testing.assert_array_equal(polynomial((2.0, 0.0, 1.0), x), 2 * x * x + 1)
    np.testing.assert_array_equal(ratio(((1.0, 1.0), (4.0,)), x), (x + 1) / 4)
