"""Manipulation: the same elements in another shape, order or data type, joined or parted.

A tensor never changes, so the standard's option `copy` makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from chainrule.array import shape as shapes
from chainrule.array.dtype import as_dtype
from chainrule.array.shape import Shape, as_shape, normalize_axes, normalize_axis, size_of
from chainrule.build.convert import ArrayLike, as_type, asarray, operands
from chainrule.build.functions.creation import check_device
from chainrule.build.operators import operator
from chainrule.build.primitives import broadcast as primitive
from chainrule.build.primitives.movement import Concatenate, Transpose, part
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError


@operator
def astype(x: ArrayLike, dtype: Any, /, *, copy: bool = True, device: str | None = None) -> Tensor:  # noqa: ARG001
    """Return `x` in another data type; floats lose their fraction where it has none.

    A float outside the range of an integer type becomes the nearest number of that range, NaN 0.

    >>> astype([1.7, -1.7], "int64")
    Tensor([ 1, -1], int64)
    """
    check_device(device)
    return as_type(asarray(x), as_dtype(dtype))


@operator
def reshape(x: ArrayLike, /, shape: int | Sequence[int], *, copy: bool | None = None) -> Tensor:  # noqa: ARG001
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
            f"cannot reshape {old} ({size_of(old)} elements) to {lengths}: "
            f"{known} does not divide {size_of(old)}"
        )
    return as_shape([size_of(old) // known if length == -1 else length for length in lengths])


def flatten(x: ArrayLike, /, *, start_axis: int = 0, end_axis: int = -1) -> Tensor:
    """Return `x` with the axes from `start_axis` to `end_axis`, both included, made one.

    Errors: `ShapeError` where an axis does not exist or the end comes before the start.

    >>> flatten([[1, 2], [3, 4]])
    Tensor([1, 2, 3, 4], int64)
    """
    held = asarray(x)
    if held.ndim == 0:
        return primitive.reshape(held, (1,))
    start, end = normalize_axis(start_axis, held.ndim), normalize_axis(end_axis, held.ndim)
    if start > end:
        raise ShapeError(f"flatten from axis {start} to axis {end}: the end comes first")
    merged = size_of(held.shape[start : end + 1])
    return primitive.reshape(held, (*held.shape[:start], merged, *held.shape[end + 1 :]))


def expand_dims(x: ArrayLike, /, axis: int | Sequence[int] = 0) -> Tensor:
    """Return `x` with new axes of length 1, standing at `axis` in the result.

    Errors: `ShapeError` where the result has no such axis, or one is named twice.

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

    Errors: `ShapeError` where one is longer or does not exist.

    >>> squeeze([[1, 2]], 0)
    Tensor([1, 2], int64)
    """
    held = asarray(x)
    gone = normalize_axes(axis, held.ndim)
    if any(held.shape[k] != 1 for k in gone):
        raise ShapeError(f"squeeze drops axes of length 1 only: axis {axis} of shape {held.shape}")
    return primitive.reshape(held, shapes.reduced(held.shape, gone))


def permute_dims(x: ArrayLike, /, axes: Sequence[int]) -> Tensor:
    """Return `x` with its axes in another order: axis k of the result is axis axes[k] of `x`.

    Errors: `ShapeError` where `axes` does not name each axis once.

    >>> permute_dims([[1, 2], [3, 4]], (1, 0))
    Tensor([[1, 3],
            [2, 4]], int64)
    """
    held = asarray(x)
    return Transpose(tuple(normalize_axis(axis, held.ndim) for axis in axes))(held)


def moveaxis(
    x: ArrayLike, source: int | Sequence[int], destination: int | Sequence[int], /
) -> Tensor:
    """Return `x` with axis source[k] moved to destination[k]; the others keep their order.

    Errors: `ShapeError` where an axis does not exist or is named twice, or the counts differ.

    >>> moveaxis([[1, 2], [3, 4]], 0, 1)
    Tensor([[1, 3],
            [2, 4]], int64)
    """
    held = asarray(x)
    sources, targets = _each_axis(source, held.ndim), _each_axis(destination, held.ndim)
    if len(sources) != len(targets):
        raise ShapeError(f"moveaxis from {source} to {destination}: as many from as to are needed")
    order = [axis for axis in range(held.ndim) if axis not in sources]
    for target, axis in sorted(zip(targets, sources, strict=True)):
        order.insert(target, axis)
    return Transpose(tuple(order))(held)


def _each_axis(axes: int | Sequence[int], rank: int) -> list[int]:
    """`axes` as given, each counted from the front."""
    normalize_axes(axes, rank)
    return [normalize_axis(axis, rank) for axis in (axes if isinstance(axes, Sequence) else [axes])]


def broadcast_to(x: ArrayLike, /, shape: int | Sequence[int]) -> Tensor:
    """Return `x` repeated along new axes in front and along axes of length 1.

    Errors: `ShapeError` where another axis has to change its length.

    >>> broadcast_to([1, 2], (2, 2))
    Tensor([[1, 2],
            [1, 2]], int64)
    """
    return primitive.broadcast_to(asarray(x), as_shape(shape))


def broadcast_arrays(*arrays: ArrayLike) -> list[Tensor]:
    """Return the arrays broadcast against each other, all in one shape, each in its own type.

    Errors: `ShapeError` where they do not broadcast.

    >>> broadcast_arrays([1, 2], [[3], [4]])[0]
    Tensor([[1, 2],
            [1, 2]], int64)
    """
    held = [asarray(x) for x in arrays]
    shape = shapes.broadcast(*(x.shape for x in held)) if held else ()
    return [primitive.broadcast_to(x, shape) for x in held]


def concat(arrays: Sequence[ArrayLike], /, *, axis: int | None = 0) -> Tensor:
    """Return the arrays one after the other along `axis`; `None` joins them flattened.

    Errors: `ShapeError` where the lengths of the other axes differ or there is no array,
    `DTypeError` where the data types have no common one.

    >>> concat([[1, 2], [3]])
    Tensor([1, 2, 3], int64)
    """
    parts = _joinable(arrays, "concat")
    if axis is None:
        return Concatenate(0)(*(reshape(x, -1) for x in parts))
    return Concatenate(normalize_axis(axis, parts[0].ndim))(*parts)


def stack(arrays: Sequence[ArrayLike], /, *, axis: int = 0) -> Tensor:
    """Return arrays of one shape side by side along a new axis.

    Errors: `ShapeError` where the shapes differ or there is no array, `DTypeError` where the data
    types have no common one.

    >>> stack([[1, 2], [3, 4]], axis=1)
    Tensor([[1, 3],
            [2, 4]], int64)
    """
    parts = _joinable(arrays, "stack")
    if len({x.shape for x in parts}) > 1:
        raise ShapeError(f"stack needs one shape, got {', '.join(str(x.shape) for x in parts)}")
    return concat([expand_dims(x, axis=axis) for x in parts], axis=axis)


def _joinable(arrays: Sequence[ArrayLike], name: str) -> tuple[Tensor, ...]:
    parts = [asarray(x) for x in arrays]
    if not parts:
        raise ShapeError(f"{name} needs at least one array")
    return operands(*parts)


def unstack(x: ArrayLike, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """Return the slices of `x` along `axis`, which they lack: the inverse of `stack`.

    Errors: `ShapeError` where there is no such axis.

    >>> unstack([[1, 2], [3, 4]])
    (Tensor([1, 2], int64), Tensor([3, 4], int64))
    """
    held = asarray(x)
    along = normalize_axis(axis, held.ndim)
    rest = shapes.reduced(held.shape, (along,))
    places = range(held.shape[along])
    return tuple(primitive.reshape(part(held, along, places[k : k + 1]), rest) for k in places)


def split(x: ArrayLike, parts: int | Sequence[int], /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """Return `x` cut along `axis` into `parts` equal parts, or at the positions `parts`.

    Errors: `ShapeError` where the axis does not exist or its length does not divide;
    `OptionError` where positions are not in order within the axis.

    >>> split([1, 2, 3, 4, 5], [2])
    (Tensor([1, 2], int64), Tensor([3, 4, 5], int64))
    """
    held = asarray(x)
    along = normalize_axis(axis, held.ndim)
    cuts = _cuts(parts, held.shape[along])
    return tuple(part(held, along, range(*between)) for between in pairwise(cuts))


def _cuts(parts: int | Sequence[int], length: int) -> list[int]:
    if isinstance(parts, Sequence):
        cuts = [0, *parts, length]
        if cuts != sorted(cuts):
            raise OptionError(f"split at {list(parts)}: positions rise from 0 to {length}")
        return cuts
    if parts < 1 or length % parts:
        raise ShapeError(f"an axis of length {length} does not split into {parts} equal parts")
    return [*range(0, length + 1, length // parts)] if length else [0] * (parts + 1)
