"""Initializers that draw from a given distribution, whatever the shape."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape
from chainrule.build.leaf import constant as known
from chainrule.build.random import Generator
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.initializers.initializer import Initializer, positive


@dataclass(frozen=True)
class Normal(Initializer):
    """Independent draws from N(mean, std²)."""

    mean: float
    std: float

    def __call__(self, generator: Generator, shape: Shape, dtype: DType) -> Tensor:
        return generator.normal(shape, self.mean, self.std, dtype)


def normal(mean: float = 0.0, std: float = 0.01) -> Initializer:
    """Draw from N(mean, std²).

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.normal(std=0.1)).weight.shape
    (2, 4)
    """
    return Normal(mean, positive("std", std))


@dataclass(frozen=True)
class TruncatedNormal(Initializer):
    """Independent draws from N(mean, std²), none further than `bound`·std from the mean."""

    mean: float
    std: float
    bound: float

    def __call__(self, generator: Generator, shape: Shape, dtype: DType) -> Tensor:
        return generator.truncated_normal(shape, self.mean, self.std, self.bound, dtype)


def truncated_normal(mean: float = 0.0, std: float = 0.02, bound: float = 2.0) -> Initializer:
    """Draw from N(mean, std²) without what lies further than `bound`·std from the mean.

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.truncated_normal()).weight.shape
    (2, 4)
    """
    return TruncatedNormal(mean, positive("std", std), positive("bound", bound))


@dataclass(frozen=True)
class Uniform(Initializer):
    """Independent draws, uniform in [low, high)."""

    low: float
    high: float

    def __call__(self, generator: Generator, shape: Shape, dtype: DType) -> Tensor:
        return generator.uniform(shape, self.low, self.high, dtype)


def uniform(low: float = -0.05, high: float = 0.05) -> Initializer:
    """Draw uniformly from [low, high).

    Errors: `OptionError` where low is not below high.

    >>> from chainrule import nn
    >>> nn.Linear(4, 2, initializer=nn.initializers.uniform(0.0, 1.0)).weight.shape
    (2, 4)
    """
    if not low < high:
        raise OptionError(f"uniform() needs low < high, got {low} and {high}")
    return Uniform(low, high)


@dataclass(frozen=True)
class Constant(Initializer):
    """The same number everywhere."""

    value: float

    def __call__(self, generator: Generator, shape: Shape, dtype: DType) -> Tensor:
        del generator
        return known(np.full(shape, self.value, dtype))


def constant(value: float) -> Initializer:
    """Set every element to `value`.

    >>> from chainrule import nn
    >>> np.asarray(nn.Linear(2, 1, initializer=nn.initializers.constant(0.5)).weight)
    array([[0.5, 0.5]], dtype=float32)
    """
    return Constant(value)


def zeros() -> Initializer:
    """Set every element to 0. As weights this makes all units of a layer equal for ever.

    >>> from chainrule import nn
    >>> np.asarray(nn.Linear(2, 1, initializer=nn.initializers.zeros()).weight)
    array([[0., 0.]], dtype=float32)
    """
    return Constant(0.0)


def ones() -> Initializer:
    """Set every element to 1.

    >>> from chainrule import nn
    >>> np.asarray(nn.Linear(2, 1, initializer=nn.initializers.ones()).weight)
    array([[1., 1.]], dtype=float32)
    """
    return Constant(1.0)
