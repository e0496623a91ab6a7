"""The logarithm of the gamma function and its derivatives, which NumPy lacks.

Each takes float32 or float64 numbers, computes in float64 and gives back the type that it got. The
relative error is a few times 10⁻¹⁶, and grows with the order of polygamma; left of 0, near the
zeros, the absolute error. Formulas by number are those of the NIST Digital Library of Mathematical
Functions (DLMF).
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from chainrule.array.approximation import Array, between, in_double, polynomial, ratio
from chainrule.array.special import cosine_of_turns, sine_of_turns

# B₂, B₄, …, B₂₀: the Bernoulli numbers of the asymptotic series.
BERNOULLI = (
    *(1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66),
    *(-691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330),
)
STIRLING = tuple(BERNOULLI[j - 1] / (2 * j * (2 * j - 1)) for j in range(7, 0, -1))
EULER = 0.57721566490153286061  # Euler's constant γ
# The positive zero of the digamma function: a number and the rest that it lacks.
ZERO = (1.4616321449683622, 9.549995429965697e-17)

# Ratios of polynomials: numerator and denominator, the highest power first.
# fmt: off

# W. J. Cody, K. E. Hillstrom: Chebyshev approximations for the natural logarithm of the gamma
# function, Math. Comp. 21 (1967), 198-203.
ONE = (  # (ln Γ(1 + t) / t + γ) / t in t, −0.32 ≤ t ≤ 0.5
    (4.945235359296727046734888e0, 2.018112620856775083915565e2, 2.290838373831346393026739e3,
     1.131967205903380828685045e4, 2.855724635671635335736389e4, 3.848496228443793359990269e4,
     2.637748787624195437963534e4, 7.225813979700288197698961e3),
    (1.0, 6.748212550303777196073036e1, 1.113332393857199323513008e3,
     7.738757056935398733233834e3, 2.763987074403340708898585e4, 5.499310206226157329794414e4,
     6.161122180066002127833352e4, 3.635127591501940507276287e4, 8.785536302431013170870835e3),
)
TWO = (  # (ln Γ(2 + t) / t − 1 + γ) / t in t, −0.5 ≤ t ≤ 2
    (4.974607845568932035012064e0, 5.424138599891070494101986e2, 1.550693864978364947665077e4,
     1.847932904445632425417223e5, 1.088204769468828767498470e6, 3.338152967987029735917223e6,
     5.106661678927352456275255e6, 3.074109054850539556250927e6),
    (1.0, 1.830328399370592604055942e2, 7.765049321445005871323047e3,
     1.331903827966074194402448e5, 1.136705821321969608938755e6, 5.267964117437946917577538e6,
     1.346701454311101692290052e7, 1.782736530353274213975932e7, 9.533095591844353613395747e6),
)
FOUR = (  # (ln Γ(4 + t) − ln 6) / t in t, 0 ≤ t ≤ 8
    (1.474502166059939948905062e4, 2.426813369486704502836312e6, 1.214755574045093227939592e8,
     2.663432449630976949898078e9, 2.940378956634553899906876e10, 1.702665737765398868392998e11,
     4.926125793377430887588120e11, 5.606251856223951465078242e11),
    (-1.0, 2.690530175870899333379843e3, 6.393885654300092398984238e5,
     4.135599930241388052042842e7, 1.120872109616147941376570e9, 1.488613728678813811542398e10,
     1.016803586272438228077304e11, 3.417476345507377132798597e11, 4.463158187419713286462081e11),
)

# W. J. Cody, A. J. Strecok, H. C. Thacher: Chebyshev approximations for the psi function, Math.
# Comp. 27 (1973), 123-127.
DIGAMMA = (  # ψ(x) / (x − zero) in x, 0.5 ≤ x ≤ 3
    (4.5104681245762934160e-3, 5.4932855833000385356e0, 3.7646693175929276856e2,
     7.9525490849151998065e3, 7.1451595818951933210e4, 3.0655976301987365674e5,
     6.3606997788964458797e5, 5.8041312783537569993e5, 1.6585695029761022321e5),
    (1.0, 9.6141654774222358525e1, 2.6287715790581193330e3,
     2.9862497022250277920e4, 1.6206566091533671639e5, 4.3487880712768329037e5,
     5.4256384537269993733e5, 2.4242185002017985252e5, 6.4155223783576225996e-8),
)
DIGAMMA_FAR = (  # ψ(x) − ln x + 1/(2x) in 1/x², x ≥ 3
    (-2.7103228277757834192e0, -1.5166271776896121383e1, -1.9784554148719218667e1,
     -8.8100958828312219821e0, -1.4479614616899842986e0, -7.3689600332394549911e-2,
     -6.5135387732718171306e-21),
    (1.0, 4.4992760373789365846e1, 2.0240955312679931159e2,
     2.4736979003315290057e2, 1.0742543875702278326e2, 1.7463965060678569906e1,
     8.8427520398873480342e-1),
)
# fmt: on


@in_double
def lgamma(x: Array) -> Array:
    """Return ln |Γ(x)|; +∞ at 0, −1, −2, … and at both infinities."""
    return _lgamma(x)


def _lgamma(x: Array) -> Array:
    pieces = (
        _lgamma_left,
        lambda x: _lgamma_one(x) - np.log(abs(x)),
        lambda x: _lgamma_two(x - 1) - np.log(x),
        lambda x: _lgamma_one(x - 1),
        lambda x: _lgamma_two(x - 2),
        lambda x: math.log(6) + (x - 4) * ratio(FOUR, x - 4),
        _lgamma_far,
    )
    return between(x, (-0.3, 0.5, 0.6796875, 1.5, 4.0, 12.0), pieces)


def _lgamma_one(t: Array) -> Array:
    """Return ln Γ(1 + t)."""
    return t * t * ratio(ONE, t) - EULER * t


def _lgamma_two(t: Array) -> Array:
    """Return ln Γ(2 + t)."""
    return t * (t * ratio(TWO, t) + (1 - EULER))


def _lgamma_left(x: Array) -> Array:
    """Euler's reflection (DLMF 5.5.3); from 2⁵³ on all numbers are integers, hence poles."""
    size = np.minimum(-x, 2.0**53)
    return np.asarray(np.log(math.pi / size / abs(sine_of_turns(size))) - _lgamma(size))


