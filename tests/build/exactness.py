"""Elementwise functions against mpmath: how many units in the last place they are off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from chainrule.build.tensor import Array, Tensor
from chainrule.derive.grad import vjp
from tests.build.checks import same_bits

Function = Callable[..., Any]

TYPES = ("float32", "float64")
DIGITS = 120


def numbers(low: float, high: float) -> SearchStrategy[float]:
    """Numbers of the interval that float32 has as well: one point for both types."""
    least, most = np.float32(low).item(), np.float32(high).item()
    return st.floats(least, most, width=32, allow_subnormal=False)


def partial(function: Function, argument: int = 0) -> Function:
    """The derivative of an elementwise function by one of its arguments."""

    def derivative(*inputs: Any) -> Tensor:
        y, pull_back = vjp(function, *inputs)
        return pull_back(np.ones(y.shape))[argument]  # type: ignore[no-any-return]

    return derivative


def exact(judge: Function, point: Sequence[float], orders: Sequence[int]) -> float:
    """The mpmath function `judge`, or that derivative of it, at `point`, rounded to float64."""
    with mpmath.workdps(DIGITS):
        given = tuple(map(mpmath.mpf, point))
        if not any(orders):
            return float(judge(*given))
        return float(mpmath.diff(judge, given, tuple(orders)))


def check(
    function: Function,
    judge: Function,
    point: Sequence[float],
    ulps: float,
    orders: Sequence[int] | None = None,
    scale: float = 0.0,
) -> None:
    """The derivative of those `orders` is right within `ulps` units, in both types.

    A unit is the spacing of the type's numbers at the result, or at `scale` where that is larger.
    """
    orders = orders or (0,) * len(point)
    for argument, order in enumerate(orders):
        for _ in range(order):
            function = partial(function, argument)
    right = exact(judge, point, orders)
    for dtype in TYPES:
        found = function(*(np.array(x, dtype) for x in point))
        assert found.dtype == dtype
        unit = np.spacing(np.array(max(abs(right), scale), dtype)).item()
        assert abs(found.item() - right) <= ulps * unit, (
            f"{dtype}: {found.item()!r} at {point}, right is {right!r}, "
            f"off by {abs(found.item() - right) / unit:.1f} units"
        )


def check_special(function: Function, point: Sequence[Any], expected: Any) -> None:
    """The result has the bits of `expected`, the sign of zero included, in both types."""
    for dtype in TYPES:
        found: Array = np.asarray(function(*(np.array(x, dtype) for x in point)))
        assert same_bits(found, np.array(expected, dtype)), f"{dtype}: {found!r}, not {expected}"
