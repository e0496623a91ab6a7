"""Normalization of channels, and the running statistics that it keeps for evaluation."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from chainrule.array.dtype import float32
from chainrule.array.shape import size_of
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import rsqrt
from chainrule.build.functions.manipulation import reshape
from chainrule.build.functions.reduction import mean
from chainrule.build.primitives.detach import detach
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.normalization.channels import (
    Affine,
    check_channels,
    over_channels,
    positive_or_zero,
    scaled,
)
from chainrule.nn.normalization.standard import Standard, standardized
from chainrule.nn.size import checked_size


def by_own_statistics(
    name: str,
    x: Tensor,
    axes: tuple[int, ...],
    weight: ArrayLike | None,
    bias: ArrayLike | None,
    epsilon: float,
) -> Standard:
    """Return w·(x − μ)/√(σ² + ε) + b with the statistics of x over `axes`, and these.

    Errors: `ShapeError` where a channel has a single element to take them from.
    """
    if size_of(tuple(x.shape[axis] for axis in axes)) == 1:
        raise ShapeError(
            f"{name}: an input of shape {x.shape} has a single element a channel, which has no "
            f"variance: train on more at once, or evaluate (at {caller()})"
        )
    if weight is not None and bias is not None and 0 in axes:
        w = over_channels(name, "the weight", weight, x)
        return standardized(x, axes, epsilon, w, over_channels(name, "the bias", bias, x))
    y, middle, variance = standardized(x, axes, epsilon)
    return Standard(scaled(name, y, weight, bias), middle, variance)


def by_statistics(
    name: str,
    x: Tensor,
    statistics: tuple[ArrayLike, ArrayLike],
    weight: ArrayLike | None,
    bias: ArrayLike | None,
    epsilon: float,
) -> Tensor:
    """Return w·(x − μ)/√(σ² + ε) + b for `statistics` μ and σ² of each channel that are known."""
    middle, variance = statistics
    scale = rsqrt(over_channels(name, "the variance", variance, x) + epsilon)
    if weight is not None:
        scale = scale * over_channels(name, "the weight", weight, x)
    y = (x - over_channels(name, "the mean", middle, x)) * scale
    return scaled(name, y, None, bias)


class ChannelNorm(Affine):
    """A layer that standardizes each channel over some axes; subclasses say over which."""

    ranks: ClassVar[tuple[int, ...]]

    def __init__(
        self,
        channels: int,
        epsilon: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        dtype: Any = float32,
    ) -> None:
        name = type(self).__name__
        self.channels = checked_size(name, "channels", channels)
        self.epsilon = positive_or_zero(name, epsilon)
        self.momentum = _checked(name, momentum)
        self.learn((self.channels,), affine, affine, dtype)
        self.running_mean = self.running_var = self.batches = None
        if track_running_stats:
            self.running_mean = self._kept(np.zeros(channels, self.dtype), "running_mean")
            self.running_var = self._kept(np.ones(channels, self.dtype), "running_var")
        if track_running_stats and momentum is None:
            self.batches = self._kept(np.zeros((), np.int64), "batches")

    def _kept(self, start: Any, name: str) -> Variable:
        return Variable(start, name=f"{self.title()}.{name}")

    @abstractmethod
    def axes(self, x: Tensor) -> tuple[int, ...]:
        """Return the axes that the statistics of `x` are taken over."""

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x (n, channels, …)."""
        given = as_type(asarray(x), self.dtype)
        check_channels(self.title(), given, self.channels, self.ranks)
        more = self.weight, self.bias, self.epsilon
        if self.running_mean is None or self.running_var is None:
            return by_own_statistics(self.title(), given, self.axes(given), *more).result
        if not self.is_training():
            fixed = self.running_mean, self.running_var
            return by_statistics(self.title(), given, fixed, *more)
        found = by_own_statistics(self.title(), given, self.axes(given), *more)
        self._follow(found, given)
        return found.result

    def _follow(self, found: Standard, x: Tensor) -> None:
        """Move the running statistics towards those of this batch; its variance is unbiased."""
        count = size_of(tuple(x.shape[axis] for axis in self.axes(x)))
        share = self._share()
        for running, new, factor in (
            (self.running_mean, found.mean, 1.0),
            (self.running_var, found.variance, count / (count - 1)),
        ):
            assert running is not None
            target = _of_channels(detach(new), self.channels) * factor
            running.assign(running + (target - running) * share)

    def _share(self) -> Any:
        """How much a new batch counts: the momentum, or as much as each one before."""
        if self.batches is None:
            return self.momentum
        self.batches.assign(self.batches + 1)
        return 1.0 / as_type(asarray(self.batches), self.dtype)

    def arguments(self) -> str:
        """Return the number of channels."""
        return str(self.channels)


def _of_channels(statistic: Tensor, channels: int) -> Tensor:
    """A statistic with one number a channel: the mean over examples that have one each."""
    each = statistic if statistic.shape[0] == 1 else mean(statistic, axis=0)
    return reshape(each, (channels,))


def _checked(layer: str, momentum: float | None) -> float | None:
    if momentum is not None and not 0.0 <= momentum <= 1.0:
        raise OptionError(
            f"{layer}: momentum is the share of the new batch, from 0 to 1, or None for the mean "
            f"of all batches; got {momentum}"
        )
    return momentum
