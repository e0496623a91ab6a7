"""A function of arrays as a native program: it must do what the interpreter does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.array.dtype import is_floating
from chainrule.array.structure import flatten
from chainrule.build.tensor import Array
from chainrule.derive.grad import vjp
from chainrule.run.native import Native

TOLERANCES = {np.dtype(np.float32): 2e-5, np.dtype(np.float64): 1e-11}


def check_native(function: Callable[..., Any], *arrays: Any) -> None:
    """Compare results, and gradients of the floating arrays, of both executors and two widths."""
    for dtype in (np.float32, np.float64):
        given = [_as(dtype, array) for array in arrays]
        expected, found = (_run(function, given, device) for device in ("numpy", "native"))
        for a, b in zip(expected, found, strict=True):
            tolerance = TOLERANCES[np.dtype(dtype)] * max(1.0, float(np.abs(a).max(initial=0.0)))
            np.testing.assert_allclose(b, a, rtol=tolerance, atol=tolerance)


def _as(dtype: Any, array: Any) -> Array:
    held = np.asarray(array)
    return held.astype(dtype) if held.dtype.kind == "f" else held


def _run(function: Callable[..., Any], arrays: list[Array], device: str) -> list[Array]:
    places = [place for place, array in enumerate(arrays) if is_floating(array.dtype)]

    def of_floating(all_arrays: Any) -> Callable[..., Any]:
        def called(*floating: Any) -> Any:
            filled = list(all_arrays)
            for place, x in zip(places, floating, strict=True):
                filled[place] = x
            return flatten(function(*filled))[0]

        return called

    def both(*given: Any) -> Any:
        ys, pull_back = vjp(of_floating(given), *(given[place] for place in places))
        return [*ys, *pull_back([weights(y) for y in ys])]

    compiled = cr.compile(both, device=device)
    found = [np.array(x) for x in compiled(*arrays)]
    assert device == "numpy" or isinstance(compiled.program.executor, Native)
    return found


def weights(y: Any) -> Array:
    """A cotangent for `y` in which the numbers differ."""
    drawn: Array = np.random.default_rng(0).uniform(0.5, 1.5, y.shape)
    return drawn.astype(y.dtype)
