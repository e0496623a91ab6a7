"""Scans: sums and products that run along an axis and keep every step."""

from __future__ import annotations

from typing import Any

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.reduction import accumulator
from chainrule.build.primitives.scan import CumulativeProd, CumulativeSum, Scan, begun
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError


def cumulative_sum(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    include_initial: bool = False,
) -> Tensor:
    """Return the running sums along `axis`, y_k = Σ_(j≤k) x_j. Shapes: x and y (…).

    A vector needs no `axis`. `include_initial` puts a 0 in front, one step more. Bools and small
    integers are added as 64-bit integers, floating numbers in their own type, unless `dtype` says
    otherwise.

    Errors: `ShapeError` for an axis that is not there, or is not said.

    >>> cumulative_sum([1.0, 2.0, 3.0], include_initial=True)
    Tensor([0., 1., 3., 6.], float32)
    """
    first = 0 if include_initial else None
    return _scanned(CumulativeSum, accumulator(asarray(x), dtype), axis, first)


def cumulative_prod(
    x: ArrayLike,
    /,
    *,
    axis: int | None = None,
    dtype: Any = None,
    include_initial: bool = False,
) -> Tensor:
    """Return the running products along `axis`, y_k = Π_(j≤k) x_j. Shapes: x and y (…).

    A vector needs no `axis`. `include_initial` puts a 1 in front, one step more. Data types as for
    `cumulative_sum`. The derivative is right where elements are 0.

    Errors: `ShapeError` for an axis that is not there, or is not said.

    >>> cumulative_prod([1.0, 2.0, 3.0])
    Tensor([1., 2., 6.], float32)
    """
    first = 1 if include_initial else None
    return _scanned(CumulativeProd, accumulator(asarray(x), dtype), axis, first)


def _scanned(scan: type[Scan], x: Tensor, axis: int | None, first: int | None) -> Tensor:
    if axis is None and x.ndim != 1:
        raise ShapeError(f"say along which axis of shape {x.shape} to run: axis=0, for example")
    index = normalize_axis(0 if axis is None else axis, x.ndim)
    y = scan(index)(x)
    return y if first is None else begun(y, index, first)
