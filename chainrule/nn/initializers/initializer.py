"""What an initializer is: a way of drawing an array."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

from chainrule.array.dtype import DType
from chainrule.array.shape import Shape
from chainrule.build.random import Generator
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError


class Initializer(ABC):
    """A way of drawing an array: a function of a generator, a shape and a floating data type.

    Write your own as a subclass with `__call__`.
    """

    @abstractmethod
    def __call__(self, generator: Generator, shape: Shape, dtype: DType) -> Tensor:
        """Return an array of this shape and data type, drawn from `generator`."""


def positive(name: str, number: float) -> float:
    """Return `number`; raise `OptionError` unless it is positive and finite."""
    if not 0.0 < number < math.inf:
        raise OptionError(f"{name} must be positive and finite, got {number}")
    return number


def checked_initializer(layer: str, initializer: Initializer | None) -> Initializer | None:
    """Return `initializer`; raise `OptionError` unless it is one or `None`."""
    if initializer is None or isinstance(initializer, Initializer):
        return initializer
    raise OptionError(
        f"{layer}: {initializer!r} is no initializer; call one of nn.initializers, such as "
        "initializer=nn.initializers.he_normal()"
    )
