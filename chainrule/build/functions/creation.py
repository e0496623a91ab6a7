"""Creation: arrays from a shape, a range or a rule.

Nothing here knows a device but the CPU; `device` is accepted as the Array API has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.array.dtype import DType, as_dtype, default_of, float32, is_integer
from chainrule.array.shape import Shape, as_shape
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.elementwise import Where
from chainrule.build.primitives.indexing import Gather, ScatterAdd, first_outside
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError


def zeros(shape: int | Sequence[int], *, dtype: Any = None, device: str | None = None) -> Tensor:
    """Return zeros in `shape`, float32 unless `dtype` says otherwise.

    >>> zeros((2, 3))
    Tensor([[0., 0., 0.],
            [0., 0., 0.]], float32)
    """
    return full(shape, 0, dtype=_chosen(dtype, float32), device=device)


def ones(shape: int | Sequence[int], *, dtype: Any = None, device: str | None = None) -> Tensor:
    """Return ones in `shape`, float32 unless `dtype` says otherwise.

    >>> ones(2)
    Tensor([1., 1.], float32)
    """
    return full(shape, 1, dtype=_chosen(dtype, float32), device=device)


def empty(shape: int | Sequence[int], *, dtype: Any = None, device: str | None = None) -> Tensor:
    """Return an array in `shape` without promised content; it holds zeros, so that runs repeat.

    >>> empty(2)
    Tensor([0., 0.], float32)
    """
    return zeros(shape, dtype=dtype, device=device)


def full(
    shape: int | Sequence[int],
    fill_value: ArrayLike,
    *,
    dtype: Any = None,
    device: str | None = None,
) -> Tensor:
    """Return `fill_value` everywhere in `shape`; without `dtype` it keeps its own type.

    A tensor as `fill_value` is repeated, and its gradient is the sum over its places.

    Errors: `ShapeError` for a shape that is none, or that an array as `fill_value` does not
    broadcast to; `DTypeError` for a number that `dtype` cannot hold.

    >>> full((2, 2), 7)
    Tensor([[7, 7],
            [7, 7]], int64)
    """
    check_device(device)
    lengths = as_shape(shape)
    if _is_plain(fill_value):
        return constant(_filled(lengths, fill_value, _chosen(dtype, default_of(fill_value))))
    return broadcast_to(asarray(fill_value, dtype=dtype), lengths)


def zeros_like(x: ArrayLike, /, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """Return zeros in the shape, and unless `dtype` is given the data type, of `x`.

    >>> zeros_like([1, 2])
    Tensor([0, 0], int64)
    """
    return full_like(x, 0, dtype=dtype, device=device)


def ones_like(x: ArrayLike, /, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """Return ones in the shape, and unless `dtype` is given the data type, of `x`.

    >>> ones_like([1.5, 2.5])
    Tensor([1., 1.], float32)
    """
    return full_like(x, 1, dtype=dtype, device=device)


def empty_like(x: ArrayLike, /, *, dtype: Any = None, device: str | None = None) -> Tensor:
    """Return an array like `x` without promised content; it holds zeros, so that runs repeat.

    >>> empty_like([1.5, 2.5])
    Tensor([0., 0.], float32)
    """
    return zeros_like(x, dtype=dtype, device=device)


def full_like(
    x: ArrayLike, /, fill_value: ArrayLike, *, dtype: Any = None, device: str | None = None
) -> Tensor:
    """Return `fill_value` everywhere in the shape, and unless `dtype` is given the type, of `x`.

    Errors: as those of `full`.

    >>> full_like([1.5, 2.5], 3)
    Tensor([3., 3.], float32)
    """
    like = _spec_of(x)
    return full(like.shape, fill_value, dtype=_chosen(dtype, like.dtype), device=device)


def arange(
    start: float,
    /,
    stop: float | None = None,
    step: float = 1,
    *,
    dtype: Any = None,
    device: str | None = None,
) -> Tensor:
    """Return start, start + step, start + 2·step, … up to but without `stop`.

    With one argument the numbers run from 0 to it. Integers give int64, floats float32.

    Errors: `OptionError` for a step of 0, `DTypeError` for a bound that is to be differentiated.

    >>> arange(3)
    Tensor([0, 1, 2], int64)
    >>> arange(1.0, 2.0, 0.25)
    Tensor([1.  , 1.25, 1.5 , 1.75], float32)
    """
    check_device(device)
    bounds = (0, start, step) if stop is None else (start, stop, step)
    first, last, by = map(_number, bounds)
    if by == 0:
        raise OptionError("arange needs a step other than 0")
    return constant(np.arange(first, last, by).astype(_type_of(dtype, first, last, by)))


def linspace(
    start: float,
    stop: float,
    /,
    num: int,
    *,
    dtype: Any = None,
    device: str | None = None,
    endpoint: bool = True,
) -> Tensor:
    """Return `num` numbers at equal distances from `start` to exactly `stop`.

    y_i = start + i·(stop − start)/(num − 1), float32 unless `dtype` says otherwise. Without
    `endpoint` the divisor is num, and `stop` is left out.

    Errors: `OptionError` for a negative `num`, `DTypeError` for a bound that is to be
    differentiated.

    >>> linspace(0.0, 1.0, 5)
    Tensor([0.  , 0.25, 0.5 , 0.75, 1.  ], float32)
    """
    check_device(device)
    if num < 0:
        raise OptionError(f"linspace needs a number of points that is not negative, got {num}")
    kind = _chosen(dtype, float32)
    first, last = _number(start), _number(stop)
    return constant(np.linspace(first, last, num, endpoint=endpoint, dtype=kind))


def eye(
    n_rows: int,
    n_cols: int | None = None,
    /,
    *,
    k: int = 0,
    dtype: Any = None,
    device: str | None = None,
) -> Tensor:
    """Return ones on the `k`-th diagonal and zeros elsewhere, y_(i j) = [j − i = k].

    >>> eye(2, 3, k=1)
    Tensor([[0., 1., 0.],
            [0., 0., 1.]], float32)
    """
    check_device(device)
    rows, columns = as_shape((n_rows, n_rows if n_cols is None else n_cols))
    return constant(np.eye(rows, columns, k, _chosen(dtype, float32)))


def tril(x: ArrayLike, /, *, k: int = 0) -> Tensor:
    """Return the matrices x_(… i j) with zeros above the `k`-th diagonal, where j − i > k.

    Errors: `ShapeError` for fewer than two axes.

    >>> tril([[1, 2], [3, 4]])
    Tensor([[1, 0],
            [3, 4]], int64)
    """
    return _masked(asarray(x), lambda rows, columns: np.tri(rows, columns, k, np.bool_))


def triu(x: ArrayLike, /, *, k: int = 0) -> Tensor:
    """Return the matrices x_(… i j) with zeros below the `k`-th diagonal, where j − i < k.

    Errors: `ShapeError` for fewer than two axes.

    >>> triu([[1, 2], [3, 4]])
    Tensor([[1, 2],
            [0, 4]], int64)
    """
    return _masked(asarray(x), lambda rows, columns: ~np.tri(rows, columns, k - 1, np.bool_))


def meshgrid(*arrays: ArrayLike, indexing: str = "xy") -> list[Tensor]:
    """Return for each one-dimensional array the coordinate it gives every point of their grid.

    With `indexing="ij"` the grid's axis k belongs to array k; with `"xy"` the first two are
    exchanged, as in a picture: rows are y.

    Errors: `OptionError` for another `indexing`, `ShapeError` for an array of several axes.

    >>> meshgrid([1, 2], [10, 20, 30], indexing="ij")[1]
    Tensor([[10, 20, 30],
            [10, 20, 30]], int64)
    """
    if indexing not in ("xy", "ij"):
        raise OptionError(f"meshgrid knows the indexing 'xy' and 'ij', got {indexing!r}")
    lines = [asarray(x) for x in arrays]
    if any(x.ndim != 1 for x in lines):
        raise ShapeError(f"meshgrid takes one-dimensional arrays, got {[x.shape for x in lines]}")
    order = list(range(len(lines)))
    if indexing == "xy":
        order[:2] = order[:2][::-1]
    shape = tuple(lines[axis].size for axis in order)
    return [_along(x, order.index(place), shape) for place, x in enumerate(lines)]


def one_hot(labels: ArrayLike, /, classes: int, *, dtype: Any = None) -> Tensor:
    """Return 1 at the place that each label names and 0 elsewhere: y_(i c) = [labels_i = c].

    The result has one more axis than `labels`, the last, of length `classes`; it is float32 unless
    `dtype` says otherwise.

    Errors: `DataError` naming the first label that is not one of 0 … classes − 1, and its place;
    `DTypeError` for labels that are no integers.

    >>> one_hot([2, 0], 3)
    Tensor([[0., 0., 1.],
            [1., 0., 0.]], float32)
    """
    held = asarray(labels)
    if not is_integer(held.dtype):
        raise DTypeError(f"labels are integers, got {held.spec}")
    check_labels(held, classes)
    places = Gather((held.ndim,), held.ndim, from_end=False)
    return ScatterAdd((*held.shape, classes), places)(ones(held.shape, dtype=dtype), held)


def from_dlpack(
    x: Any, /, *, device: str | None = None, copy: bool | None = None
) -> Tensor:
    """Return an array of another library as a tensor, by DLPack; a view unless `copy` is true.

    A tensor never changes: with a view, the other library must not write to the array afterwards.

    Errors: `DTypeError` for what has no DLPack, or a data type that chainrule lacks.

    >>> from_dlpack(np.ones(2, np.float32))
    Tensor([1., 1.], float32)
    """
    check_device(device)
    if not hasattr(x, "__dlpack__"):
        raise DTypeError(f"{type(x).__name__} does not speak DLPack; use asarray")
    return constant(np.from_dlpack(x, copy=copy))


def check_labels(labels: Tensor, classes: int) -> None:
    """Raise `DataError` for a known label that is not one of 0 … classes − 1."""
    wrong = None if labels.value is None else first_outside(labels.value, 0, classes)
    if wrong is not None:
        where = f" at {list(wrong)}" if wrong else ""
        raise DataError(
            f"label {labels.known()[wrong]}{where} is not one of the {classes} classes, "
            f"0 to {classes - 1}"
        )
