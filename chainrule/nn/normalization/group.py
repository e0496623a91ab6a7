"""Group normalization, and instance normalization, where every channel is a group of its own."""

from __future__ import annotations

from typing import Any

from chainrule.array.dtype import float32
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.manipulation import reshape
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.normalization.channels import (
    Affine,
    check_channels,
    positive_or_zero,
    scaled,
    with_channels,
)
from chainrule.nn.normalization.running import ChannelNorm, by_own_statistics
from chainrule.nn.normalization.standard import standardized
from chainrule.nn.size import checked_size


def group_norm(
    x: ArrayLike,
    groups: int,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    epsilon: float = 1e-5,
) -> Tensor:
    """Return y = w·(x − μ)/√(σ² + ε) + b, μ and σ² those of each example's groups of channels.

    A group is channels that lie side by side; w and b belong to channels. Shapes: x and y (n,
    channels, …), w and b (channels,). Wu & He, Group normalization (ECCV 2018), equations 1 to 7.

    Errors: `ShapeError` where shapes do not fit, or the groups do not divide the channels;
    `OptionError` for a number of groups that is no positive integer.

    >>> group_norm([[1.0, 3.0, 0.0, 4.0]], 2, epsilon=0.0)
    Tensor([[-1.,  1., -1.,  1.]], float32)
    """
    given = with_channels("group_norm", x)
    count, channels, *places = given.shape
    if channels % checked_size("group_norm", "groups", groups):
        raise ShapeError(
            f"group_norm: {channels} channels cannot be divided into {groups} groups of equal size "
            f"(at {caller()})"
        )
    apart = reshape(given, (count, groups, channels // groups, *places))
    y = standardized(apart, tuple(range(2, apart.ndim)), epsilon).result
    return scaled("group_norm", reshape(y, given.shape), weight, bias)


def instance_norm(
    x: ArrayLike,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    epsilon: float = 1e-5,
) -> Tensor:
    """Return y = w·(x − μ)/√(σ² + ε) + b, μ and σ² those of each channel of each example.

    Shapes: x and y (n, channels, …) with at least one more axis, w and b (channels,). Ulyanov,
    Vedaldi & Lempitsky, Instance normalization: the missing ingredient for fast stylization (2016),
    equation 4.

    Errors: `ShapeError` where shapes do not fit, or a channel has a single element.

    >>> instance_norm([[[1.0, 3.0], [4.0, 0.0]]], epsilon=0.0)
    Tensor([[[-1.,  1.],
             [ 1., -1.]]], float32)
    """
    given = with_channels("instance_norm", x, least=3)
    axes = tuple(range(2, given.ndim))
    return by_own_statistics("instance_norm", given, axes, weight, bias, epsilon).result


class GroupNorm(Affine):
    """A layer of `group_norm`: y = w·(x − μ)/√(σ² + ε) + b for each group of channels.

    w and b are learnt where `affine`; they start at 1 and 0. Wu & He, Group normalization (ECCV
    2018).

    Shapes: x and y (n, channels, …), w = `weight` and b = `bias` (channels,).

    Errors: `OptionError` for numbers that are no positive integers, or groups that do not divide
    the channels; called, `ShapeError` for an input of other channels.

    >>> from chainrule import nn
    >>> nn.GroupNorm(2, 4)([[1.0, 3.0, 0.0, 4.0]]).shape
    (1, 4)
    """

    def __init__(
        self,
        groups: int,
        channels: int,
        epsilon: float = 1e-5,
        affine: bool = True,
        dtype: Any = float32,
    ) -> None:
        self.groups = checked_size("GroupNorm", "groups", groups)
        self.channels = checked_size("GroupNorm", "channels", channels)
        if channels % groups:
            raise OptionError(
                f"GroupNorm: {channels} channels cannot be divided into {groups} groups of equal "
                "size"
            )
        self.epsilon = positive_or_zero("GroupNorm", epsilon)
        self.learn((self.channels,), affine, affine, dtype)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x (n, channels, …)."""
        given = as_type(asarray(x), self.dtype)
        check_channels(self.title(), given, self.channels)
        return group_norm(given, self.groups, self.weight, self.bias, epsilon=self.epsilon)

    def arguments(self) -> str:
        """Return groups and channels."""
        return f"{self.groups}, {self.channels}"


class InstanceNorm(ChannelNorm):
    """What `InstanceNorm1d`, `InstanceNorm2d` and `InstanceNorm3d` have in common."""

    def __init__(
        self,
        channels: int,
        epsilon: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        dtype: Any = float32,
    ) -> None:
        super().__init__(channels, epsilon, momentum, affine, track_running_stats, dtype)

    def axes(self, x: Tensor) -> tuple[int, ...]:
        """Return the places: each example has statistics of its own."""
        return tuple(range(2, x.ndim))


class InstanceNorm1d(InstanceNorm):
    """A layer of `instance_norm` for series: y = (x − μ)/√(σ² + ε) for each channel by itself.

    Options as for `BatchNorm1d`: a learnt w and b where `affine`; with `track_running_stats` the
    mean over the examples is followed in training and used in evaluation. Ulyanov, Vedaldi &
    Lempitsky, Instance normalization (2016).

    Shapes: x and y (n, channels, length).

    Errors: as `BatchNorm1d`.

    >>> from chainrule import nn
    >>> nn.InstanceNorm1d(1, epsilon=0.0)([[[1.0, 3.0]], [[5.0, 9.0]]])
    Tensor([[[-1.,  1.]],
    <BLANKLINE>
            [[-1.,  1.]]], float32)
    """

    ranks = (3,)


class InstanceNorm2d(InstanceNorm):
    """A layer of `instance_norm` for images; see `InstanceNorm1d`.

    Shapes: x and y (n, channels, height, width).

    >>> from chainrule import nn
    >>> nn.InstanceNorm2d(1)([[[[1.0, 2.0], [3.0, 4.0]]]]).shape
    (1, 1, 2, 2)
    """

    ranks = (4,)


class InstanceNorm3d(InstanceNorm):
    """A layer of `instance_norm` for volumes; see `InstanceNorm1d`.

    Shapes: x and y (n, channels, depth, height, width).

    >>> from chainrule import nn
    >>> nn.InstanceNorm3d(1)([[[[[1.0, 2.0], [3.0, 4.0]]]]]).shape
    (1, 1, 1, 2, 2)
    """

    ranks = (5,)
