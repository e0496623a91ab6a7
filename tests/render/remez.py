"""The best polynomial of a degree: E. Remez's exchange (1934), in many digits.

How the coefficients in chainrule/render were found; `tests/render/test_coefficients.py` finds them
again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath

Real = Callable[[Any], Any]
GRID = 200  # points at which the error is looked at
ROUNDS = 6


def best(target: Real, weight: Real, low: float, high: float, terms: int) -> list[Any]:
    """The coefficients p, highest power first, that make the largest weight·|p − target| least."""
    grid = chebyshev(low, high, GRID)
    goals, weights = [target(x) for x in grid], [weight(x) for x in grid]
    nodes = [round(place * (GRID - 1) / terms) for place in range(terms + 1)]
    for _ in range(ROUNDS):
        found = alternating(grid, goals, weights, nodes)
        error = [w * (value(found, x) - y) for x, y, w in zip(grid, goals, weights, strict=True)]
        nodes = extremes(error, terms + 1)
    return found


def value(coefficients: Sequence[Any], x: Any) -> Any:
    """The polynomial with `coefficients`, highest power first, at x."""
    result = mpmath.mpf(0)
    for coefficient in coefficients:
        result = result * x + coefficient
    return result


def chebyshev(low: float, high: float, count: int) -> list[Any]:
    """Points that lie closer together towards the ends, which they leave out."""
    middle, half = (mpmath.mpf(low) + high) / 2, (mpmath.mpf(high) - low) / 2
    return [middle - half * mpmath.cospi((place + 0.5) / count) for place in range(count)]


def alternating(
    grid: Sequence[Any], goals: Sequence[Any], weights: Sequence[Any], nodes: Sequence[int]
) -> list[Any]:
    """The polynomial whose weighted error is the same at all nodes, with the sign in turn."""
    terms = len(nodes) - 1
    rows = [
        [grid[node] ** power for power in reversed(range(terms))] + [(-1) ** turn / weights[node]]
        for turn, node in enumerate(nodes)
    ]
    return list(mpmath.lu_solve(mpmath.matrix(rows), mpmath.matrix([goals[n] for n in nodes])))[:-1]


def extremes(error: Sequence[Any], count: int) -> list[int]:
    """Where the error is largest between changes of its sign: `count` neighbors of them."""
    runs: list[list[int]] = [[0]]
    for place in range(1, len(error)):
        if error[place] * error[place - 1] < 0:
            runs.append([])
        runs[-1].append(place)
    peaks = [max(run, key=lambda place: abs(error[place])) for run in runs]
    while len(peaks) > count:
        peaks.pop(0 if abs(error[peaks[0]]) < abs(error[peaks[-1]]) else -1)
    return peaks
