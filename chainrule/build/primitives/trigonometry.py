"""Circular and hyperbolic functions and their inverses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.primitives.elementwise import Real, chain
from chainrule.build.primitives.exponential import Sqrt
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
        return (chain(g, 1 / Sqrt()(x * x + 1)),)


@dataclass(frozen=True)
class Acosh(Real):
    """y = arcosh x"""

    def evaluate(self, x: Array) -> Array:
        return np.arccosh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / Sqrt()((x - 1) * (x + 1))),)


@dataclass(frozen=True)
class Atanh(Real):
    """y = artanh x"""

    def evaluate(self, x: Array) -> Array:
        return np.arctanh(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 1 / ((1 - x) * (1 + x))),)
