"""float32 functions in machine code against float64 and mpmath: ULP over all exponents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import chainrule as cr
from chainrule.run.native import Native

ULP = 2.5
Function = Callable[[Any], Any]


def native(function: Function, x: np.ndarray) -> Any:
    compiled = cr.compile(function, device="native")
    found = np.asarray(compiled(x))
    assert isinstance(compiled.program.executor, Native)
    return found


def all_exponents(count: int) -> Any:
    """Numbers of both signs and every exponent, denormal ones included."""
    bits = np.random.default_rng(0).integers(0, 2**23, (256, count), np.uint32)
    exponents = np.arange(256, dtype=np.uint32)[:, None] << 23
    positive = (bits | exponents)[:255].view(np.float32).reshape(-1)
    return np.concatenate([positive, -positive])


def errors(found: np.ndarray, exact: np.ndarray) -> Any:
    """The distances in units of the last place of float32, where the exact result is finite."""
    with np.errstate(all="ignore"):
        rounded = exact.astype(np.float32)
    kept = np.isfinite(rounded)
    np.testing.assert_array_equal(found[~kept], rounded[~kept])
    unit = np.spacing(np.abs(rounded[kept])).astype(np.float64)
    return np.abs(found[kept].astype(np.float64) - exact[kept]) / unit


FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "exp": (cr.exp, np.exp),
    "log": (cr.log, np.log),
    "tanh": (cr.tanh, np.tanh),
    "sigmoid": (cr.sigmoid, lambda x: 1 / (1 + np.exp(-x))),
    "expm1": (cr.expm1, np.expm1),
    "log1p": (cr.log1p, np.log1p),
    "log2": (cr.log2, np.log2),
    "sqrt": (cr.sqrt, np.sqrt),
    "sin": (cr.sin, np.sin),
    "atan": (cr.atan, np.arctan),
    "sinh": (cr.sinh, np.sinh),
    "asinh": (cr.asinh, np.arcsinh),
}
# Where most of a function's numbers come from, beside all exponents.
BUSY = {"exp": (-104, 89), "tanh": (-10, 10), "sigmoid": (-104, 30), "log": (0.4, 3.0)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_exponent_is_right_to_a_few_units(name: str) -> None:
    function, reference = FUNCTIONS[name]
    dense = np.linspace(*BUSY.get(name, (-4, 4)), 20_000).astype(np.float32)
    x = np.concatenate([all_exponents(40), dense])
    with np.errstate(all="ignore"):
        exact = reference(x.astype(np.float64))
    assert errors(native(function, x), exact).max() <= ULP


@pytest.mark.parametrize("name", ["exp", "log", "tanh"])
def test_high_precision_agrees(name: str) -> None:
    low, high = BUSY[name]
    x = np.linspace(low, high, 500).astype(np.float32)
    with mpmath.workprec(100):
        exact = np.array([float(getattr(mpmath, name)(float(value))) for value in x])
    assert errors(native(FUNCTIONS[name][0], x), exact).max() <= ULP


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_values(name: str, dtype: Any) -> None:
    function, reference = FUNCTIONS[name]
    tiny = np.finfo(dtype).smallest_subnormal
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, tiny, -tiny] * 3, dtype)
    with np.errstate(all="ignore"):
        expected = reference(x.astype(np.float64)).astype(dtype)
    found = native(function, x)
    np.testing.assert_allclose(found, expected, rtol=4 * np.finfo(dtype).eps, atol=0)
    zero = expected == 0
    np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(expected[zero]))


def test_exp_at_the_ends_of_float32() -> None:
    x = np.array([88.72283, 88.7229, 89.5, 1e30, -87.4, -103.27, -103.9, -104.5], np.float32)
    found = native(cr.exp, x)
    assert np.isfinite(found[0])
    assert np.isinf(found[1:4]).all()
    assert 0 < found[4] < np.finfo(np.float32).tiny
    assert found[5] == np.finfo(np.float32).smallest_subnormal
    np.testing.assert_array_equal(found[6:], [np.exp(np.float32(-103.9)), 0.0])


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sigmoid"])
def test_the_bits_do_not_depend_on_the_place(name: str) -> None:
    x = np.linspace(0.1, 3.0, 37).astype(np.float32)
    function = FUNCTIONS[name][0]
    whole = native(function, x)
    alone = np.concatenate([native(function, x[i : i + 1]) for i in (0, 15, 16, 36)])
    np.testing.assert_array_equal(whole[[0, 15, 16, 36]], alone)
