"""Rectifiers: straight lines with a kink. ReLU and those that let something through below zero.

Derivatives at the kink: that of the side below.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.array.dtype import as_dtype, float32
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import maximum
from chainrule.build.functions.comparison import where
from chainrule.build.functions.manipulation import reshape
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.errors import ShapeError
from chainrule.nn.activations.activation import Activation
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.initializers.scaled import he_normal
from chainrule.nn.size import checked_size


def relu(x: ArrayLike) -> Tensor:
    """Return y = max(x, 0); its derivative at 0 is 0. Shapes: x and y (…).

    >>> relu([-1.0, 2.0])
    Tensor([0., 2.], float32)
    """
    (x,) = floating(x)
    return maximum(x, 0.0)


def leaky_relu(x: ArrayLike, negative_slope: float = 0.01) -> Tensor:
    """Return y = x where x > 0, else a·x with a = `negative_slope`. Shapes: x and y (…).

    Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (ICML 2013).

    >>> leaky_relu([-1.0, 2.0], negative_slope=0.5)
    Tensor([-0.5,  2. ], float32)
    """
    (x,) = floating(x)
    return where(x > 0, x, x * negative_slope)


def prelu(x: ArrayLike, weight: ArrayLike) -> Tensor:
    """Return y = x where x > 0, else w·x, the slopes w learnt.

    Shapes: x and y (…); w () or (1,) for one slope, or (channels,) for x (n, channels, …).
    He, Zhang, Ren & Sun, Delving deep into rectifiers (ICCV 2015), equation 1.

    Errors: `ShapeError` where w has another length than x has channels.

    >>> prelu([[-1.0, -1.0]], [0.25, 0.5])
    Tensor([[-0.25, -0.5 ]], float32)
    """
    x, weight = floating(x, weight)
    return where(x > 0, x, x * _over_channels(weight, x))


def _over_channels(weight: Tensor, x: Tensor) -> Tensor:
    """The slopes in a shape that meets the channels of `x`, its second axis."""
    if weight.size == 1:
        return reshape(weight, ())
    if weight.shape != x.shape[1:2]:
        raise ShapeError(
            f"prelu has slopes of shape {weight.shape} for an input of shape {x.shape}: one slope, "
            f"or one for each place on its second axis (at {caller()})"
        )
    return reshape(weight, (*weight.shape, *(1,) * (x.ndim - 2)))


def threshold(x: ArrayLike, limit: float, value: float) -> Tensor:
    """Return y = x where x > limit, else `value`, with derivative 0. Shapes: x and y (…).

    >>> threshold([0.5, 2.0], limit=1.0, value=-7.0)
    Tensor([-7.,  2.], float32)
    """
    (x,) = floating(x)
    return where(x <= limit, value, x)


class ReLU(Activation):
    """The layer of `relu`, y = max(x, 0).

    >>> ReLU()([-1.0, 2.0])
    Tensor([0., 2.], float32)
    """

    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return relu(x)."""
        return relu(x)


@dataclass(eq=False, repr=False)
class LeakyReLU(Activation):
    """The layer of `leaky_relu`, y = x where x > 0, else a·x.

    >>> LeakyReLU(0.5)([-1.0, 2.0])
    Tensor([-0.5,  2. ], float32)
    """

    negative_slope: float = 0.01

    def initializer_before(self, following: Initializer | None) -> Initializer:
        """Return He's initializer for this slope."""
        del following
        return he_normal(self.negative_slope)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return leaky_relu(x)."""
        return leaky_relu(x, self.negative_slope)


class PReLU(Activation):
    """The layer of `prelu`, y = x where x > 0, else w·x; w is learnt and starts at `initial`.

    One slope for all, or one for each of so many `channels`, the second axis of the input.

    Errors: `OptionError` for a number of channels that is not a positive integer.

    >>> PReLU()([-1.0, 2.0])
    Tensor([-0.25,  2.  ], float32)
    """

    def __init__(self, channels: int = 1, initial: float = 0.25, dtype: Any = float32) -> None:
        self.initializer = he_normal(initial)
        start = np.full(checked_size("PReLU", "channels", channels), initial, as_dtype(dtype))
        self.weight = Variable(start, trainable=True, name="PReLU.weight")

    def forward(self, x: ArrayLike) -> Tensor:
        """Return prelu(x, w)."""
        return prelu(x, self.weight)

    def arguments(self) -> str:
        """Return the number of channels."""
        return str(*self.weight.shape)


@dataclass(eq=False, repr=False)
class Threshold(Activation):
    """The layer of `threshold`, y = x where x > limit, else `value`.

    >>> Threshold(1.0, value=-7.0)([0.5, 2.0])
    Tensor([-7.,  2.], float32)
    """

    limit: float
    value: float
    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return threshold(x)."""
        return threshold(x, self.limit, self.value)
