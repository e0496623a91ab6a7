"""Channels that become places, places that become channels, and channels in another order."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.manipulation import permute_dims, reshape
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.geometry import ImageLayer, images, per_axis


def pixel_shuffle(x: ArrayLike, upscale_factor: int) -> Tensor:
    """Return y_(c, h·r + i, w·r + j) = x_((c i j), h, w): r² channels become r × r places.

    Shi et al., Real-time single image and video super-resolution using an efficient sub-pixel
    convolutional neural network (CVPR 2016).

    Shapes: x (…, c·r², height, width), y (…, c, height·r, width·r).

    Errors: `ShapeError` where r² does not divide the channels; `OptionError` for r below 1.

    >>> pixel_shuffle([[[1.0]], [[2.0]], [[3.0]], [[4.0]]], 2)
    Tensor([[[1., 2.],
             [3., 4.]]], float32)
    """
    (r,) = per_axis("pixel_shuffle", "upscale_factor", upscale_factor, 1, 1)
    given = images("pixel_shuffle", x, 2)
    *front, channels, height, width = given.shape
    if channels % r**2:
        raise ShapeError(
            f"pixel_shuffle by {r} needs a multiple of {r**2} channels, got shape {given.shape} "
            f"(at {caller()})"
        )
    k = len(front)
    apart = reshape(given, (*front, channels // r**2, r, r, height, width))
    mixed = permute_dims(apart, (*range(k + 1), k + 3, k + 1, k + 4, k + 2))
    return reshape(mixed, (*front, channels // r**2, height * r, width * r))


def pixel_unshuffle(x: ArrayLike, downscale_factor: int) -> Tensor:
    """Return y_((c i j), h, w) = x_(c, h·r + i, w·r + j): the inverse of `pixel_shuffle`.

    Shapes: x (…, c, height·r, width·r), y (…, c·r², height, width).

    Errors: `ShapeError` where r does not divide height and width; `OptionError` for r below 1.

    >>> pixel_unshuffle([[[1.0, 2.0], [3.0, 4.0]]], 2).shape
    (4, 1, 1)
    """
    (r,) = per_axis("pixel_unshuffle", "downscale_factor", downscale_factor, 1, 1)
    given = images("pixel_unshuffle", x, 2)
    *front, channels, height, width = given.shape
    if height % r or width % r:
        raise ShapeError(
            f"pixel_unshuffle by {r} needs height and width to be multiples of {r}, got shape "
            f"{given.shape} (at {caller()})"
        )
    k = len(front)
    apart = reshape(given, (*front, channels, height // r, r, width // r, r))
    mixed = permute_dims(apart, (*range(k + 1), k + 2, k + 4, k + 1, k + 3))
    return reshape(mixed, (*front, channels * r**2, height // r, width // r))


def channel_shuffle(x: ArrayLike, groups: int) -> Tensor:
    """Return y_(n, (k g), …) = x_(n, (g k), …): channels dealt out from g groups in turn.

    Zhang, Zhou, Lin & Sun, ShuffleNet (CVPR 2018). Shapes: x and y (n, c, …).

    Errors: `ShapeError` where the groups do not divide the channels; `OptionError` for none.

    >>> channel_shuffle([[[1.0], [2.0], [3.0], [4.0]]], 2)
    Tensor([[[1.],
             [3.],
             [2.],
             [4.]]], float32)
    """
    (count,) = per_axis("channel_shuffle", "groups", groups, 1, 1)
    given = images("channel_shuffle", x, 1)
    if given.ndim < 3 or given.shape[1] % count:
        raise ShapeError(
            f"channel_shuffle takes (n, channels, places …) with a multiple of {count} channels, "
            f"got shape {given.shape} (at {caller()})"
        )
    batch, channels, *rest = given.shape
    apart = reshape(given, (batch, count, channels // count, *rest))
    return reshape(permute_dims(apart, (0, 2, 1, *range(3, apart.ndim))), given.shape)


@dataclass(eq=False, repr=False)
class PixelShuffle(ImageLayer):
    """The layer of `pixel_shuffle`.

    >>> PixelShuffle(2)([[[1.0]], [[2.0]], [[3.0]], [[4.0]]])
    Tensor([[[1., 2.],
             [3., 4.]]], float32)
    """

    upscale_factor: int

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        return pixel_shuffle(x, self.upscale_factor)


@dataclass(eq=False, repr=False)
class PixelUnshuffle(ImageLayer):
    """The layer of `pixel_unshuffle`.

    >>> PixelUnshuffle(2)([[[1.0, 2.0], [3.0, 4.0]]]).shape
    (4, 1, 1)
    """

    downscale_factor: int

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        return pixel_unshuffle(x, self.downscale_factor)


@dataclass(eq=False, repr=False)
class ChannelShuffle(ImageLayer):
    """The layer of `channel_shuffle`.

    >>> ChannelShuffle(2)([[[1.0], [2.0], [3.0], [4.0]]])
    Tensor([[[1.],
             [3.],
             [2.],
             [4.]]], float32)
    """

    groups: int

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        return channel_shuffle(x, self.groups)
