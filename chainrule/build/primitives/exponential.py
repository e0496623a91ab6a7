"""Exponentials, logarithms and the square root."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.primitives.elementwise import Real, chain
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

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, y + 1),)


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
class Sqrt(Real):
    """y = √x"""

    def evaluate(self, x: Array) -> Array:
        return np.sqrt(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 0.5 / y),)


@dataclass(frozen=True)
class Sigmoid(Real):
    """y = 1 / (1 + e⁻ˣ)"""

    def evaluate(self, x: Array) -> Array:
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1, small) / (1 + small)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, y * Sigmoid()(-x)),)
