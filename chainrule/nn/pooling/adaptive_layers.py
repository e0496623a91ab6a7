"""The layers of pooling into a given number of windows, and of whole images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.build.convert import ArrayLike
from chainrule.build.tensor import Tensor
from chainrule.nn.geometry import ImageLayer
from chainrule.nn.pooling.adaptive import (
    OutputSize,
    adaptive_avg_pool,
    adaptive_max_pool,
    global_avg_pool,
    global_max_pool,
)


@dataclass(eq=False, repr=False)
class AdaptiveMaxPool(ImageLayer):
    """What the layers share whose options are those of `adaptive_max_pool2d`."""

    output_size: OutputSize
    return_indices: bool = False

    def forward(self, x: ArrayLike) -> Any:
        """Return y, or y and the indices, for images x."""
        name = type(self).__name__
        return adaptive_max_pool(name, self.rank, x, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The layer of `adaptive_max_pool1d`.

    >>> AdaptiveMaxPool1d(2)([[1.0, 5.0, 2.0, 4.0]])
    Tensor([[5., 4.]], float32)
    """

    rank = 1


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """The layer of `adaptive_max_pool2d`.

    >>> AdaptiveMaxPool2d((1, 2))([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    Tensor([[[5., 6.]]], float32)
    """

    rank = 2


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """The layer of `adaptive_max_pool3d`.

    >>> AdaptiveMaxPool3d(1)([[[[1.0, 2.0], [3.0, 4.0]]]])
    Tensor([[[[4.]]]], float32)
    """

    rank = 3


@dataclass(eq=False, repr=False)
class AdaptiveAvgPool(ImageLayer):
    """What the layers share whose options are those of `adaptive_avg_pool2d`."""

    output_size: OutputSize

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        return adaptive_avg_pool(type(self).__name__, self.rank, x, self.output_size)


class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """The layer of `adaptive_avg_pool1d`.

    >>> AdaptiveAvgPool1d(2)([[1.0, 5.0, 2.0, 4.0]])
    Tensor([[3., 3.]], float32)
    """

    rank = 1


class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """The layer of `adaptive_avg_pool2d`.

    >>> AdaptiveAvgPool2d((1, 2))([[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]])
    Tensor([[[3., 4.]]], float32)
    """

    rank = 2


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """The layer of `adaptive_avg_pool3d`.

    >>> AdaptiveAvgPool3d(1)([[[[1.0, 2.0], [3.0, 4.0]]]])
    Tensor([[[[2.5]]]], float32)
    """

    rank = 3


class GlobalAvgPool(ImageLayer):
    """The layer of `global_avg_pool`: one mean for each channel, ready for a `Linear`.

    >>> GlobalAvgPool()([[[1.0, 5.0]]])
    Tensor([[3.]], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        return global_avg_pool(x)


class GlobalMaxPool(ImageLayer):
    """The layer of `global_max_pool`: the largest number of each channel.

    >>> GlobalMaxPool()([[[1.0, 5.0]]])
    Tensor([[5.]], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        return global_max_pool(x)
