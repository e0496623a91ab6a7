"""Activations made of straight lines that end flat: they saturate, cheaply.

Derivatives at the kinks: those of the flat sides, 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import clip, multiply
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.activations.activation import Activation
from chainrule.nn.initializers.scaled import he_normal


def relu6(x: ArrayLike) -> Tensor:
    """Return y = min(max(x, 0), 6). Shapes: x and y (…).

    Krizhevsky, Convolutional deep belief networks on CIFAR-10 (2010).

    >>> relu6([-1.0, 2.0, 7.0])
    Tensor([0., 2., 6.], float32)
    """
    (x,) = floating(x)
    return clip(x, 0.0, 6.0)


def hardtanh(x: ArrayLike, low: float = -1.0, high: float = 1.0) -> Tensor:
    """Return y = min(max(x, low), high). Shapes: x and y (…).

    Errors: `OptionError` where low is above high.

    >>> hardtanh([-3.0, 0.5, 3.0])
    Tensor([-1. ,  0.5,  1. ], float32)
    """
    if low > high:
        raise OptionError(f"hardtanh needs low ≤ high, got {low} and {high}")
    (x,) = floating(x)
    return clip(x, low, high)


def hardsigmoid(x: ArrayLike) -> Tensor:
    """Return y = min(max(x + 3, 0), 6) / 6, close to the sigmoid. Shapes: x and y (…).

    Howard et al., Searching for MobileNetV3 (ICCV 2019), section 5.2.

    >>> hardsigmoid([-4.0, 0.0, 4.0])
    Tensor([0. , 0.5, 1. ], float32)
    """
    (x,) = floating(x)
    return multiply(clip(x + 3.0, 0.0, 6.0), 1.0 / 6.0)


def hardswish(x: ArrayLike) -> Tensor:
    """Return y = x · min(max(x + 3, 0), 6) / 6, close to SiLU. Shapes: x and y (…).

    Howard et al., Searching for MobileNetV3 (ICCV 2019), section 5.2.

    >>> hardswish([-4.0, 0.0, 4.0])
    Tensor([-0.,  0.,  4.], float32)
    """
    (x,) = floating(x)
    return multiply(x, hardsigmoid(x))


class ReLU6(Activation):
    """The layer of `relu6`, y = min(max(x, 0), 6).

    >>> ReLU6()([-1.0, 2.0, 7.0])
    Tensor([0., 2., 6.], float32)
    """

    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return relu6(x)."""
        return relu6(x)


@dataclass(eq=False, repr=False)
class HardTanh(Activation):
    """The layer of `hardtanh`, y = min(max(x, low), high).

    >>> HardTanh()([-3.0, 0.5, 3.0])
    Tensor([-1. ,  0.5,  1. ], float32)
    """

    low: float = -1.0
    high: float = 1.0

    def forward(self, x: ArrayLike) -> Tensor:
        """Return hardtanh(x)."""
        return hardtanh(x, self.low, self.high)


class HardSigmoid(Activation):
    """The layer of `hardsigmoid`, y = min(max(x + 3, 0), 6) / 6.

    >>> HardSigmoid()([-4.0, 0.0, 4.0])
    Tensor([0. , 0.5, 1. ], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return hardsigmoid(x)."""
        return hardsigmoid(x)


class HardSwish(Activation):
    """The layer of `hardswish`, y = x · hardsigmoid(x).

    >>> HardSwish()([-4.0, 0.0, 4.0])
    Tensor([-0.,  0.,  4.], float32)
    """

    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return hardswish(x)."""
        return hardswish(x)
