"""Scans: what runs along an axis and keeps every step, and the differences of neighbors."""

from __future__ import annotations

from typing import Any

from chainrule.array.dtype import bool_
from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, asarray, floating
from chainrule.build.functions.arithmetic import add, subtract
from chainrule.build.functions.comparison import isfinite, not_equal, where
from chainrule.build.functions.exponential import exp, log
from chainrule.build.functions.manipulation import concat
from chainrule.build.functions.reduction import accumulator
from chainrule.build.primitives.detach import detach
from chainrule.build.primitives.indexing import gather_along
from chainrule.build.primitives.movement import part
from chainrule.build.primitives.scan import (
    ChainRecurrence,
    CumulativeArgMax,
    CumulativeArgMin,
    CumulativePlace,
    CumulativeProd,
    CumulativeSum,
    Scan,
    begun,
    shifted,
)
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError


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


def cumulative_max(x: ArrayLike, /, *, axis: int | None = None) -> Tensor:
    """Return the running maxima along `axis`, y_k = max(x_0, …, x_k); NaN from the first NaN on.

    A vector needs no `axis`. The gradient goes to the first of the elements that tie.

    Errors: `ShapeError` for an axis that is not there, or is not said.

    >>> cumulative_max([1.0, 3.0, 2.0])
    Tensor([1., 3., 3.], float32)
    """
    return _running(CumulativeArgMax, asarray(x), axis)


def cumulative_min(x: ArrayLike, /, *, axis: int | None = None) -> Tensor:
    """Return the running minima along `axis`, y_k = min(x_0, …, x_k); NaN from the first NaN on.

    A vector needs no `axis`. The gradient goes to the first of the elements that tie.

    Errors: `ShapeError` for an axis that is not there, or is not said.

    >>> cumulative_min([3.0, 1.0, 2.0])
    Tensor([3., 1., 1.], float32)
    """
    return _running(CumulativeArgMin, asarray(x), axis)


def _running(places: type[CumulativePlace], x: Tensor, axis: int | None) -> Tensor:
    along = _axis(x, axis)
    return gather_along(x, places(along)(x), along)


def cumulative_logsumexp(x: ArrayLike, /, *, axis: int | None = None) -> Tensor:
    """Return y_k = log Σ_(j≤k) exp x_j along `axis`, without overflow.

    A vector needs no `axis`. Where x begins with −∞ so does y, with gradient 0.

    Errors: `ShapeError` for an axis that is not there, or is not said.

    >>> cumulative_logsumexp([0.0, 0.0, -1000.0])
    Tensor([0.       , 0.6931472, 0.6931472], float32)
    """
    (x,) = floating(x)
    along = _axis(x, axis)
    # What is carried is the sum, divided by exp of the largest so far, which is no part of y.
    largest = cumulative_max(detach(x), axis=along)
    shift = where(isfinite(largest), largest, 0.0)
    decay = exp(shifted(shift, along, 0.0) - shift)
    return add(log(ChainRecurrence(along)(decay, exp(x - shift))), shift)


def diff(
    x: ArrayLike,
    /,
    *,
    axis: int = -1,
    n: int = 1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
) -> Tensor:
    """Return the differences of neighbors along `axis`, y_k = x_(k+1) − x_k, taken `n` times.

    `prepend` and `append` are put in front of `x` and behind it first. Each time the axis becomes
    one shorter. Bools are neighbors that differ or do not: y_k = (x_(k+1) ≠ x_k).

    Errors: `OptionError` for a negative `n`; `ShapeError` for an axis that is not there, and where
    what is put in front or behind does not fit.

    >>> diff([1.0, 4.0, 9.0])
    Tensor([3., 5.], float32)
    """
    if n < 0:
        raise OptionError(f"diff is taken n times, not {n}")
    pieces = [asarray(piece) for piece in (prepend, x, append) if piece is not None]
    held = concat(pieces, axis=axis) if len(pieces) > 1 else pieces[0]
    along = normalize_axis(axis, held.ndim)
    for _ in range(min(n, held.shape[along])):
        count = held.shape[along]
        later, earlier = (part(held, along, range(k, count - 1 + k)) for k in (1, 0))
        held = not_equal(later, earlier) if held.dtype == bool_ else subtract(later, earlier)
    return held


def _scanned(scan: type[Scan], x: Tensor, axis: int | None, first: int | None) -> Tensor:
    index = _axis(x, axis)
    y = scan(index)(x)
    return y if first is None else begun(y, index, first)


def _axis(x: Tensor, axis: int | None) -> int:
    """The axis to run along, which has to be said unless there is only one."""
    if axis is None and x.ndim != 1:
        raise ShapeError(f"say along which axis of shape {x.shape} to run: axis=0, for example")
    return normalize_axis(0 if axis is None else axis, x.ndim)
