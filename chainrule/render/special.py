"""The inverse error function, sinc and its derivatives: the formulas of `chainrule.array.special`.

They are computed in double precision, on lanes.
"""

from __future__ import annotations

import math
from functools import partial

from chainrule.array.special import QUANTILE_CENTER, QUANTILE_FAR, QUANTILE_MIDDLE, gauss
from chainrule.render.builder import Function, Value
from chainrule.render.floats import unless
from chainrule.render.formulas import Number, between, chosen, in_double, ratio
from chainrule.render.logarithms import log
from chainrule.render.trigonometry import cos, sin


def erfinv(f: Function, x: Value) -> Value:
    """The y whose erf is x; ±∞ at ±1 and NaN beyond."""
    return in_double(f, "erfinv", _erfinv, x)


def _erfinv(x: Number) -> Number:
    quantile = between(abs(x), (0.85,), (_quantile_center, _quantile_right))
    return quantile.by("copysign", x) / math.sqrt(2)


def _quantile_center(x: Number) -> Number:
    return x * ratio(QUANTILE_CENTER, 0.180625 - x * x / 4) / 2


def _quantile_right(x: Number) -> Number:
    r = (-((1 - x) / 2).of(log)).by("sqrt")
    middle, far = partial(ratio, QUANTILE_MIDDLE), partial(ratio, QUANTILE_FAR)
    return between(r, (5.0, math.inf), (lambda r: middle(r - 1.6), lambda r: far(r - 5), _itself))


def _itself(x: Number) -> Number:
    return x


def sine_of_turns(x: Number) -> Number:
    """Return sin(πx): exactly 0 at integers, and with all its digits far from 0."""
    nearest = x.by("rint")
    return _sign_at(nearest) * (math.pi * (x - nearest)).of(sin)


def cosine_of_turns(x: Number) -> Number:
    """Return cos(πx): exactly 0 half-way between integers."""
    nearest = x.by("rint")
    return _sign_at(nearest) * (math.pi * (0.5 - abs(x - nearest))).of(sin)


def _sign_at(n: Number) -> Number:
    """The sign (−1)ⁿ of an integer."""
    return 1 - 2 * (n - 2 * (n / 2).by("floor"))


def sinc(f: Function, order: int, x: Value) -> Value:
    """The derivative of that `order` of sin(πx) / (πx), without cancellation near 0."""
    return in_double(f, f"sinc{order}", partial(_sinc, order), x)


def _sinc(order: int, x: Number) -> Number:
    far = _sinc_far(order, x)
    if order == 0:
        return far
    near = abs(math.pi * x) < order
    result = unless(x.f, near, far.value, lambda: _sinc_near(order, x).value)
    return math.pi**order * Number(x.f, result)


def _sinc_near(order: int, x: Number) -> Number:
    """∫₀¹ tⁿ cos(ut + nπ/2) dt, u = πx, by Gauss's rule: the n-th derivative of sin(u)/u."""
    sign = 1 if order % 4 in (0, 3) else -1
    total = x.constant(0.0)
    for node, weight in zip(*(part.tolist() for part in gauss(12 + order)), strict=True):
        wave = (math.pi * x * node).of(sin if order % 2 else cos)
        total = total + sign * weight * node**order * wave
    return total


def _sinc_far(order: int, x: Number) -> Number:
    """The n-th derivative fₙ of sin(u)/u, u = πx ≠ 0, by u·fₙ = sin⁽ⁿ⁾(u) − n·fₙ₋₁."""
    sine = sine_of_turns(x)
    u = math.pi * x
    result = chosen(x.is_equal(0.0), x.constant(1.0), sine / u)
    if order:
        cosine = cosine_of_turns(x)
        for n in range(1, order + 1):
            wave = (sine, cosine, -sine, -cosine)[n % 4]
            result = (wave - n * result) / u
    return result
