"""Initializers that keep the size of activations and gradients from layer to layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape, size_of
from chainrule.build.random import Generator
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.initializers.initializer import Initializer, positive


class Fans(NamedTuple):
    """How many terms an output sums, and how many an input's gradient."""

    inputs: int
    outputs: int


def fans(shape: Shape) -> Fans:
    """Return fan-in and fan-out of a weight of shape (outputs, inputs, *taps).

    Errors: `ShapeError` for fewer than two axes.

    >>> fans((10, 3, 5, 5))
    Fans(inputs=75, outputs=250)
    """
    if len(shape) < 2:
        raise ShapeError(
            f"a weight of shape {shape} has no fan-in: that needs (outputs, inputs, …); "
            "use an initializer that does not ask for it, such as normal(std=0.01)"
        )
    taps = size_of(shape[2:])
    return Fans(shape[1] * taps, shape[0] * taps)


class Fan(Enum):
    """Whose size is kept: that of activations, or activations and gradients in balance."""

    IN = "inputs"
    AVERAGE = "inputs and outputs"

    def of(self, shape: Shape) -> float:
        """Return the number of terms for a weight of this shape."""
        found = fans(shape)
        return found.inputs if self is Fan.IN else (found.inputs + found.outputs) / 2


@dataclass(frozen=True)
class Scaled(Initializer):
    """Independent draws of mean 0 and variance gain²/fan."""

    gain: float
    fan: Fan
    is_normal: bool

    def __call__(self, generator: Generator, shape: Shape, dtype: DType) -> Tensor:
        std = self.gain / math.sqrt(self.fan.of(shape))
        if self.is_normal:
            return generator.normal(shape, 0.0, std, dtype)
        bound = math.sqrt(3.0) * std
        return generator.uniform(shape, -bound, bound, dtype)


def glorot_uniform(gain: float = 1.0) -> Initializer:
    """Draw uniformly from ±gain·√(6/(fan-in + fan-out)).

    The compromise between constant activations and constant gradients through linear units.
    Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks
    (AISTATS 2010), equation 16.

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.glorot_uniform()).weight.shape
    (2, 4)
    """
    return Scaled(positive("gain", gain), Fan.AVERAGE, is_normal=False)


def glorot_normal(gain: float = 1.0) -> Initializer:
    """Draw from N(0, gain²·2/(fan-in + fan-out)): `glorot_uniform` with a normal distribution.

    Glorot & Bengio (AISTATS 2010), equation 12.

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.glorot_normal()).weight.shape
    (2, 4)
    """
    return Scaled(positive("gain", gain), Fan.AVERAGE, is_normal=True)


def he_uniform(negative_slope: float = 0.0) -> Initializer:
    """Draw uniformly from ±√(6/((1 + a²)·fan-in)), a the slope of the rectifier below zero.

    He, Zhang, Ren & Sun, Delving deep into rectifiers (ICCV 2015), equations 10 and 15.

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.he_uniform()).weight.shape
    (2, 4)
    """
    return Scaled(_rectifier_gain(negative_slope), Fan.IN, is_normal=False)


def he_normal(negative_slope: float = 0.0) -> Initializer:
    """Draw from N(0, 2/((1 + a²)·fan-in)), a the slope of the rectifier below zero.

    A rectifier halves the second moment; the 2 makes up for it. He, Zhang, Ren & Sun, Delving deep
    into rectifiers (ICCV 2015), equations 10 and 15.

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.he_normal()).weight.shape
    (2, 4)
    """
    return Scaled(_rectifier_gain(negative_slope), Fan.IN, is_normal=True)


def lecun_uniform() -> Initializer:
    """Draw uniformly from ±√(3/fan-in).

    LeCun, Bottou, Orr & Müller, Efficient backprop (1998), section 4.6.

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.lecun_uniform()).weight.shape
    (2, 4)
    """
    return Scaled(1.0, Fan.IN, is_normal=False)


def lecun_normal() -> Initializer:
    """Draw from N(0, 1/fan-in): what self-normalizing networks (SELU) need.

    LeCun, Bottou, Orr & Müller, Efficient backprop (1998), section 4.6; Klambauer, Unterthiner,
    Mayr & Hochreiter, Self-normalizing neural networks (NeurIPS 2017).

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.lecun_normal()).weight.shape
    (2, 4)
    """
    return Scaled(1.0, Fan.IN, is_normal=True)


def _rectifier_gain(negative_slope: float) -> float:
    return math.sqrt(2.0 / (1.0 + negative_slope**2))
