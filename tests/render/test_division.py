"""Integer and floating arithmetic whose corners the processor and NumPy see differently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.run.native import Native
from tests.render.flushed import flushed

INTEGERS = [np.dtype(f"{sign}int{bits}") for sign in ("", "u") for bits in (8, 16, 32, 64)]
FUNCTIONS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "floor_divide": (cr.floor_divide, np.floor_divide),
    "remainder": (cr.remainder, np.remainder),
    "left shift": (cr.bitwise_left_shift, np.left_shift),
    "right shift": (cr.bitwise_right_shift, np.right_shift),
    "maximum": (cr.maximum, np.maximum),
    "less": (cr.less, np.less),
    "multiply": (cr.multiply, np.multiply),
}


def native(function: Callable[..., Any], *arguments: np.ndarray) -> Any:
    compiled = cr.compile(function, device="native")
    found = np.asarray(compiled(*arguments))
    assert isinstance(compiled.program.executor, Native), compiled.kernels
    return found


def corners(dtype: np.dtype[Any]) -> Any:
    """Numbers around 0, around the ends, and around the counts of bits."""
    limits = np.iinfo(dtype)
    near = [*range(10), 15, 16, 17, 31, 32, 33, 63, 64, 65]
    below = [-n for n in near[:10]] if limits.min else []
    ends = [limits.max, limits.max - 1, limits.min, limits.min + 1]
    return np.array([n for n in [*near, *below, *ends] if n <= limits.max], dtype)


@pytest.mark.parametrize("dtype", INTEGERS, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_pairs_of_corners(name: str, dtype: np.dtype[Any]) -> None:
    function, reference = FUNCTIONS[name]
    a, b = np.meshgrid(corners(dtype), corners(dtype))
    with np.errstate(all="ignore"):
        expected = reference(a, b)
    np.testing.assert_array_equal(native(function, a, b), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["floor_divide", "remainder", "maximum", "less"])
def test_all_pairs_of_floating_corners(name: str, dtype: Any) -> None:
    function, reference = FUNCTIONS[name]
    limits = np.finfo(dtype)
    denormal = [limits.smallest_subnormal, 3 * limits.smallest_subnormal, 0.75 * limits.tiny]
    edge = [0.0, 1.0, 3.0, 0.1, 0.3, 7.5, 1e30, np.inf, *denormal, limits.tiny, 1.5 * limits.tiny]
    x = np.array([*edge, *(-value for value in edge), np.nan], dtype)
    a, b = np.meshgrid(x, x)
    with np.errstate(all="ignore"):
        expected = reference(a, b)
        if name == "remainder":  # the rest itself is exact, but its sum with the divisor is rounded
            expected = np.where(np.fmod(a, b) == expected, expected, flushed(expected))
    found = native(function, a, b)
    np.testing.assert_array_equal(found, expected)
    if name in ("floor_divide", "remainder"):
        zero = expected == 0
        np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(expected[zero]))


@pytest.mark.parametrize("dtype", INTEGERS, ids=str)
def test_functions_of_one_integer(dtype: np.dtype[Any]) -> None:
    x = corners(dtype)
    for name in ("abs", "sign", "negative", "max", "min", "sum", "bitwise_invert"):
        np.testing.assert_array_equal(native(getattr(cr, name), x), getattr(np, name)(x))
