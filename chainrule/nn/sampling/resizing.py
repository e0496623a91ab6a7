"""Images in another size: from the nearest elements, or interpolated between them.

    y_i = Σ_j w_ij · x_(n_i + j)        along each axis in turn

Place i of y lies at s_i = (i + ½)·n/m − ½ of x, for n elements made m; with `align_corners` at
s_i = i·(n − 1)/(m − 1), so that the first and the last of both meet. What an image lacks beyond its
border is its outermost element.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.primitives.window import Interleave
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.geometry import ImageLayer
from chainrule.nn.pooling.adaptive import adaptive_avg_pool
from chainrule.nn.sampling.filters import resampled

CUBIC = -0.75  # the slope of the cubic kernel at distance 1, the field's choice
RANKS = {"linear": (1,), "bilinear": (2,), "trilinear": (3,), "bicubic": (2,)}
MODES = ("nearest", "nearest-exact", *RANKS, "area")

Scale = float | Sequence[float]


def interpolate(
    x: ArrayLike,
    size: int | Sequence[int] | None = None,
    scale_factor: Scale | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
) -> Tensor:
    """Return images in the size `size`, or in ⌊length · scale_factor⌋ along each axis.

    `mode` is `"nearest"` (element ⌊i·n/m⌋), `"nearest-exact"` (the one whose middle is nearest),
    `"linear"`, `"bilinear"`, `"trilinear"` (straight lines between neighbors, for one, two and
    three axes), `"bicubic"` (cubic polynomials through four) or `"area"` (the mean of what an
    element of the result covers). A given scale is used as it is, unless
    `recompute_scale_factor` asks for m/n.

    Keys, Cubic convolution interpolation for digital image processing (1981), with slope −¾.

    Shapes: x (n, c, places …), y (n, c, other places …).

    Errors: `OptionError` for an unknown mode, for both or none of size and scale, or for
    `align_corners` where there is nothing between elements; `ShapeError` where x has not as many
    axes as the mode or the size says.

    >>> interpolate([[[1.0, 2.0]]], scale_factor=2)
    Tensor([[[1., 1., 2., 2.]]], float32)
    >>> interpolate([[[1.0, 2.0]]], size=3, mode="linear", align_corners=True)
    Tensor([[[1. , 1.5, 2. ]]], float32)
    """
    (given,) = floating(x)
    _check(given.shape, mode, align_corners)
    lengths = given.shape[2:]
    sizes, ratios = _sizes(lengths, size, scale_factor, bool(recompute_scale_factor))
    if mode == "area":
        return adaptive_avg_pool("interpolate", len(sizes), given, sizes)
    if mode == "nearest" and all(
        m % n == 0 and r == n / m for n, m, r in zip(lengths, sizes, ratios, strict=True)
    ):
        return _repeated(given, sizes)
    for axis, (length, target, ratio) in enumerate(zip(lengths, sizes, ratios, strict=True), 2):
        stretch = _Stretch(length, target, ratio, bool(align_corners))
        given = resampled(given, axis, *stretch.taps(mode))
    return given


def _check(shape: Shape, mode: str, align_corners: bool | None) -> None:
    if mode not in MODES:
        raise OptionError(f"interpolate knows the modes {', '.join(MODES)}, got {mode!r}")
    ranks = RANKS.get(mode, (1, 2, 3))
    if len(shape) - 2 not in ranks or 0 in shape[2:]:
        raise ShapeError(
            f"interpolate with mode {mode!r} takes (n, channels, places …) with "
            f"{' or '.join(map(str, ranks))} axes of places, got shape {shape} (at {caller()})"
        )
    if align_corners is not None and mode not in RANKS:
        raise OptionError(f"align_corners has no meaning for mode {mode!r}: leave it out")


def _sizes(
    lengths: Shape, size: Any, scale_factor: Any, again: bool
) -> tuple[tuple[int, ...], list[float]]:
    """The lengths of the result, and how many elements of x one of y takes, for each axis."""
    if (size is None) == (scale_factor is None):
        raise OptionError("interpolate takes either a size or a scale_factor")
    given = scale_factor if size is None else size
    each = list(given) if isinstance(given, Sequence) else [given] * len(lengths)
    if len(each) != len(lengths) or min(each) <= 0:
        raise OptionError(
            f"interpolate: {'scale_factor' if size is None else 'size'} is one positive number, or "
            f"{len(lengths)} of them, got {given!r}"
        )
    if size is not None:
        return tuple(map(int, each)), [n / m for n, m in zip(lengths, each, strict=True)]
    sizes = tuple(math.floor(n * scale) for n, scale in zip(lengths, each, strict=True))
    if 0 in sizes:
        raise ShapeError(f"interpolate: nothing is left of {lengths} places, scaled by {given}")
    ratios = [n / m if again else 1 / s for n, m, s in zip(lengths, sizes, each, strict=True)]
    return sizes, ratios


def _repeated(x: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """Each element as often along each axis as fills `sizes`."""
    steps = tuple(m // n for n, m in zip(x.shape[2:], sizes, strict=True))
    return Interleave(tuple(range(2, x.ndim)), steps)(*[x] * math.prod(steps))


@dataclass(frozen=True)
class _Stretch:
    """An axis of `length` elements made `target`, each of which takes `ratio` of them."""

    length: int
    target: int
    ratio: float
    align_corners: bool

    def taps(self, mode: str) -> tuple[Array, Array]:
        """Return for each place of y the first element of x that it takes, and all weights."""
        steps = np.arange(self.target)
        if mode == "nearest":
            return np.floor(steps * self.ratio).astype(int), np.ones((self.target, 1))
        if mode == "nearest-exact":
            return np.floor((steps + 0.5) * self.ratio).astype(int), np.ones((self.target, 1))
        source = self._source()
        first = np.floor(source)
        near = source - first
        if mode == "bicubic":
            return first.astype(int) - 1, _cubic(near)
        return first.astype(int), np.stack([1 - near, near], -1)

    def _source(self) -> Array:
        """Where each place of y lies in x."""
        steps = np.arange(self.target)
        if self.align_corners:
            return np.asarray(steps * ((self.length - 1) / max(self.target - 1, 1)))
        return np.asarray((steps + 0.5) * self.ratio - 0.5)


def _cubic(near: Array) -> Array:
    """The weights of the four elements around, `near` behind the second of them."""
    return np.stack(
        [cubic_far(near + 1), cubic_near(near), cubic_near(1 - near), cubic_far(2 - near)], -1
    )


def cubic_near(t: Any) -> Any:
    """Return the cubic kernel at a distance t ≤ 1."""
    return ((CUBIC + 2) * t - (CUBIC + 3)) * t * t + 1


def cubic_far(t: Any) -> Any:
    """Return the cubic kernel at a distance 1 ≤ t ≤ 2."""
    return ((CUBIC * t - 5 * CUBIC) * t + 8 * CUBIC) * t - 4 * CUBIC


@dataclass(eq=False, repr=False)
class Upsample(ImageLayer):
    """The layer of `interpolate`.

    >>> Upsample(scale_factor=2)([[[1.0, 2.0]]])
    Tensor([[[1., 1., 2., 2.]]], float32)
    """

    size: int | Sequence[int] | None = None
    scale_factor: Scale | None = None
    mode: str = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for images x."""
        options = self.mode, self.align_corners, self.recompute_scale_factor
        return interpolate(x, self.size, self.scale_factor, *options)
