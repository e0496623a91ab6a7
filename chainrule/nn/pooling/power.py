"""Pooling by a power norm of a window: between the sum and the largest number.

y_i = (Σ_t x_(i·stride + t)^p)^(1/p)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import pow
from chainrule.build.functions.reduction import sum as total
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.geometry import ImageLayer, Sizes, Windows, geometry, images, taps
from chainrule.nn.pooling.maximum import max_pool


def lp_pool1d(
    x: ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Return y_i = (Σ_t x_(i·stride + t)^p)^(1/p) of a signal, p = `norm_type`; see `lp_pool2d`.

    Shapes: x (…, c, width), y (…, c, windows).

    >>> lp_pool1d([[3.0, 4.0, 6.0, 8.0]], 2, 2)
    Tensor([[ 5., 10.]], float32)
    """
    return lp_pool("lp_pool1d", 1, x, norm_type, Windows(kernel_size, stride, 0, 1, ceil_mode))


def lp_pool2d(
    x: ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Return y_i = (Σ_t x_(i·stride + t)^p)^(1/p) with p = `norm_type`: 1 sums, ∞ takes the max.

    Shapes: x (…, c, height, width), y (…, c, rows of windows, windows in a row).

    Errors: `ShapeError` where x has too few axes or no window fits; `OptionError` for sizes that
    make no sense, or a p that is not positive.

    >>> lp_pool2d([[[3.0, 0.0], [0.0, 4.0]]], 2, 2)
    Tensor([[[5.]]], float32)
    """
    return lp_pool("lp_pool2d", 2, x, norm_type, Windows(kernel_size, stride, 0, 1, ceil_mode))


def lp_pool3d(
    x: ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Return y_i = (Σ_t x_(i·stride + t)^p)^(1/p) of a volume, p = `norm_type`; see `lp_pool2d`.

    Shapes: x (…, c, depth, height, width), y (…, c, windows along each of these).

    >>> lp_pool3d([[[[3.0, 0.0], [0.0, 4.0]]]], 2, (1, 2, 2))
    Tensor([[[[5.]]]], float32)
    """
    return lp_pool("lp_pool3d", 3, x, norm_type, Windows(kernel_size, stride, 0, 1, ceil_mode))


def lp_pool(name: str, rank: int, x: ArrayLike, norm_type: float, windows: Windows) -> Tensor:
    """Return the power means over the last `rank` axes; `windows` are geometry's options."""
    (given,) = floating(images(name, x, rank))
    if not norm_type > 0:
        raise OptionError(f"{name}: norm_type is above 0, got {norm_type}")
    if math.isinf(norm_type):
        pooled: Tensor = max_pool(name, rank, given, windows, return_indices=False)
        return pooled
    found = geometry(name, rank, windows).windows(given, 0.0)
    return pow(total(pow(found, norm_type), axis=taps(found, rank)), 1.0 / norm_type)


@dataclass(eq=False, repr=False)
class LPPool(ImageLayer):
    """What the layers of power means share; their options are those of `lp_pool2d`."""

    norm_type: float
    kernel_size: Sizes
    stride: Sizes | None = None
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        geometry(type(self).__name__, self.rank, self._windows())

    def _windows(self) -> Windows:
        return Windows(self.kernel_size, self.stride, 0, 1, self.ceil_mode)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        return lp_pool(type(self).__name__, self.rank, x, self.norm_type, self._windows())


class LPPool1d(LPPool):
    """The layer of `lp_pool1d`.

    >>> LPPool1d(2, 2)([[3.0, 4.0, 6.0, 8.0]])
    Tensor([[ 5., 10.]], float32)
    """

    rank = 1


class LPPool2d(LPPool):
    """The layer of `lp_pool2d`.

    >>> LPPool2d(2, 2)([[[3.0, 0.0], [0.0, 4.0]]])
    Tensor([[[5.]]], float32)
    """

    rank = 2


class LPPool3d(LPPool):
    """The layer of `lp_pool3d`.

    >>> LPPool3d(2, (1, 2, 2))([[[[3.0, 0.0], [0.0, 4.0]]]])
    Tensor([[[[5.]]]], float32)
    """

    rank = 3
