"""Special functions that NumPy lacks: the error function, its inverse, and sinc with derivatives.

Each takes float32 or float64 numbers, computes in float64 and gives back the type that it got. The
gamma function and its relatives are in `chainrule.array.gamma`.
"""

from __future__ import annotations

import math
from functools import cache, partial

import numpy as np

from chainrule.array.approximation import Array, between, in_double, ratio

# Ratios of polynomials: numerator and denominator, the highest power first.
# fmt: off

# W. J. Cody: Rational Chebyshev approximations for the error function, Math. Comp. 23 (1969),
# 631-637.
CENTER = (  # erf(x) / x in x², |x| ≤ 0.46875
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2,
     3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2,
     1.28261652607737228e3, 2.84423683343917062e3),
)
MIDDLE = (  # exp(x²) erfc(x) in x, 0.46875 ≤ x ≤ 4
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0,
     6.61191906371416295e1, 2.98635138197400131e2, 8.81952221241769090e2,
     1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2,
     5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
     4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)
FAR = (  # x² (1/√π − x exp(x²) erfc(x)) in 1/x², x ≥ 4
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1,
     1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346047e0,
     5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3),
)

# M. J. Wichura: Algorithm AS 241, the percentage points of the normal distribution, Appl. Statist.
# 37 (1988), 477-484; z is the normal quantile.
QUANTILE_CENTER = (  # z/q in 0.425² − q², |q| ≤ 0.425, q the probability between 0 and z
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
     4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
     1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4,
     2.1213794301586595867e4, 5.3941960214247511077e3, 6.8718700749205790830e2,
     4.2313330701600911252e1, 1.0),
)
QUANTILE_MIDDLE = (  # z in r − 1.6, r = √(−ln p) ≤ 5, p the probability beyond z
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
     1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
     4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
     1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
     2.05319162663775882187e0, 1.0),
)
QUANTILE_FAR = (  # z in r − 5, r ≥ 5
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
     2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
     5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
     7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
     5.99832206555887937690e-1, 1.0),
)
# fmt: on

CENTRAL = 0.46875  # |x| up to here is the center, up to 4 the middle
VANISHED = 28.0  # erfc is less than the smallest number from here on


@in_double
def erf(x: Array) -> Array:
    """Return 2/√π ∫₀ˣ e^(−t²) dt."""
    return np.copysign(between(abs(x), (CENTRAL,), (_center, lambda a: 1 - _right(a))), x)


@in_double
def erfc(x: Array) -> Array:
    """Return 1 − erf x, with all its digits also where it is tiny."""
    pieces = (lambda x: 2 - _right(-x), lambda x: 1 - _center(x), _right)
    return between(x, (-CENTRAL, CENTRAL), pieces)


def _center(x: Array) -> Array:
    """The error function near 0."""
    return x * ratio(CENTER, x * x)


def _right(x: Array) -> Array:
    """The complementary error function right of the center."""
    x = np.minimum(x, VANISHED)
    return _bell(x) * between(x, (4.0,), (partial(ratio, MIDDLE), _far))


def _far(x: Array) -> Array:
    """The factor e^(x²)·erfc x, which falls off like 1/x."""
    t = 1 / (x * x)
    return (1 / math.sqrt(math.pi) - t * ratio(FAR, t)) / x


def _bell(x: Array) -> Array:
    """The factor e^(−x²), x² split into a part without rounding error and a small rest."""
    coarse = np.trunc(16 * x) / 16
    return np.asarray(np.exp(-coarse * coarse) * np.exp((coarse - x) * (coarse + x)))


@in_double
def erfinv(x: Array) -> Array:
    """Return the y whose erf is x; ±∞ at ±1 and NaN beyond."""
    quantile = between(abs(x), (0.85,), (_quantile_center, _quantile_right))
    return np.copysign(quantile, x) / math.sqrt(2)


def _quantile_center(x: Array) -> Array:
    return x * ratio(QUANTILE_CENTER, 0.180625 - x * x / 4) / 2


def _quantile_right(x: Array) -> Array:
    r = np.sqrt(-np.log((1 - x) / 2))
    middle, far = partial(ratio, QUANTILE_MIDDLE), partial(ratio, QUANTILE_FAR)
    return between(r, (5.0, np.inf), (lambda r: middle(r - 1.6), lambda r: far(r - 5), np.copy))


def sine_of_turns(x: Array) -> Array:
    """Return sin(πx): exactly 0 at integers, and with all its digits far from 0."""
    nearest = np.rint(x)
    sign = 1 - 2 * np.mod(nearest, 2)
    return np.asarray(sign * np.sin(np.pi * (x - nearest)))


def cosine_of_turns(x: Array) -> Array:
    """Return cos(πx): exactly 0 half-way between integers."""
    nearest = np.rint(x)
    sign = 1 - 2 * np.mod(nearest, 2)
    return np.asarray(sign * np.sin(np.pi * (0.5 - np.abs(x - nearest))))


@in_double
def sinc(x: Array, order: int) -> Array:
    """Return the derivative of that `order` of sin(πx) / (πx), without cancellation near 0."""
    near = np.abs(np.pi * x) < order
    result = np.piecewise(x, [near], [lambda x: _sinc_near(x, order), lambda x: _sinc(x, order)])
    return np.asarray(np.pi**order * result)


def _sinc_near(x: Array, order: int) -> Array:
    """∫₀¹ tⁿ cos(ut + nπ/2) dt, u = πx, by Gauss's rule: the n-th derivative of sin(u)/u."""
    wave = (np.cos, lambda u: -np.sin(u), lambda u: -np.cos(u), np.sin)[order % 4]
    total = np.zeros_like(x)
    for node, weight in zip(*gauss(12 + order), strict=True):
        total += weight * node**order * wave(np.pi * x * node)
    return total


@cache
def gauss(count: int) -> tuple[Array, Array]:
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
