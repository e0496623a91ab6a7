"""Circular and hyperbolic functions and their inverses; length and angle of a point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.array import special
from chainrule.build.leaf import constant
from chainrule.build.primitives.elementwise import Real, Where, chain, zero
from chainrule.build.primitives.power import Sqrt
from chainrule.build.tensor import Array, Cotangents, Tensor


@dataclass(frozen=True)
class Sin(Real):
    """y = sin x"""

    def evaluate(self, x: Array) -> Array:
        return np.sin(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Cos()(x)),)


@dataclass(frozen=True)
class Cos(Real):
    """y = cos x"""

    def evaluate(self, x: Array) -> Array:
        return np.cos(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, -Sin()(x)),)


@dataclass(frozen=True)
class Tan(Real):
    """y = tan x"""

    def evaluate(self, x: Array) -> Array:
        return np.tan(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 + y * y),)


@dataclass(frozen=True)
class Asin(Real):
    """y = arcsin x"""

    def evaluate(self, x: Array) -> Array:
        return np.arcsin(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / Sqrt()((1 - x) * (1 + x))),)


@dataclass(frozen=True)
class Acos(Real):
    """y = arccos x"""

    def evaluate(self, x: Array) -> Array:
        return np.arccos(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, -1 / Sqrt()((1 - x) * (1 + x))),)


@dataclass(frozen=True)
class Atan(Real):
    """y = arctan x"""

    def evaluate(self, x: Array) -> Array:
        return np.arctan(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / (1 + x * x)),)


@dataclass(frozen=True)
class Sinh(Real):
    """y = sinh x"""

    def evaluate(self, x: Array) -> Array:
        return np.sinh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Cosh()(x)),)


@dataclass(frozen=True)
class Cosh(Real):
    """y = cosh x"""

    def evaluate(self, x: Array) -> Array:
        return np.cosh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Sinh()(x)),)


@dataclass(frozen=True)
class Tanh(Real):
    """y = tanh x"""

    def evaluate(self, x: Array) -> Array:
        return np.tanh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 - y * y),)


@dataclass(frozen=True)
class Asinh(Real):
    """y = arsinh x"""

    def evaluate(self, x: Array) -> Array:
        return np.arcsinh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / Hypot()(x, constant(np.ones((), x.dtype)))),)


@dataclass(frozen=True)
class Acosh(Real):
    """y = arcosh x"""

    def evaluate(self, x: Array) -> Array:
        return np.arccosh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / (Sqrt()(x - 1) * Sqrt()(x + 1))),)


@dataclass(frozen=True)
class Atanh(Real):
    """y = artanh x"""

    def evaluate(self, x: Array) -> Array:
        return np.arctanh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / ((1 - x) * (1 + x))),)


@dataclass(frozen=True)
class Sinc(Real):
    """y = the derivative of that order of sin(πx) / (πx), which is smooth at 0"""

    order: int = 0

    def evaluate(self, x: Array) -> Array:
        return special.sinc(x, self.order)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Sinc(self.order + 1)(x)),)


@dataclass(frozen=True)
class Hypot(Real):
    """y = √(a² + b²), with the derivative 0 at the origin"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.hypot(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return chain(g, _share(a, y)), chain(g, _share(b, y))


@dataclass(frozen=True)
class Atan2(Real):
    """y = the angle of the point (b, a), with the derivative 0 at the origin"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.arctan2(a, b)

    # ∂y/∂a = b / r², ∂y/∂b = −a / r²; r² itself would overflow where r does not.
    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        r = Hypot()(a, b)
        return chain(g, _share(_share(b, r), r)), chain(g, _share(_share(-a, r), r))


def _share(a: Tensor, r: Tensor) -> Tensor:
    """The quotient a / r, and 0 at r = 0, where it has no limit."""
    return Where()(r == 0, zero(a), a / r)
