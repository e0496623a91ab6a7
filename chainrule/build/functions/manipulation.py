"""Manipulation: the same elements in another shape, order or data type, joined or taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.array.dtype import as_dtype
from chainrule.array.shape import Axes, Shape, as_shape, normalize_axes, normalize_axis, size_of
from chainrule.build.convert import ArrayLike, as_type, asarray, operands
from chainrule.build.functions.creation import check_device
from chainrule.build.operators import operator
from chainrule.build.primitives import broadcast as primitive
from chainrule.build.primitives.movement import Concatenate, Transpose
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError


@operator
def astype(
    x: ArrayLike, dtype: Any, /, *, copy: bool = True, device: str | None = None
) -> Tensor:
    """Return `x` in another data type; a tensor never changes, so `copy` makes no difference.

    >>> astype([1.7, -1.7], "int64")
    Tensor([ 1, -1], int64)
    """
    check_device(device)
    return as_type(asarray(x), as_dtype(dtype))


@operator
def reshape(x: ArrayLike, /, shape: int | Sequence[int], *, copy: bool | None = None) -> Tensor:
    """Return the elements of `x` in row-major order in another shape; one length may be −1.

    Errors: `ShapeError` where the number of elements differs.

    >>> reshape([1, 2, 3, 4], (2, -1))
    Tensor([[1, 2],
            [3, 4]], int64)
    """
    held = asarray(x)
    return primitive.reshape(held, _completed(shape, held.shape))


def _completed(shape: int | Sequence[int], old: Shape) -> Shape:
    """`shape` with its −1 replaced by what is left of the elements of `old`."""
    lengths = tuple(shape) if isinstance(shape, Sequence) else (shape,)
    if lengths.count(-1) != 1:
        return as_shape(lengths)
    known = size_of(as_shape([length for length in lengths if length != -1]))
    if known == 0 or size_of(old) % known:
        raise ShapeError(
            f"cannot reshape {old} to {lengths}: {size_of(old)} elements do not divide by {known}"
        )
    return as_shape([size_of(old) // known if length == -1 else length for length in lengths])


def broadcast_to(x: ArrayLike, /, shape: int | Sequence[int]) -> Tensor:
    """Return `x` repeated along new axes in front and along axes of length 1.

    Errors: `ShapeError` where another axis has to change its length.

    >>> broadcast_to([1, 2], (2, 2))
    Tensor([[1, 2],
            [1, 2]], int64)
    """
    return primitive.broadcast_to(asarray(x), as_shape(shape))


def permute_dims(x: ArrayLike, /, axes: Sequence[int]) -> Tensor:
    """Return `x` with its axes in another order: axis k of the result is axis axes[k] of `x`.

    >>> permute_dims([[1, 2], [3, 4]], (1, 0))
    Tensor([[1, 3],
            [2, 4]], int64)
    """
    held = asarray(x)
    return Transpose(tuple(normalize_axis(axis, held.ndim) for axis in axes))(held)


def expand_dims(x: ArrayLike, /, *, axis: int | Sequence[int] = 0) -> Tensor:
    """Return `x` with new axes of length 1, standing at `axis` in the result.

    >>> expand_dims([1, 2], axis=1)
    Tensor([[1],
            [2]], int64)
    """
    held = asarray(x)
    rank = held.ndim + (len(axis) if isinstance(axis, Sequence) else 1)
    new = normalize_axes(axis, rank)
    lengths = iter(held.shape)
    return primitive.reshape(held, tuple(1 if k in new else next(lengths) for k in range(rank)))


def squeeze(x: ArrayLike, /, axis: int | Sequence[int]) -> Tensor:
    """Return `x` without the axes `axis`, each of length 1.

    Errors: `ShapeError` where one is longer.

    >>> squeeze([[1, 2]], 0)
    Tensor([1, 2], int64)
    """
    held = asarray(x)
    gone = normalize_axes(axis, held.ndim)
    if any(held.shape[k] != 1 for k in gone):
        raise ShapeError(f"squeeze drops axes of length 1 only: axis {axis} of shape {held.shape}")
    return primitive.reshape(held, tuple(n for k, n in enumerate(held.shape) if k not in gone))


def concat(arrays: Sequence[ArrayLike], /, *, axis: int | None = 0) -> Tensor:
    """Return the arrays one after the other along `axis`; `None` joins them flattened.

    Errors: `ShapeError` where the lengths of the other axes differ.

    >>> concat([[1, 2], [3]])
    Tensor([1, 2, 3], int64)
    """
    parts = _several(arrays, "concat")
    if axis is None:
        parts, axis = [reshape(x, -1) for x in parts], 0
    return Concatenate(normalize_axis(axis, parts[0].ndim))(*parts)


def stack(arrays: Sequence[ArrayLike], /, *, axis: int = 0) -> Tensor:
    """Return arrays of one shape side by side along a new axis.

    Errors: `ShapeError` where the shapes differ.

    >>> stack([[1, 2], [3, 4]], axis=1)
    Tensor([[1, 3],
            [2, 4]], int64)
    """
    parts = _several(arrays, "stack")
    if len({x.shape for x in parts}) > 1:
        raise ShapeError(f"stack needs one shape, got {', '.join(str(x.shape) for x in parts)}")
    return concat([expand_dims(x, axis=axis) for x in parts], axis=axis)


def _several(arrays: Sequence[ArrayLike], name: str) -> list[Tensor]:
    if len(arrays) == 0:
        raise ShapeError(f"{name} needs at least one array")
    return list(operands(*map(asarray, arrays)))
