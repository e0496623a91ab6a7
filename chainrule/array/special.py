"""Special functions that NumPy lacks: the error function, its inverse, and sinc with derivatives.

Each takes float32 or float64 numbers, computes in float64 and gives back the type that it got. The
gamma function and its relatives are in `chainrule.array.gamma`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])

# W. J. Cody: Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969),
# 631-637: numerator and denominator on each of three intervals, highest power first.
CENTER = (
    (
        1.85777706184603153e-1,
        3.16112374387056560e00,
        1.13864154151050156e02,
        3.77485237685302021e02,
        3.20937758913846947e03,
    ),
    (
        1.0,
        2.36012909523441209e01,
        2.44024637934444173e02,
        1.28261652607737228e03,
        2.84423683343917062e03,
    ),
)
MIDDLE = (
    (
        2.15311535474403846e-8,
        5.64188496988670089e-1,
        8.88314979438837594e00,
        6.61191906371416295e01,
        2.98635138197400131e02,
        8.81952221241769090e02,
        1.71204761263407058e03,
        2.05107837782607147e03,
        1.23033935479799725e03,
    ),
    (
        1.0,
        1.57449261107098347e01,
        1.17693950891312499e02,
        5.37181101862009858e02,
        1.62138957456669019e03,
        3.29079923573345963e03,
        4.36261909014324716e03,
        3.43936767414372164e03,
        1.23033935480374942e03,
    ),
)
FAR = (
    (
        1.63153871373020978e-2,
        3.05326634961232344e-1,
        3.60344899949804439e-1,
        1.25781726111229246e-1,
        1.60837851487422766e-2,
        6.58749161529837803e-4,
    ),
    (
        1.0,
        2.56852019228982242e00,
        1.87295284992346047e00,
        5.27905102951428412e-1,
        6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)
CENTRAL = 0.46875  # |x| up to here is the center, up to 4 the middle
VANISHED = 28.0  # erfc is less than the smallest number from here on


def in_double(function: Function) -> Function:
    """Let `function` compute its first argument in float64, whatever floating type it has."""

    @wraps(function)
    def converted(x: Array, *attributes: Any) -> Array:
        with np.errstate(all="ignore"):
            result = function(np.asarray(x, np.float64), *attributes)
            return np.asarray(result).astype(x.dtype)

    return converted  # type: ignore[return-value]


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    numerator, denominator = coefficients
    return np.asarray(np.polyval(numerator, x) / np.polyval(denominator, x))


@in_double
def erf(x: Array) -> Array:
    """Return 2/√π ∫₀ˣ e^(−t²) dt."""
    return np.piecewise(
        x,
        [x > CENTRAL, x < -CENTRAL],
        [lambda x: 1 - _right(x), lambda x: _right(-x) - 1, _center],
    )


@in_double
def erfc(x: Array) -> Array:
    """Return 1 − erf x, with all its digits also where it is tiny."""
    return np.piecewise(
        x,
        [x > CENTRAL, x < -CENTRAL],
        [_right, lambda x: 2 - _right(-x), lambda x: 1 - _center(x)],
    )


def _center(x: Array) -> Array:
    """The error function near 0."""
    return x * _ratio(CENTER, x * x)


def _right(x: Array) -> Array:
    """The complementary error function right of the center."""
    x = np.minimum(x, VANISHED)
    return _bell(x) * np.piecewise(x, [x > 4], [_far, lambda x: _ratio(MIDDLE, x)])


def _far(x: Array) -> Array:
    """The factor e^(x²)·erfc x, which falls off like 1/x."""
    t = 1 / (x * x)
    return np.asarray((1 / np.sqrt(np.pi) - t * _ratio(FAR, t)) / x)


def _bell(x: Array) -> Array:
    """The factor e^(−x²), x² split into a part without rounding error and a small rest."""
    coarse = np.trunc(16 * x) / 16
    return np.asarray(np.exp(-coarse * coarse) * np.exp(-(x - coarse) * (x + coarse)))


@in_double
def erfinv(x: Array) -> Array:
    """Return the y whose erf is x; ±∞ at ±1 and NaN beyond.

    A first guess (S. Winitzki: A handy approximation for the error function and its inverse, 2008)
    is improved by E. Halley's method, whose error shrinks to its third power in every step.
    """
    size = np.abs(x)
    depth = np.log((1 - size) * (1 + size))
    half = 2 / (np.pi * 0.147) + depth / 2
    y = np.sqrt(np.sqrt(half * half - depth / 0.147) - half)
    for _ in range(3):
        error = np.where(size > 0.5, (1 - size) - erfc(y), erf(y) - size)
        newton = error * (np.sqrt(np.pi) / 2) * np.exp(y * y)
        y = y - newton / (1 + y * newton)
    return np.copysign(np.where(size == 1, np.inf, y), x)


def sine_of_turns(x: Array) -> Array:
    """Return sin(πx): exactly 0 at integers, and with all its digits far from 0."""
    nearest = np.rint(x)
    sign = 1 - 2 * np.mod(nearest, 2)
    return np.asarray(sign * np.sin(np.pi * (x - nearest)))


def cosine_of_turns(x: Array) -> Array:
    """Return cos(πx): exactly 0 half-way between integers."""
    return sine_of_turns(np.abs(x) + 0.5)


@in_double
def sinc(x: Array, order: int) -> Array:
    """Return the derivative of that `order` of sin(πx) / (πx), without cancellation near 0."""
    near = np.abs(np.pi * x) <= order
    result = np.piecewise(x, [near], [lambda x: _sinc_near(x, order), lambda x: _sinc(x, order)])
    return np.asarray(np.pi**order * result)


def _sinc_near(x: Array, order: int) -> Array:
    """∫₀¹ tⁿ cos(ut + nπ/2) dt, u = πx, by Gauss's rule: the n-th derivative of sin(u)/u."""
    wave = (np.cos, lambda u: -np.sin(u), lambda u: -np.cos(u), np.sin)[order % 4]
    total = np.zeros_like(x)
    for node, weight in zip(*_gauss(12 + order), strict=True):
        total += weight * node**order * wave(np.pi * x * node)
    return total


@cache
def _gauss(count: int) -> tuple[Array, Array]:
    """Nodes and weights of Gauss's rule on [0, 1] (Golub and Welsch, Math. Comp. 23 (1969))."""
    k = np.arange(1, count)
    side = k / np.sqrt(4 * k * k - 1)
    nodes, vectors = np.linalg.eigh(np.diag(side, 1) + np.diag(side, -1))
    return (nodes + 1) / 2, vectors[0] ** 2


def _sinc(x: Array, order: int) -> Array:
    """The n-th derivative fₙ of sin(u)/u, u = πx ≠ 0, by u·fₙ = sin⁽ⁿ⁾(u) − n·fₙ₋₁."""
    sine, cosine = sine_of_turns(x), cosine_of_turns(x)
    result = np.where(x == 0, 1.0, sine / (np.pi * x))
    for n in range(1, order + 1):
        wave = (sine, cosine, -sine, -cosine)[n % 4]
        result = (wave - n * result) / (np.pi * x)
    return result
