"""Functions in whole native programs: each is the right one, for both types and in every place.

The table of their errors over all exponents is in tests/render/test_mathematics.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.array.special import erf, erfc
from chainrule.run.native import Native
from tests.render.ulp import distances

ULP = 2.5
Function = Callable[[Any], Any]


def native(function: Function, x: np.ndarray) -> Any:
    compiled = cr.compile(function, device="native")
    found = np.asarray(compiled(x))
    assert isinstance(compiled.program.executor, Native)
    return found


FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "exp": (cr.exp, np.exp),
    "expm1": (cr.expm1, np.expm1),
    "log": (cr.log, np.log),
    "log1p": (cr.log1p, np.log1p),
    "log2": (cr.log2, np.log2),
    "log10": (cr.log10, np.log10),
    "tanh": (cr.tanh, np.tanh),
    "sigmoid": (cr.sigmoid, lambda x: 1 / (1 + np.exp(-x))),
    "softplus": (lambda x: cr.logaddexp(x, 0.0), lambda x: np.logaddexp(x, 0.0)),
    "erf": (cr.erf, erf),
    "erfc": (cr.erfc, erfc),
    "sqrt": (cr.sqrt, np.sqrt),
    "sin": (cr.sin, np.sin),
    "cos": (cr.cos, np.cos),
    "tan": (cr.tan, np.tan),
    "asin": (cr.asin, np.arcsin),
    "acos": (cr.acos, np.arccos),
    "atan": (cr.atan, np.arctan),
    "sinh": (cr.sinh, np.sinh),
    "cosh": (cr.cosh, np.cosh),
    "asinh": (cr.asinh, np.arcsinh),
    "acosh": (cr.acosh, np.arccosh),
    "atanh": (cr.atanh, np.arctanh),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_program_is_right_to_a_few_units(name: str) -> None:
    function, reference = FUNCTIONS[name]
    x = np.concatenate([np.linspace(-5, 5, 1001), np.linspace(-100, 100, 1001)]).astype(np.float32)
    with np.errstate(all="ignore"):
        exact = np.asarray(reference(x.astype(np.float64)))
    assert distances(native(function, x), exact).max() <= ULP


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_special_values(name: str, dtype: Any) -> None:
    function, reference = FUNCTIONS[name]
    tiny = np.finfo(dtype).smallest_subnormal
    x = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, tiny, -tiny] * 3, dtype)
    with np.errstate(all="ignore"):
        expected = np.asarray(reference(x.astype(np.float64)))
    found = native(function, x)
    # In float64 the reference is an ULP or two off itself.
    assert distances(found, expected).max() <= ULP + 2 * (dtype is np.float64)
    zero = expected == 0
    np.testing.assert_array_equal(np.signbit(found[zero]), np.signbit(expected[zero]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_bits_do_not_depend_on_the_place(name: str) -> None:
    x = np.linspace(0.1, 3.0, 37).astype(np.float32)
    function = FUNCTIONS[name][0]
    whole = native(function, x)
    alone = np.concatenate([native(function, x[i : i + 1]) for i in (0, 15, 16, 36)])
    np.testing.assert_array_equal(whole[[0, 15, 16, 36]], alone)
