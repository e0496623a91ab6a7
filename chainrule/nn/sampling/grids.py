"""Images read at places of one's own: a grid says where each element of the result comes from.

Coordinates run from −1 to 1 over each axis, whatever its length, the last axis first: (x, y) or
(x, y, z). Their ends are the middles of the outermost elements with `align_corners`, else the outer
edges of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np

from chainrule.array.shape import Shape, size_of
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.arithmetic import abs, add, clip, floor_divide, multiply, remainder
from chainrule.build.functions.comparison import equal, logical_and, where
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.manipulation import astype, moveaxis, reshape
from chainrule.build.functions.rounding import floor, round
from chainrule.build.leaf import constant
from chainrule.build.primitives.indexing import Gather
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.sampling.resizing import cubic_far, cubic_near

MODES = ("bilinear", "nearest", "bicubic")
BORDERS = ("zeros", "border", "reflection")

Taps = list[tuple[Tensor, Tensor | None]]


def grid_sample(
    x: ArrayLike,
    grid: ArrayLike,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Return y_p = x at the place grid_p, taken from the elements around it.

    `mode` is `"bilinear"` (straight lines between the neighbors, along two axes or three),
    `"nearest"`, or `"bicubic"` (two axes). Beyond its border an image is 0 (`"zeros"`), its
    outermost element (`"border"`), or mirrored there (`"reflection"`).

    Jaderberg, Simonyan, Zisserman & Kavukcuoglu, Spatial transformer networks (NeurIPS 2015).

    Shapes: x (n, c, height, width), grid (n, rows, columns, 2), y (n, c, rows, columns); or with a
    depth in front of the height, and coordinates of 3 numbers.

    Errors: `OptionError` for an unknown mode; `ShapeError` where the shapes do not fit.

    >>> image = [[[[1.0, 2.0], [3.0, 4.0]]]]
    >>> grid_sample(image, [[[[-1.0, -1.0], [0.0, 0.0]]]], align_corners=True)
    Tensor([[[[1. , 2.5]]]], float32)
    """
    image, places = floating(x, grid)
    _check(image.shape, places.shape, mode, padding_mode)
    aligned, rank = bool(align_corners), image.ndim - 2
    each = [
        _along(places[..., rank - 1 - axis], length, (mode, padding_mode, aligned))
        for axis, length in enumerate(image.shape[2:])
    ]
    total: Any = None
    for taps in product(*each):
        index, factor = _together(taps, image.shape[2:], padding_mode == "zeros")
        found = _looked_up(image, index)
        part = found if factor is None else multiply(found, reshape(factor, (*factor.shape, 1)))
        total = part if total is None else total + part
    return moveaxis(total, -1, 1)


def _check(image: Shape, grid: Shape, mode: str, padding_mode: str) -> None:
    if mode not in MODES or padding_mode not in BORDERS:
        raise OptionError(
            f"grid_sample knows the modes {', '.join(MODES)} and the borders {', '.join(BORDERS)}, "
            f"got {mode!r} and {padding_mode!r}"
        )
    rank = len(image) - 2
    ranks = (2,) if mode == "bicubic" else (2, 3)
    if rank not in ranks or len(grid) != len(image) or grid[-1] != rank or grid[0] != image[0]:
        raise ShapeError(
            f"grid_sample with mode {mode!r} takes images (n, c, height, width) and a grid "
            f"(n, rows, columns, 2), got shapes {image} and {grid} (at {caller()})"
        )
    if 0 in image[2:]:
        raise ShapeError(f"grid_sample: images of shape {image} have nothing to read")


def _along(place: Tensor, length: int, options: tuple[str, str, bool]) -> Taps:
    """The elements to read along one axis, as whole floating numbers, and their weights."""
    mode, border, aligned = options
    scaled = (place + 1.0) * ((length - 1) / 2) if aligned else ((place + 1.0) * length - 1.0) / 2.0
    if mode == "bicubic":
        first = floor(scaled)
        t = scaled - first
        weights = cubic_far(t + 1.0), cubic_near(t), cubic_near(1.0 - t), cubic_far(2.0 - t)
        near = [_within(first + (k - 1.0), length, border, aligned) for k in range(4)]
        return list(zip(near, weights, strict=True))
    inside = _within(scaled, length, border, aligned)
    if mode == "nearest":
        return [(round(inside), None)]
    first = floor(inside)
    return [(first, first + 1.0 - inside), (first + 1.0, inside - first)]


def _within(place: Tensor, length: int, border: str, aligned: bool) -> Tensor:
    """The place moved into the image, where its border is not zeros."""
    if border == "reflection":
        low, span = (0.0, length - 1.0) if aligned else (-0.5, float(length))
        if span == 0.0:
            return multiply(place, 0.0)
        away = abs(place - low)
        rest = remainder(away, span)
        is_even = equal(remainder(floor_divide(away, span), 2.0), 0.0)
        place = add(where(is_even, rest, span - rest), low)
    return place if border == "zeros" else clip(place, 0.0, length - 1.0)


def _together(
    taps: Sequence[tuple[Tensor, Tensor | None]], lengths: Shape, zeros: bool
) -> tuple[Tensor, Tensor | None]:
    """The number of the element to read, row by row, and its weight: 0 beyond a border of zeros."""
    index: Any = 0
    factor: Any = None
    for axis, ((place, weight), length) in enumerate(zip(taps, lengths, strict=True)):
        near = astype(clip(place, 0.0, length - 1.0), "int64")
        index = index + near * prod(lengths[axis + 1 :])
        parts = [weight]
        if zeros:
            there = logical_and(place >= 0.0, place <= length - 1.0)
            parts.append(as_type(there, place.dtype))
        for each in parts:
            factor = each if factor is None else factor if each is None else factor * each
    return index, factor


def _looked_up(x: Tensor, index: Tensor) -> Tensor:
    """The elements (n, places …, c) of images x (n, c, …) with these numbers."""
    flat = reshape(x, (*x.shape[:2], size_of(x.shape[2:])))
    return Gather((2,), shared=1, from_end=False)(flat, index)


def affine_grid(theta: ArrayLike, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """Return the grid of an affine map for `grid_sample`: grid_p = theta · (p, 1).

    p are the coordinates, from −1 to 1, of the elements of images of the shape `size`.

    Shapes: theta (n, 2, 3), size (n, c, height, width), grid (n, height, width, 2); or theta
    (n, 3, 4), with a depth in front of the height.

    Errors: `ShapeError` where the shapes do not fit.

    >>> affine_grid([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]], (1, 1, 1, 2), align_corners=True)
    Tensor([[[[-1.,  0.],
              [ 1.,  0.]]]], float32)
    """
    (maps,) = floating(asarray(theta))
    batch, _, *lengths = size
    rank = len(lengths)
    if rank not in (2, 3) or maps.shape != (batch, rank, rank + 1):
        raise ShapeError(
            f"affine_grid takes maps (n, 2, 3) for images (n, c, height, width), got shape "
            f"{maps.shape} for images {tuple(size)} (at {caller()})"
        )
    axes = [_coordinates(length, bool(align_corners)) for length in lengths]
    grids = np.meshgrid(*axes, indexing="ij")
    places = np.stack([*grids[::-1], np.ones(lengths)], -1).reshape(-1, rank + 1)
    found = matmul(constant(places.astype(maps.dtype)), moveaxis(maps, 1, 2))
    return reshape(found, (batch, *lengths, rank))


def _coordinates(length: int, aligned: bool) -> Array:
    if aligned:
        return np.linspace(-1, 1, length) if length > 1 else np.zeros(1)
    return np.asarray((2 * np.arange(length) + 1) / length - 1)
