"""The error function, the gamma function's logarithm, their inverses and derivatives."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.array import gamma, special
from chainrule.build.primitives.elementwise import Real, chain
from chainrule.build.primitives.exponential import Exp
from chainrule.build.tensor import Array, Cotangents, Tensor


@dataclass(frozen=True)
class Erf(Real):
    """y = 2/√π ∫₀ˣ exp(−t²) dt"""

    def evaluate(self, x: Array) -> Array:
        return special.erf(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 2 / math.sqrt(math.pi) * Exp()(-(x * x))),)


@dataclass(frozen=True)
class Erfc(Real):
    """y = 1 − erf x"""

    def evaluate(self, x: Array) -> Array:
        return special.erfc(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, -2 / math.sqrt(math.pi) * Exp()(-(x * x))),)


@dataclass(frozen=True)
class Erfinv(Real):
    """y = erf⁻¹ x"""

    def evaluate(self, x: Array) -> Array:
        return special.erfinv(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, math.sqrt(math.pi) / 2 * Exp()(y * y)),)


@dataclass(frozen=True)
class Lgamma(Real):
    """y = ln |Γ(x)|"""

    def evaluate(self, x: Array) -> Array:
        return gamma.lgamma(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Polygamma(0)(x)),)


@dataclass(frozen=True)
class Polygamma(Real):
    """y = dⁿ⁺¹/dxⁿ⁺¹ ln Γ(x), n the order: the digamma function and its derivatives."""

    order: int

    def evaluate(self, x: Array) -> Array:
        return gamma.polygamma(x, self.order)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Polygamma(self.order + 1)(x)),)
