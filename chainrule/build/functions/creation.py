"""Creation: arrays from a shape, a range or another library.

The only device is the CPU; the standard's option `device` is accepted everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.array.dtype import DType, as_dtype, default_of, float32, is_floating
from chainrule.array.shape import Shape, as_shape
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to
from chainrule.build.tensor import Array, Spec, Tensor
from chainrule.errors import DTypeError, OptionError


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
    start: ArrayLike,
    /,
    stop: ArrayLike = None,
    step: ArrayLike = 1,
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
    start: ArrayLike,
    stop: ArrayLike,
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


def from_dlpack(x: Any, /, *, device: str | None = None, copy: bool | None = None) -> Tensor:
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


def check_device(device: str | None) -> None:
    """Raise `DTypeError` unless `device` is the one there is."""
    if device not in (None, "cpu"):
        raise DTypeError(f"the only device is 'cpu', got {device!r}")


def _spec_of(x: ArrayLike) -> Spec:
    """Shape and data type of `x`; a variable is not read for it."""
    found = getattr(x, "spec", None)
    return found if isinstance(found, Spec) else asarray(x).spec


def _chosen(dtype: Any, default: DType) -> DType:
    return default if dtype is None else as_dtype(dtype)


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | int | float) and not isinstance(value, np.generic)


def _filled(shape: Shape, value: float, dtype: DType) -> Array:
    try:
        if is_floating(dtype) or value % 1 == 0:
            return np.full(shape, value, dtype)
    except OverflowError:
        pass
    raise DTypeError(f"{value} does not fit into {dtype}")


def _number(bound: ArrayLike) -> Any:
    """A bound of a range as a Python number."""
    if _is_plain(bound):
        return bound
    held = asarray(bound)
    if held.tracked:
        raise DTypeError("a range has no gradient with respect to its bounds; use start + step * i")
    return held.item()


def _type_of(dtype: Any, *numbers: float) -> DType:
    has_float = any(isinstance(number, float) for number in numbers)
    return _chosen(dtype, default_of(0.0 if has_float else 0))
