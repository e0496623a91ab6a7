"""Shapes: broadcasting and axes, as pure functions on tuples."""

from __future__ import annotations

import operator
from collections.abc import Sequence

from chainrule.errors import ShapeError

Shape = tuple[int, ...]
Axes = int | Sequence[int] | None


def size_of(shape: Shape) -> int:
    """Return how many elements an array of `shape` has."""
    count = 1
    for length in shape:
        count *= length
    return count


def as_shape(shape: int | Sequence[int]) -> Shape:
    """Return `shape` as a tuple of lengths; raise `ShapeError` where one is negative."""
    lengths = shape if isinstance(shape, Sequence) else (shape,)
    try:
        checked = tuple(operator.index(length) for length in lengths)
    except TypeError:
        raise ShapeError(f"a shape is made of integers, got {shape!r}") from None
    if any(length < 0 for length in checked):
        raise ShapeError(f"a shape has no negative length, got {checked}")
    return checked


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape that `shapes` broadcast to; raise `ShapeError` where they do not.

    Lengths are compared from the last axis; a length of 1 stretches to the other's.
    """
    if all(shape == shapes[0] for shape in shapes):
        return shapes[0]
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    return tuple(_common_length(lengths, shapes) for lengths in zip(*padded, strict=True))


def _common_length(lengths: tuple[int, ...], shapes: tuple[Shape, ...]) -> int:
    long = {length for length in lengths if length != 1}
    if len(long) > 1:
        listed = " and ".join(str(shape) for shape in shapes)
        raise ShapeError(
            f"shapes {listed} do not broadcast: lengths {sorted(long)} meet on one axis; "
            "lengths must be equal or 1, counted from the last axis"
        )
    return long.pop() if long else 1


def normalize_axis(axis: int, rank: int) -> int:
    """Return `axis` counted from the front; raise `ShapeError` where there is no such axis."""
    try:
        index = operator.index(axis)
    except TypeError:
        raise ShapeError(f"an axis is an integer, got {axis!r}") from None
    if not -rank <= index < rank:
        raise ShapeError(
            f"axis {index} does not exist: the array has {rank} "
            f"{'axis' if rank == 1 else 'axes'}"
            + (f", so axes run from {-rank} to {rank - 1}" if rank else "")
        )
    return index % rank


def normalize_axes(axes: Axes, rank: int) -> tuple[int, ...]:
    """Return `axes` sorted and counted from the front; `None` means all of them."""
    if axes is None:
        return tuple(range(rank))
    listed = tuple(axes) if isinstance(axes, Sequence) else (axes,)
    found = tuple(sorted(normalize_axis(axis, rank) for axis in listed))
    if len(set(found)) != len(found):
        raise ShapeError(f"axes {listed} name one axis twice")
    return found


def reduced(shape: Shape, axes: tuple[int, ...]) -> Shape:
    """Return `shape` without `axes`."""
    return tuple(length for axis, length in enumerate(shape) if axis not in axes)


def kept(shape: Shape, axes: tuple[int, ...]) -> Shape:
    """Return `shape` with each of `axes` of length 1."""
    return tuple(1 if axis in axes else length for axis, length in enumerate(shape))
