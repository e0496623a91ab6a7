"""The logarithm of the gamma function and its derivatives, which NumPy lacks.

Formulas by number are those of the NIST Digital Library of Mathematical Functions (DLMF). Each takes
float32 or float64 numbers, computes in float64 and gives back the type that it got.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from chainrule.array.special import Array, cosine_of_turns, in_double, sine_of_turns

# B₂, B₄, … : the Bernoulli numbers of the asymptotic series.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)
EULER = 0.57721566490153286061  # Euler's constant γ
FAR = 8.0  # from here on the asymptotic series of ln Γ has all digits
STEPS = 12  # how far a small argument is moved up before an asymptotic series is used
# The positive zero of the digamma function: a number and the rest that it lacks.
ZERO = (1.4616321449683622, 9.549995429965697e-17)


@in_double
def lgamma(x: Array) -> Array:
    """Return ln |Γ(x)|; +∞ at 0, −1, −2, … and at both infinities.

    The relative error is a few times 10⁻¹⁶, near the zeros left of 0 the absolute error.
    """
    return np.piecewise(
        x, [x >= FAR, x < -0.5, x == -np.inf], [_lgamma_far, _lgamma_left, np.inf, _lgamma_near]
    )


def _lgamma_far(x: Array) -> Array:
    """Stirling's series (DLMF 5.11.1)."""
    t = 1 / (x * x)
    terms = [b / (2 * j * (2 * j - 1)) for j, b in enumerate(BERNOULLI, 1)]
    rest = np.polyval(terms[::-1], t) / x
    return np.asarray((x - 0.5) * (np.log(x) - 1) + (math.log(2 * math.pi) - 1) / 2 + rest)


def _lgamma_left(x: Array) -> Array:
    """Euler's reflection (DLMF 5.5.3)."""
    return np.log(np.pi / np.abs(sine_of_turns(x))) - lgamma(1 - x)


def _lgamma_near(x: Array) -> Array:
    """The series around 2, carried from there to x between −½ and 8 by Γ(x + 1) = x·Γ(x)."""
    nearest = np.rint(x)
    u = x - nearest
    up = np.ones_like(x)
    for k in range(1, int(FAR) - 1):
        up *= np.where(nearest - 2 >= k, x - k, 1)
    down = np.where(nearest < 2, x, 1) * np.where(nearest < 1, x + 1, 1)
    return np.asarray(u * np.polyval(_around_two(), u) + np.log(up) - np.log(np.abs(down)))


@cache
def _around_two() -> tuple[float, ...]:
    """The coefficients of ln Γ(2 + u) / u, highest power first (DLMF 5.7.3)."""
    powers = range(30, 1, -1)
    return (*((-1) ** k * float(zeta(np.array(2.0), k)) / k for k in powers), 1 - EULER)


@in_double
def polygamma(x: Array, order: int) -> Array:
    """Return ψ⁽ⁿ⁾(x), the derivative of order n + 1 of ln Γ(x); n = 0 is the digamma function.

    At −1, −2, … it is NaN where the limits from the two sides differ. The relative error is a few
    times 10⁻¹⁶ for x > 0, near the zeros left of 0 the absolute error.
    """
    return np.piecewise(x, [x <= 0], [_polygamma_left, _polygamma_right], order)


def _polygamma_left(x: Array, order: int) -> Array:
    """The reflection (DLMF 5.15.6): derivatives of π·cot(πx)."""
    cotangent = cosine_of_turns(x) / sine_of_turns(x)
    if order % 2 == 0:
        cotangent[(x < 0) & (x == np.rint(x))] = np.nan
    flipped = (-1) ** order * _polygamma_right(1 - x, order)
    return np.asarray(flipped - np.pi ** (order + 1) * np.polyval(_cotangent(order), cotangent))


@cache
def _cotangent(order: int) -> Array:
    """The derivative of cot u as a polynomial in c = cot u, highest power first, by c′ = −1 − c²."""
    polynomial = np.array([1.0, 0.0])
    for _ in range(order):
        polynomial = np.polymul(np.polyder(polynomial), [-1.0, 0.0, -1.0])
    return polynomial


def _polygamma_right(x: Array, order: int) -> Array:
    if order > 0:
        return (-1) ** (order + 1) * math.factorial(order) * zeta(x, order + 1)
    gap = (x - ZERO[0]) - ZERO[1]
    return np.piecewise(
        x,
        [np.abs(gap) < 0.25],
        [lambda x: _digamma_near_zero((x - ZERO[0]) - ZERO[1]), _digamma_right],
    )


def _digamma_near_zero(gap: Array) -> Array:
    """The series around the positive zero, which gives small values all their digits."""
    return np.asarray(gap * np.polyval(_around_zero(), gap))


@cache
def _around_zero() -> tuple[float, ...]:
    powers = range(24, 0, -1)
    return tuple((-1) ** (k + 1) * float(zeta(np.array(ZERO[0]), k + 1)) for k in powers)


def _digamma_right(x: Array) -> Array:
    """The asymptotic series at x + n (DLMF 5.11.2), carried back by ψ(x) = ψ(x + 1) − 1/x."""
    w = x + STEPS
    t = 1 / (w * w)
    rest = np.polyval([b / (2 * j) for j, b in enumerate(BERNOULLI, 1)][::-1], t) * t
    steps = sum(1 / (x + k) for k in range(STEPS))
    return np.asarray(np.log(w) - 1 / (2 * w) - rest - steps)


def zeta(x: Array, power: int) -> Array:
    """Return Hurwitz's zeta function Σₖ (x + k)^(−power), k = 0, 1, …, for x > 0 and power > 1.

    The first terms are added, the others summed by Euler and Maclaurin (DLMF 25.11.5).
    """
    count = STEPS + power
    total = sum((x + k) ** -float(power) for k in range(count))
    w = x + count
    total = total + w ** (1.0 - power) / (power - 1) + w ** -float(power) / 2
    term = power * w ** (-1.0 - power) / 2
    for j, bernoulli in enumerate(BERNOULLI, 1):
        total = total + bernoulli * term
        term = term * (power + 2 * j - 1) * (power + 2 * j) / ((2 * j + 1) * (2 * j + 2) * w * w)
    return np.asarray(total)
