"""Powers and remainders of two numbers, and the angle of two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.leaf import constant
from chainrule.build.primitives.comparison import Equal, Flat
from chainrule.build.primitives.elementwise import Elementwise, Real, Where, chain
from chainrule.build.primitives.exponential import Log
from chainrule.build.tensor import Array, Cotangents, Tensor


@dataclass(frozen=True)
class Power(Elementwise):
    """y = aᵇ, with 0⁰ = 1"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.power(a, b)

    # At b = 0 the derivative by a is 0, also at a = 0, where 0·0⁻¹ would have no value.
    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return (
            chain(g, chain(b, Power()(a, b - 1))) if a.tracked else None,
            chain(g, chain(y, Log()(_nonzero(a)))) if b.tracked else None,
        )


def _nonzero(a: Tensor) -> Tensor:
    """`a` with 1 in place of 0, for whose logarithm nothing is lost: 0ᵇ·ln 0 counts as 0."""
    return Where()(Equal()(a, constant(np.zeros((), a.dtype))), constant(np.ones((), a.dtype)), a)


@dataclass(frozen=True)
class Remainder(Elementwise):
    """y = a − b·⌊a / b⌋, of the sign of b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.remainder(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return g, -chain(g, FloorDivide()(a, b)) if b.tracked else None


@dataclass(frozen=True)
class FloorDivide(Flat):
    """y = ⌊a / b⌋"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.floor_divide(a, b)


@dataclass(frozen=True)
class Atan2(Real):
    """y = the angle of the point (b, a), with the derivative 0 at the origin"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.arctan2(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        square = a * a + b * b
        return chain(g, chain(b, 1 / square)), chain(g, -chain(a, 1 / square))