def _lgamma_far(x: Array) -> Array:
    """Stirling's series (DLMF 5.11.1)."""
    t = 1 / x
    rest = (math.log(2 * math.pi) - 1) / 2 + t * polynomial(STIRLING, t * t)
    return np.asarray((x - 0.5) * (np.log(x) - 1) + rest)


@in_double
def polygamma(x: Array, order: int) -> Array:
    """Return ψ⁽ⁿ⁾(x), the derivative of order n + 1 of ln Γ(x); n = 0 is the digamma function.

    At its poles 0, −1, −2, … it is infinite for an odd order. For an even one, whose limits from
    the two sides differ, it is NaN, except at +0 and −0, which tell the side. Left of 0 the numbers
    for an order above 130 are too large for float64, and NaN comes instead.
    """
    return _polygamma(x, order) if order else _digamma(x)


def _digamma(x: Array) -> Array:
    pieces = (
        lambda x: _digamma(1 - x) - _cotangent(x, 0),
        lambda x: _digamma_near(x + 1) - 1 / x,
        _digamma_near,
        _digamma_far,
    )
    return between(x, (0.0, 0.5, 3.0), pieces)


def _digamma_near(x: Array) -> Array:
    return (x - ZERO[0] - ZERO[1]) * ratio(DIGAMMA, x)


def _digamma_far(x: Array) -> Array:
    t = 1 / x
    return np.log(x) + (ratio(DIGAMMA_FAR, t * t) - t / 2)


def _polygamma(x: Array, order: int) -> Array:
    """By reflection left of 0 (DLMF 5.15.6)."""
    sign = 1 if order % 2 else -1
    pieces = (
        lambda x: sign * _cotangent(x, order) - _series(1 - x, order),
        lambda x: sign * _series(x, order),
    )
    return between(x, (0.0,), pieces)


def _series(x: Array, order: int) -> Array:
    """Return n! Σ 1/(x + k)ⁿ⁺¹ over k = 0, 1, … for n ≥ 1 and x ≥ 0 (DLMF 5.15.1).

    The first terms are added; the rest from w = x + k on is, after Euler and Maclaurin (DLMF
    25.11.28), (n − 1)!/wⁿ (1 + n/2w + Σ B₂ⱼ (n + 2j − 1 over 2j) w⁻²ʲ).
    """
    count = order + 10
    t = 1 / (x + count)
    rest = 1 + order * t / 2 + t * t * polynomial(tail_weights(order), t * t)
    total = _power(x + count, order - 1) * rest
    for k in reversed(range(1, count)):
        total += _power(x + k, order)
    return total + _power(x, order)


@cache
def tail_weights(order: int) -> tuple[float, ...]:
    """Return B₂ⱼ (n + 2j − 1 over 2j) for n = `order`, the highest j first."""
    places = range(len(BERNOULLI), 0, -1)
    return tuple(BERNOULLI[j - 1] * math.comb(order + 2 * j - 1, 2 * j) for j in places)


def _power(x: Array, order: int) -> Array:
    """Return n! / xⁿ⁺¹, factor by factor: the factorial alone would overflow."""
    result = 1 / x
    for factor in range(1, order + 1):
        result *= factor / x
    return result


def _cotangent(x: Array, order: int) -> Array:
    """The derivative of that order of π·cot(πx), but for the sign (−1)ⁿ."""
    sine = sine_of_turns(x)
    cotangent = cosine_of_turns(x) / sine
    value = polynomial(cotangent_polynomial(order), cotangent * cotangent)
    return value if order % 2 else np.where(sine == 0, np.nan, cotangent * value)


@cache
def cotangent_polynomial(order: int) -> tuple[float, ...]:
    """Return the coefficients in c² of (−1)ⁿ dⁿ/dxⁿ π·cot(πx), c = cot(πx): c′ = −π (1 + c²).

    The highest power comes first; for an even n the factor c is left out.
    """
    coefficients = np.array((math.pi, 0.0))
    for _ in range(order):
        coefficients = np.convolve(np.polyder(coefficients), (math.pi, 0.0, math.pi))
    return tuple(coefficients[::2].tolist())
