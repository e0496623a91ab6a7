"""The larger and the smaller of two, and the distance from zero: functions with a kink.

At a tie each of two arguments gets half of the gradient; against a constant (what nothing to be
differentiated feeds: a number, data) neither gets any, so that maximum(x, 0), clip(x, min=0) and
where(x > 0, x, 0) agree. All kinks: `chainrule.build.kinks`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.primitives.comparison import Equal, Less
from chainrule.build.primitives.elementwise import Numeric, Where, chain, zero
from chainrule.build.primitives.rounding import Sign
from chainrule.build.tensor import Array, Cotangents, Tensor


@dataclass(frozen=True)
class Abs(Numeric):
    """y = |x|, with the derivative 0 at 0"""

    def evaluate(self, x: Array) -> Array:
        return np.abs(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Sign()(x)),)


@dataclass(frozen=True)
class Maximum(Numeric):
    """y = the larger of a and b; NaN where one is"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.maximum(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return _part(g, Less()(b, a), a, b), _part(g, Less()(a, b), b, a)


@dataclass(frozen=True)
class Minimum(Numeric):
    """y = the smaller of a and b; NaN where one is"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.minimum(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return _part(g, Less()(a, b), a, b), _part(g, Less()(b, a), b, a)


def _part(g: Tensor, selected: Tensor, x: Tensor, other: Tensor) -> Tensor:
    """The part of `g` that goes to `x`, which is `selected` where it differs from `other`."""
    if not (x.tracked and other.tracked):
        return Where()(selected, g, zero(g))
    return Where()(selected, g, Where()(Equal()(x, other), g * 0.5, zero(g)))
