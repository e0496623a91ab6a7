"""Exponentials and logarithms, and the two sums of exponentials that must not overflow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from chainrule.build.primitives.elementwise import Real, Where, chain, zero
from chainrule.build.tensor import Array, Cotangents, Tensor


@dataclass(frozen=True)
class Exp(Real):
    """y = eˣ"""

    def evaluate(self, x: Array) -> Array:
        return np.exp(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, y),)


@dataclass(frozen=True)
class Expm1(Real):
    """y = eˣ − 1"""

    def evaluate(self, x: Array) -> Array:
        return np.expm1(x)

    # Not y + 1, which has lost its digits where eˣ is small.
    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Exp()(x)),)


@dataclass(frozen=True)
class Log(Real):
    """y = ln x"""

    def evaluate(self, x: Array) -> Array:
        return np.log(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / x),)


@dataclass(frozen=True)
class Log1p(Real):
    """y = ln(1 + x)"""

    def evaluate(self, x: Array) -> Array:
        return np.log1p(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / (1 + x)),)


@dataclass(frozen=True)
class Log2(Real):
    """y = ln x / ln 2"""

    def evaluate(self, x: Array) -> Array:
        return np.log2(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / math.log(2) / x),)


@dataclass(frozen=True)
class Log10(Real):
    """y = ln x / ln 10"""

    def evaluate(self, x: Array) -> Array:
        return np.log10(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / math.log(10) / x),)


@dataclass(frozen=True)
class LogAddExp(Real):
    """y = ln(eᵃ + eᵇ)"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.logaddexp(a, b)

    # ∂y/∂a = eᵃ / (eᵃ + eᵇ): halves where both are ∞; both −∞ leave nothing to share out.
    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        live = Where()(y == -math.inf, zero(g), g)
        gap = Where()((a == b) & (y == math.inf), zero(a), a - b)
        return chain(live, Sigmoid()(gap)), chain(live, Sigmoid()(-gap))


@dataclass(frozen=True)
class Sigmoid(Real):
    """y = 1 / (1 + e⁻ˣ)"""

    def evaluate(self, x: Array) -> Array:
        small = np.exp(-np.abs(x))
        return np.asarray(np.where(x >= 0, 1, small) / (1 + small))

    # Not y·(1 − y), which has lost its digits where y is close to 1.
    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, y * Sigmoid()(-x)),)
