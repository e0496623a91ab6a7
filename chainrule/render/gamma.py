"""The derivatives of the gamma function's logarithm: the formulas of `chainrule.array.gamma`.

They are computed in double precision, on lanes.
"""

from __future__ import annotations

import math
from functools import partial

from chainrule.array.gamma import (
    DIGAMMA,
    DIGAMMA_FAR,
    ZERO,
    cotangent_polynomial,
    tail_weights,
)
from chainrule.render.builder import Function, Value, index
from chainrule.render.formulas import Number, between, chosen, in_double, polynomial, ratio
from chainrule.render.logarithms import log
from chainrule.render.special import cosine_of_turns, sine_of_turns


def polygamma(f: Function, order: int, x: Value) -> Value:
    """The derivative ψ⁽ⁿ⁾(x) of order n + 1 of ln Γ(x); n = 0 is the digamma function."""
    formula = partial(_polygamma, order) if order else _digamma
    return in_double(f, f"polygamma{order}", formula, x)


def _digamma(x: Number) -> Number:
    left = x < 0.0
    pieces = (lambda x: _digamma_near(x + 1) - 1 / x, _digamma_near, _digamma_far)
    value = between(chosen(left, 1 - x, x), (0.5, 3.0), pieces)
    return chosen(left, value - _cotangent(0, x), value)


def _digamma_near(x: Number) -> Number:
    return (x - ZERO[0] - ZERO[1]) * ratio(DIGAMMA, x)


def _digamma_far(x: Number) -> Number:
    t = 1 / x
    return x.of(log) + (ratio(DIGAMMA_FAR, t * t) - t / 2)


def _polygamma(order: int, x: Number) -> Number:
    """By reflection left of 0 (DLMF 5.15.6)."""
    sign = 1 if order % 2 else -1
    left = x < 0.0
    series = _series(order, chosen(left, 1 - x, x))
    return chosen(left, sign * _cotangent(order, x) - series, sign * series)


def _series(order: int, x: Number) -> Number:
    """The sum n! Σ 1/(x + k)ⁿ⁺¹: the first terms one by one, the rest by its expansion."""
    count = order + 10
    t = 1 / (x + count)
    rest = 1 + order * t / 2 + t * t * polynomial(tail_weights(order), t * t)
    total = _power(order - 1, x + count) * rest
    with x.f.loop(index(1), index(count), 1, [total.value]) as terms:
        k = count - _counted(x, terms.index)
        terms.next = [(Number(x.f, terms.carried[0]) + _power(order, x + k)).value]
    return Number(x.f, terms.carried[0]) + _power(order, x)


def _power(order: int, x: Number) -> Number:
    """The quotient n! / xⁿ⁺¹, factor by factor: the factorial alone would overflow."""
    with x.f.loop(index(1), index(order + 1), 1, [(1 / x).value]) as factors:
        factor = _counted(x, factors.index) / x
        factors.next = [(Number(x.f, factors.carried[0]) * factor).value]
    return Number(x.f, factors.carried[0])


def _counted(like: Number, at: Value) -> Number:
    """The index of a loop as a number, on as many lanes as `like`."""
    one = like.f.cast("uitofp", at, "double")
    return Number(like.f, like.f.splat(one, like.value.type.lanes))


def _cotangent(order: int, x: Number) -> Number:
    """The derivative of that order of π·cot(πx), but for the sign (−1)ⁿ."""
    sine = sine_of_turns(x)
    cotangent = cosine_of_turns(x) / sine
    value = polynomial(cotangent_polynomial(order), cotangent * cotangent)
    if order % 2:
        return value
    return chosen(sine.is_equal(0.0), x.constant(math.nan), cotangent * value)
