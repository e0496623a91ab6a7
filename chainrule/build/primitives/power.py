"""Powers: the square, the square root, and a to the b."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.array.dtype import is_integer
from chainrule.build.primitives.elementwise import Numeric, Real, Where, chain, zero
from chainrule.build.primitives.exponential import Log
from chainrule.build.tensor import Array, Cotangents, Tensor
from chainrule.errors import DTypeError


@dataclass(frozen=True)
class Square(Numeric):
    """y = x²"""

    def evaluate(self, x: Array) -> Array:
        return np.square(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 2 * x),)


@dataclass(frozen=True)
class Sqrt(Real):
    """y = √x"""

    def evaluate(self, x: Array) -> Array:
        return np.sqrt(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, 0.5 / y),)


@dataclass(frozen=True)
class Power(Numeric):
    """y = aᵇ, with 0⁰ = 1; integers have no negative powers"""

    def evaluate(self, a: Array, b: Array) -> Array:
        if is_integer(b.dtype) and np.any(b < 0):
            raise DTypeError("integers have no negative powers; convert with astype('float32')")
        return np.power(a, b)

    # ∂y/∂a = b·aᵇ⁻¹, in which b = 0 absorbs the pole at a = 0; ∂y/∂b = aᵇ·ln a, and 0 at a = 0.
    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        logarithm = Where()(a == 0, zero(a), Log()(a)) if b.tracked else None
        return (
            chain(g, chain(b, Power()(a, b - 1))) if a.tracked else None,
            chain(g, chain(y, logarithm)) if logarithm is not None else None,
        )
