"""What the layers over channels share: the channels are the second axis of the input."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.array.dtype import DType, as_dtype
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.manipulation import reshape
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.identity import Passing


def over_channels(name: str, what: str, values: ArrayLike, x: Tensor) -> Tensor:
    """Return `values`, one for each channel of `x`, in a shape that meets its second axis.

    Errors: `ShapeError` where their number is another.
    """
    given = as_type(asarray(values), x.dtype)
    if given.shape != x.shape[1:2]:
        raise ShapeError(
            f"{name}: {what} has shape {given.shape}, but the input of shape {x.shape} has its "
            f"channels along the second axis: give one number for each (at {caller()})"
        )
    return reshape(given, (1, *given.shape, *(1,) * (x.ndim - 2)))


def scaled(name: str, x: Tensor, weight: ArrayLike | None, bias: ArrayLike | None) -> Tensor:
    """Return y = w·x + b with one w and b for each channel, as far as they are given."""
    if weight is not None:
        x = x * over_channels(name, "the weight", weight, x)
    return x if bias is None else x + over_channels(name, "the bias", bias, x)


def with_channels(name: str, x: ArrayLike, least: int = 2) -> Tensor:
    """Return `x` as floating numbers; raise `ShapeError` where it has fewer than `least` axes."""
    (given,) = floating(x)
    if given.ndim < least:
        raise ShapeError(
            f"{name} takes at least {least} axes, examples and channels first, and got shape "
            f"{given.shape} (at {caller()})"
        )
    return given


def positive_or_zero(name: str, epsilon: float) -> float:
    """Return `epsilon`; raise `OptionError` where it is negative."""
    if not epsilon >= 0.0:
        raise OptionError(f"{name}: epsilon must not be negative, got {epsilon}")
    return epsilon


class Affine(Passing):
    """A layer with a learnt scale w and shift b, where `affine`; they start at 1 and 0."""

    weight: Variable | None
    bias: Variable | None
    dtype: DType

    def learn(self, shape: tuple[int, ...], affine: bool, bias: bool, dtype: Any) -> None:
        """Make w and b of this shape."""
        self.dtype = as_dtype(dtype)
        self.weight = self._learnt(np.ones(shape, self.dtype), "weight") if affine else None
        self.bias = self._learnt(np.zeros(shape, self.dtype), "bias") if affine and bias else None

    def _learnt(self, start: np.ndarray[Any, Any], name: str) -> Variable:
        return Variable(start, trainable=True, name=f"{self.title()}.{name}")

    def given(self, x: ArrayLike) -> Tensor:
        """Return the input in the data type of w and b."""
        return as_type(asarray(x), self.dtype)


def check_channels(
    layer: str, x: Tensor, channels: int, ranks: tuple[int, ...] | None = None
) -> None:
    """Raise `ShapeError` unless `x` has so many channels, and one of these numbers of axes."""
    if x.ndim < 2 or (ranks and x.ndim not in ranks):
        listed = " or ".join(map(str, ranks)) if ranks else "at least 2"
        raise ShapeError(
            f"{layer} takes an input of {listed} axes, examples and channels first, and got shape "
            f"{x.shape} (at {caller()})"
        )
    if x.shape[1] != channels:
        raise ShapeError(
            f"{layer} takes {channels} channels on the second axis and got an array of shape "
            f"{x.shape}: make it with {x.shape[1]} or change what comes before (at {caller()})"
        )
