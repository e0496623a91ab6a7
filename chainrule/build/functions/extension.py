"""Extension: arrays made longer, by their own elements or by a border."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np

from chainrule.array.shape import Shape, as_shape, normalize_axis
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.creation import full
from chainrule.build.functions.indexing import take
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.elementwise import Where
from chainrule.build.primitives.movement import Concatenate, Place, Slice, part
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import DTypeError, OptionError, ShapeError

Widths = int | Sequence[int] | Sequence[Sequence[int]]

# The field's names for borders made of the array itself, and NumPy's.
BORDERS: dict[str, Literal["reflect", "symmetric", "edge", "wrap"]] = {
    "reflect": "reflect",
    "symmetric": "symmetric",
    "edge": "edge",
    "wrap": "wrap",
    "replicate": "edge",
    "circular": "wrap",
}


def tile(x: ArrayLike, repetitions: int | Sequence[int], /) -> Tensor:
    """Return `x` laid side by side with itself, repetitions[k] times along axis k.

    Repetitions count from the last axis; where there are more of them than axes, `x` gets new ones
    in front.

    Errors: `ShapeError` for a negative repetition.

    >>> tile([1, 2], 2)
    Tensor([1, 2, 1, 2], int64)
    """
    held, counts = asarray(x), as_shape(repetitions)
    rank = max(len(counts), held.ndim)
    counts = (1,) * (rank - len(counts)) + counts
    lengths = (1,) * (rank - held.ndim) + held.shape
    pairs = list(zip(counts, lengths, strict=True))
    apart = reshape(held, tuple(k for length in lengths for k in (1, length)))
    whole = broadcast_to(apart, tuple(k for pair in pairs for k in pair))
    return reshape(whole, tuple(count * length for count, length in pairs))


def repeat(x: ArrayLike, repeats: ArrayLike, /, *, axis: int | None = None) -> Tensor:
    """Return `x` with each element along `axis` standing `repeats` times in a row.

    `repeats` is one number, or one for each element, known when the function runs. Without an axis
    the flattened array is repeated.

    Errors: `OptionError` for a negative number, `ShapeError` where there are not as many numbers as
    elements, `DTypeError` where they are no integers.

    >>> repeat([1, 2, 3], [2, 0, 1])
    Tensor([1, 1, 3], int64)
    """
    held = asarray(x)
    if axis is None:
        held, axis = reshape(held, (held.size,)), 0
    along = normalize_axis(axis, held.ndim)
    counts = asarray(repeats).known()
    _check_counts(counts, held.shape, along)
    if counts.size == 1:
        return _stretched(held, int(counts.item()), along)
    return take(held, constant(np.repeat(np.arange(held.shape[along]), counts)), axis=along)


def _check_counts(counts: Array, shape: Shape, axis: int) -> None:
    if counts.dtype.kind not in "iu":
        raise DTypeError(f"repeats are integers, got {counts.dtype}")
    if counts.size != 1 and counts.shape != shape[axis : axis + 1]:
        raise ShapeError(f"{counts.shape} repeats for axis {axis} of an array of shape {shape}")
    if (counts < 0).any():
        raise OptionError(f"repeats are not negative, got {counts.min()}")


def _stretched(x: Tensor, count: int, axis: int) -> Tensor:
    """Each element `count` times: a new axis behind `axis`, stretched, and merged with it."""
    front, length, back = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    apart = reshape(x, (*front, length, 1, *back))
    whole = broadcast_to(apart, (*front, length, count, *back))
    return reshape(whole, (*front, length * count, *back))


def pad(x: ArrayLike, widths: Widths, /, *, mode: str = "constant", value: ArrayLike = 0) -> Tensor:
    """Return `x` with a border, `widths` elements before and after it along each axis.

    `widths` is one number for all, a pair (before, after) for all, or one pair for each axis. The
    border holds `value` (`"constant"`), the elements mirrored at the outermost one (`"reflect"`) or
    behind it (`"symmetric"`), the outermost element (`"edge"`, or `"replicate"`), or the elements
    from the other end (`"wrap"`, or `"circular"`).

    Errors: `OptionError` for another `mode`, `ShapeError` for widths that do not fit the axes, and
    for a border made of elements where there are none; `DTypeError` for a value that the array's
    data type cannot hold.

    >>> pad([1, 2, 3], (2, 1), mode="reflect")
    Tensor([3, 2, 1, 2, 3, 2], int64)
    """
    held = asarray(x)
    pairs = _pairs(widths, held.ndim)
    if mode == "constant":
        return _framed(held, pairs, value)
    if mode not in BORDERS:
        raise OptionError(f"pad knows the modes constant, {', '.join(BORDERS)}, got {mode!r}")
    for axis, pair in enumerate(pairs):
        held = _bordered(held, axis, pair, mode) if any(pair) else held
    return held


def _pairs(widths: Widths, rank: int) -> list[tuple[int, int]]:
    """`widths` as a pair for each axis."""
    try:
        pairs = np.broadcast_to(np.asarray(widths), (rank, 2))
    except ValueError:
        raise ShapeError(f"widths {widths} are no pair (before, after) for {rank} axes") from None
    if pairs.dtype.kind not in "iu" or (pairs < 0).any():
        raise ShapeError(f"widths are integers and not negative, got {widths}")
    return [(int(before), int(after)) for before, after in pairs]


def _framed(x: Tensor, pairs: list[tuple[int, int]], value: ArrayLike) -> Tensor:
    start = tuple(before for before, _ in pairs)
    inside = Slice(start, x.shape, (1,) * x.ndim)
    shape = tuple(before + n + after for (before, after), n in zip(pairs, x.shape, strict=True))
    held = full((), value, dtype=x.dtype)
    if isinstance(value, int | float):
        return Place(shape, inside, held.item())(x)
    # Where all is inside along an axis, the border looks alike everywhere on it.
    lengths = [n if any(pair) else 1 for pair, n in zip(pairs, shape, strict=True)]
    border = np.ones(lengths, np.bool_)
    border[tuple(slice(a, n - b) for (a, b), n in zip(pairs, lengths, strict=True))] = False
    return Where()(constant(border), held, Place(shape, inside)(x))


def _bordered(x: Tensor, axis: int, pair: tuple[int, int], mode: str) -> Tensor:
    length = x.shape[axis]
    if length == 0:
        raise ShapeError(f"no elements to {mode} along axis {axis} of shape {x.shape}")
    places = np.pad(np.arange(length), pair, BORDERS[mode])
    before = [_run(x, axis, run) for run in _runs(places[: pair[0]])]
    after = [_run(x, axis, run) for run in _runs(places[pair[0] + length :])]
    return Concatenate(axis)(*before, x, *after)


def _runs(places: Array) -> list[Array]:
    """The places in pieces, each of which rises by one, falls by one, or stays."""
    runs, step = [places[:1].tolist()] if places.size else [], None
    for last, place in pairwise(places.tolist()):
        if place - last == step or (step is None and abs(place - last) <= 1):
            runs[-1].append(place)
            step = place - last
        else:
            runs.append([place])
            step = None
    return [np.asarray(run) for run in runs]


def _run(x: Tensor, axis: int, run: Array) -> Tensor:
    """The elements of `x` along `axis` at the places of a run."""
    first, last = int(run[0]), int(run[-1])
    if last < first:
        return part(x, axis, range(first, last - 1, -1))
    found = part(x, axis, range(first, last + 1))
    return _stretched(found, len(run), axis) if last == first else found
