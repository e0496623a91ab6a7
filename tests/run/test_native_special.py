"""Special functions in machine code against the interpreter, poles and far ends included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.primitives.special import Polygamma
from chainrule.build.primitives.trigonometry import Sinc
from chainrule.run.native import Native

Function = Callable[[Any], Any]

EDGES = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1e-300, -1e-300, 1e-30, 1e30]
TURNS = [*EDGES, *range(-9, 9), *(np.arange(-9, 9) + 0.5), 1e15, -1e15, 2.0**60]

# Each with the numbers at which it is tried: what is special, and a stretch.
FUNCTIONS: dict[str, tuple[Function, Any]] = {
    "erfinv": (
        cr.erfinv,
        [*EDGES, *np.linspace(-1, 1, 999), 1 - 1e-16, 1e-16 - 1, 1 - 1e-10, 0.85, 1.5],
    ),
    **{
        f"polygamma {n}": (Polygamma(n), [*TURNS, *np.linspace(-7.3, 20, 999), 0.999, 3.0])
        for n in (0, 1, 2, 3, 7, 30)
    },
    **{f"sinc {n}": (Sinc(n), [*TURNS, *np.linspace(-4, 4, 999)]) for n in (0, 1, 2, 3, 5, 8)},
}

# In units of the last place of the type; both executors compute in float64.
UNITS = {np.dtype(np.float32): 1, np.dtype(np.float64): 64}


@pytest.mark.parametrize("dtype", UNITS, ids=str)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_interpreter_agrees(name: str, dtype: np.dtype[Any]) -> None:
    function, numbers = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        x = np.array(numbers).astype(dtype)
    compiled = cr.compile(function, device="native")
    found, expected = np.asarray(compiled(x)), np.asarray(function(cr.asarray(x)))
    assert isinstance(compiled.program.executor, Native)
    assert found.dtype == dtype
    tolerance = UNITS[dtype] * np.finfo(dtype).eps
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * 1e-3)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_bits_do_not_depend_on_the_place(name: str) -> None:
    function, numbers = FUNCTIONS[name]
    with np.errstate(all="ignore"):
        x = np.array(numbers)[-37:].astype(np.float32)
    compiled = cr.compile(function, device="native")
    whole = np.asarray(compiled(x))
    alone = [np.asarray(compiled(x[place : place + 1]))[0] for place in (0, 15, 16, 36)]
    np.testing.assert_array_equal(whole[[0, 15, 16, 36]], alone)
