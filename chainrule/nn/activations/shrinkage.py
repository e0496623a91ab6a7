"""Shrinkage: activations that pull small numbers to zero."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import abs as magnitude, sign, subtract
from chainrule.build.functions.comparison import where
from chainrule.build.functions.trigonometry import tanh
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.activations.activation import Activation


def softshrink(x: ArrayLike, limit: float = 0.5) -> Tensor:
    """Return y = x − λ where x > λ, x + λ where x < −λ, else 0, with λ = `limit`.

    The derivative is 0 where |x| ≤ λ, else 1. Shapes: x and y (…). Donoho, De-noising by
    soft-thresholding (1995).

    Errors: `OptionError` for a negative limit.

    >>> softshrink([-2.0, 0.3, 2.0])
    Tensor([-1.5,  0. ,  1.5], float32)
    """
    if limit < 0:
        raise OptionError(f"softshrink: the limit must not be negative, got {limit}")
    (x,) = floating(x)
    return where(magnitude(x) <= limit, 0.0, x - limit * sign(x))


def hardshrink(x: ArrayLike, limit: float = 0.5) -> Tensor:
    """Return y = x where |x| > λ, else 0, with λ = `limit`.

    The derivative is 0 where |x| ≤ λ, else 1. Shapes: x and y (…). Donoho & Johnstone, Ideal
    spatial adaptation by wavelet shrinkage (1994).

    >>> hardshrink([-2.0, 0.3, 2.0])
    Tensor([-2.,  0.,  2.], float32)
    """
    (x,) = floating(x)
    return where(magnitude(x) <= limit, 0.0, x)


def tanhshrink(x: ArrayLike) -> Tensor:
    """Return y = x − tanh x. Shapes: x and y (…).

    >>> tanhshrink([0.0, 100.0])
    Tensor([ 0., 99.], float32)
    """
    (x,) = floating(x)
    return subtract(x, tanh(x))


@dataclass(eq=False, repr=False)
class Softshrink(Activation):
    """The layer of `softshrink`: pulls towards 0 by `limit`.

    >>> Softshrink()([-2.0, 0.3, 2.0])
    Tensor([-1.5,  0. ,  1.5], float32)
    """

    limit: float = 0.5

    def forward(self, x: ArrayLike) -> Tensor:
        """Return softshrink(x)."""
        return softshrink(x, self.limit)


@dataclass(eq=False, repr=False)
class Hardshrink(Activation):
    """The layer of `hardshrink`: 0 up to `limit`, the identity beyond.

    >>> Hardshrink()([-2.0, 0.3, 2.0])
    Tensor([-2.,  0.,  2.], float32)
    """

    limit: float = 0.5

    def forward(self, x: ArrayLike) -> Tensor:
        """Return hardshrink(x)."""
        return hardshrink(x, self.limit)


class Tanhshrink(Activation):
    """The layer of `tanhshrink`, y = x − tanh x.

    >>> Tanhshrink()([0.0, 100.0])
    Tensor([ 0., 99.], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return tanhshrink(x)."""
        return tanhshrink(x)
