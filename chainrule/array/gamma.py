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
    up, down = np.ones_like(x), np.ones_like(x)
    for k in range(1, int(FAR) - 1):
        up *= np.where(nearest - 2 >= k, x - k, 1)
    for k in range(2):
        down *= np.where(nearest <= k, x + (1 - k) if k else x, 1)
    return np.asarray(np.polyval(_around_two(), u) * u + np.log(up) - np.log(np.abs(down)))


@cache
def _around_two() -> tuple[float, ...]:
    """The coefficients of ln Γ(2 + u) / u, highest power first (DLMF 5.7.3)."""
    powers = range(30, 1, -1)
    return (*((-1) ** k * float(zeta(k, np.array(2.0))) / k for k in powers), 1 - EULER)


@in_double
def polygamma(x: Array, order: int) -> Array:
    """Return ψ⁽ⁿ⁾(x), the derivative of order n + 1 of ln Γ(x); n = 0 is the digamma function.

    It is NaN at −1, −2, … where the limits from the two sides differ. The relative error is a few
    times 10⁻¹⁶ for x > 0, near the zeros left of 0 the absolute error.
    """
    right = _digamma if order == 0 else lambda x: _sign(order + 1) * _scaled_zeta(x, order)
    return np.piecewise(x, [x <= 0], [lambda x: _reflected(x, order, right), right])


def _sign(n: int) -> int:
    return 1 if n % 2 == 0 else -1
