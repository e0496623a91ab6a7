"""Rounding, sign, and division with rounding: steps, flat wherever they have a derivative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.primitives.elementwise import Flat, Numeric, Real, chain
from chainrule.build.tensor import Array, Cotangents, Tensor


@dataclass(frozen=True)
class Floor(Flat, Real):
    """y = ⌊x⌋"""

    def evaluate(self, x: Array) -> Array:
        return np.floor(x)


@dataclass(frozen=True)
class Ceil(Flat, Real):
    """y = ⌈x⌉"""

    def evaluate(self, x: Array) -> Array:
        return np.ceil(x)


@dataclass(frozen=True)
class Trunc(Flat, Real):
    """y = x without its fraction"""

    def evaluate(self, x: Array) -> Array:
        return np.trunc(x)


@dataclass(frozen=True)
class Round(Flat, Real):
    """y = the integer nearest to x, the even one of two"""

    def evaluate(self, x: Array) -> Array:
        return np.rint(x)


@dataclass(frozen=True)
class Sign(Flat, Numeric):
    """y = −1, 0 or 1 by the sign of x"""

    def evaluate(self, x: Array) -> Array:
        return np.sign(x)


@dataclass(frozen=True)
class NextAfter(Real):
    """y = the number next to a on the way to b, which moves as a does; b itself where a = b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.nextafter(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return g, None


@dataclass(frozen=True)
class FloorDivide(Flat, Numeric):
    """y = ⌊a / b⌋"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.floor_divide(a, b)


@dataclass(frozen=True)
class Remainder(Numeric):
    """y = a − b·⌊a / b⌋, of the sign of b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.remainder(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return g, chain(g, -FloorDivide()(a, b)) if b.tracked else None
