"""The larger and the smaller of two, and the distance from zero: functions with a kink.

At a tie each of two variable arguments gets half of the gradient; against a constant, neither gets
any, so that maximum(x, 0), clip(x, min=0), relu(x) and where(x > 0, x, 0) agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.leaf import Constant, constant
from chainrule.build.primitives.comparison import Equal, Less
from chainrule.build.primitives.elementwise import Elementwise, Where, chain
from chainrule.build.primitives.rounding import Sign
from chainrule.build.tensor import Array, Cotangents, Tensor


@dataclass(frozen=True)
class Abs(Elementwise):
    """y = |x|, with the derivative 0 at 0"""

    def evaluate(self, x: Array) -> Array:
        return np.abs(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(g, Sign()(x)),)


@dataclass(frozen=True)
class Maximum(Elementwise):
    """y = the larger of a and b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.maximum(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return _selected(g, Less()(b, a), a, b), _selected(g, Less()(a, b), b, a)


@dataclass(frozen=True)
class Minimum(Elementwise):
    """y = the smaller of a and b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.minimum(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return _selected(g, Less()(a, b), a, b), _selected(g, Less()(b, a), b, a)


def _selected(g: Tensor, chosen: Tensor, x: Tensor, other: Tensor) -> Tensor:
    """The part of `g` that goes to `x`, where `chosen` says that it was selected."""
    zero = constant(np.zeros((), g.dtype))
    if isinstance(x.primitive, Constant) or isinstance(other.primitive, Constant):
        return Where()(chosen, g, zero)
    return Where()(chosen, g, Where()(Equal()(x, other), 0.5 * g, zero))
