"""Indexing: `x[key]` as NumPy has it, and picking by arrays of indices.

A key is worked off in three steps, each a primitive or two: slices (`Slice`, `Flip`); axes dropped,
added and merged (`Reshape`); index arrays (`Gather`) and the place of their axes (`Transpose`).
"""

from __future__ import annotations

import operator as python
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule.array.dtype import bool_, int64, is_integer
from chainrule.array.shape import Shape, broadcast, normalize_axis, reduced, size_of
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.leaf import constant
from chainrule.build.operators import operator
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.indexing import Gather, check_indices, gather_along
from chainrule.build.primitives.movement import Flip, Transpose, sliced
from chainrule.build.primitives.scatter import overlaid
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError, OptionError, ShapeError, ValueUnknownError


@operator
def getitem(x: ArrayLike, key: Any, /) -> Tensor:
    """Return `x[key]`, the elements that `key` selects, as NumPy does.

    A key is one or several (a tuple) of: an integer, which drops its axis; a slice with any step;
    `None` for a new axis; `...` for all axes that remain; an array of integers, whose shape stands
    where its axis stood; a mask, an array of bools that selects where it is true. Several arrays
    broadcast together and share one place: their own if they stand side by side, else the front. A
    place that is picked several times gets the sum of its gradients.

    Errors: `DataError` for an index outside its axis; `ShapeError` for more indices than axes, a
    mask of another shape, arrays that do not broadcast; `DTypeError` for what is no index;
    `ValueUnknownError` for a mask that is computed in a function being recorded: use `where` there.

    >>> getitem([[1, 2, 3], [4, 5, 6]], (slice(None, None, -1), [2, 0]))
    Tensor([[6, 4],
            [3, 1]], int64)
    """
    held = asarray(x)
    return selected(held.shape, key).of(held)


def selected(shape: Shape, key: Any) -> Selection:
    """Return what `key` selects of an array of `shape`.

    Errors: as those of `getitem`.
    """
    selection = Selection(shape)
    for entry in _entries(key, len(shape)):
        selection.add(entry)
    return selection


@dataclass
class Selection:
    """A key worked off entry by entry: what each step has to do to an array of `shape`."""

    shape: Shape
    ranges: list[range] = field(default_factory=list)  # one for each axis so far
    lengths: list[int] = field(default_factory=list)  # the shape after the second step
    picks: list[tuple[int, Tensor]] = field(default_factory=list)  # axes of that, and indices
    spots: list[int] = field(default_factory=list)  # which entries are integers or arrays
    front: int | None = None  # how many axes stand before the first of them
    count: int = 0

    def add(self, entry: Any) -> None:
        """Work off the next entry of the key."""
        if entry is None:
            self.lengths.append(1)
        elif isinstance(entry, slice):
            self._keep(entry)
        elif entry is not Ellipsis:
            self._point(entry)
        self.count += 1

    def _keep(self, entry: slice) -> None:
        if entry.step is not None and python.index(entry.step) == 0:
            raise OptionError("a slice needs a step other than 0")
        kept = range(*entry.indices(self.shape[len(self.ranges)]))
        self.ranges.append(kept)
        self.lengths.append(len(kept))

    def _point(self, entry: int | Tensor) -> None:
        if self.front is None:
            self.front = len(self.lengths)
        self.spots.append(self.count)
        if isinstance(entry, int):
            self._drop(entry)
        elif entry.dtype == bool_:
            self._mask(entry)
        else:
            self._pick(entry)

    def _drop(self, index: int) -> None:
        axis = len(self.ranges)
        check_indices(np.asarray(index), self.shape[axis], axis)
        place = index % self.shape[axis]
        self.ranges.append(range(place, place + 1))

    def _pick(self, index: Tensor) -> None:
        axis = len(self.ranges)
        if index.value is not None:
            check_indices(index.value, self.shape[axis], axis)
        self.picks.append((len(self.lengths), index))
        self._keep(slice(None))

    def _mask(self, mask: Tensor) -> None:
        """A mask is one index array for its axes merged to one (for no axis: a new one)."""
        axis = len(self.ranges)
        covered = self.shape[axis : axis + mask.ndim]
        # A mask of no elements selects nothing, however long the axes are.
        if any(own not in (long, 0) for own, long in zip(mask.shape, covered, strict=True)):
            raise ShapeError(
                f"a mask of shape {mask.shape} at axis {axis} of {self.shape}: they must agree"
            )
        self.picks.append((len(self.lengths), constant(np.flatnonzero(mask.known()))))
        self.ranges.extend(map(range, covered))
        self.lengths.append(size_of(covered))

    def of(self, x: Tensor) -> Tensor:
        """Return what is selected of `x`."""
        kept = self.kept(x)
        if not self.picks:
            return kept
        return _placed(Gather(self.axes)(kept, *self.indices), *self.move)

    def kept(self, x: Tensor) -> Tensor:
        """Return `x` after the first two steps: what its slices and integers select."""
        return reshape(sliced(x, self.ranges), tuple(self.lengths))

    @property
    def result(self) -> Shape:
        """The shape of what is selected."""
        if not self.picks:
            return tuple(self.lengths)
        rest = reduced(tuple(self.lengths), self.axes)
        front = self.move[1]
        return (*rest[:front], *self.indices[0].shape, *rest[front:])

    @property
    def axes(self) -> tuple[int, ...]:
        """Which axes of what is kept are picked from."""
        return tuple(axis for axis, _ in self.picks)

    @property
    def indices(self) -> list[Tensor]:
        """The index arrays, broadcast together."""
        shape = broadcast(*(index.shape for _, index in self.picks))
        return [broadcast_to(index, shape) for _, index in self.picks]

    @property
    def move(self) -> tuple[int, int]:
        """How many axes the indices have, and behind how many others they go at last."""
        side_by_side = self.spots[-1] - self.spots[0] == len(self.spots) - 1
        return self.indices[0].ndim, (self.front or 0) if side_by_side else 0

    def picked(self, y: Tensor) -> Tensor:
        """Return `y`, of the shape of what is selected, with its axes as the picking left them."""
        count, front = self.move
        order = (*range(front, front + count), *range(front), *range(front + count, y.ndim))
        return Transpose(order)(y) if front and count else y

    def put(self, x: Tensor, region: Tensor) -> Tensor:
        """Return `x` with `region` in place of what is kept of it."""
        kept = [places[::-1] if places.step < 0 else places for places in self.ranges]
        parts = zip(kept, x.shape, strict=True)
        backwards = tuple(axis for axis, places in enumerate(self.ranges) if places.step < 0)
        part = reshape(region, tuple(map(len, kept)))
        part = Flip(backwards)(part) if backwards else part
        if all(places == range(length) for places, length in parts):
            return part
        return overlaid(x, kept, part)


def _placed(y: Tensor, count: int, front: int) -> Tensor:
    """`y` with its first `count` axes moved behind the `front` axes that follow them."""
    if front == 0 or count == 0:
        return y
    moved = range(count)
    return Transpose((*range(count, count + front), *moved, *range(count + front, y.ndim)))(y)


def _entries(key: Any, rank: int) -> list[Any]:
    """The entries of `key`, slices in place of what it leaves out; an ellipsis stays as a mark."""
    entries = [_entry(item) for item in (key if isinstance(key, tuple) else (key,))]
    missing = rank - sum(map(_axes_of, entries))
    if missing < 0:
        raise ShapeError(f"{rank - missing} axes are indexed, but the array has {rank}")
    marks = [place for place, entry in enumerate(entries) if entry is Ellipsis]
    if len(marks) > 1:
        raise ShapeError("an index may have one ellipsis (...), not several")
    place = marks[0] + 1 if marks else len(entries)
    return [*entries[:place], *[slice(None)] * missing, *entries[place:]]


def _axes_of(entry: Any) -> int:
    if entry is None or entry is Ellipsis:
        return 0
    return entry.ndim if isinstance(entry, Tensor) and entry.dtype == bool_ else 1


def _entry(item: Any) -> Any:
    """`item` as `None`, an ellipsis, a slice, an integer or a tensor of integers or bools."""
    if item is None or item is Ellipsis or isinstance(item, slice) or type(item) is int:
        return item
    index = _array(item)
    if index.dtype == bool_:
        _check_known(index)
    elif not is_integer(index.dtype):
        raise DTypeError(f"an index is an integer, a slice, None, ... or a mask, got {index.spec}")
    elif index.ndim == 0 and index.value is not None:
        return int(index)
    return index


def _array(item: ArrayLike) -> Tensor:
    """`item` as a tensor; an empty list, of no type by itself, is one of integers."""
    index = asarray(item)
    return as_type(index, int64) if isinstance(item, list | tuple) and not index.size else index


def _check_known(mask: Tensor) -> None:
    if mask.value is None:
        raise ValueUnknownError(
            f"how many elements the mask made at {mask.source} selects is not known while its "
            "function is being recorded (compile, vmap, checkpoint); keep the shape with "
            "cr.where(mask, x, 0)"
        )


def take(x: ArrayLike, indices: ArrayLike, /, *, axis: int | None = None) -> Tensor:
    """Return the slices of `x` at `indices` along `axis`, y_(a i c) = x_(a n_i c).

    The shape of `indices` stands where `axis` stood: an embedding is `take(table, words, axis=0)`.
    `axis` may be left out where `x` has only one. What is picked several times adds up its
    gradients.

    Errors: `DataError` for an index outside the axis, `DTypeError` for indices that are no
    integers, `ShapeError` where there is no such axis.

    >>> take([[1, 2, 3], [4, 5, 6]], [2, 0], axis=1)
    Tensor([[3, 1],
            [6, 4]], int64)
    """
    held = asarray(x)
    if axis is None and held.ndim != 1:
        raise ShapeError(f"take needs an axis for an array of {held.ndim} axes")
    front, index = normalize_axis(axis or 0, held.ndim), _integers(indices)
    return _placed(Gather((front,))(held, index), index.ndim, front)


def take_along_axis(x: ArrayLike, indices: ArrayLike, /, *, axis: int = -1) -> Tensor:
    """Return y_(a i c) = x_(a n c) with n = indices_(a i c): its own picks for every row.

    `x` and `indices` have equally many axes, which broadcast, except `axis`.

    Errors: `DataError` for an index outside the axis, `ShapeError` where the other axes do not fit,
    `DTypeError` for indices that are no integers.

    >>> take_along_axis([[1, 2, 3], [4, 5, 6]], [[0], [2]], axis=1)
    Tensor([[1],
            [6]], int64)
    """
    held, index = asarray(x), _integers(indices)
    if held.ndim != index.ndim:
        raise ShapeError(
            f"take_along_axis needs as many axes in the indices {index.shape} as in {held.shape}"
        )
    along = normalize_axis(axis, held.ndim)
    if index.value is not None:
        check_indices(index.value, held.shape[along], along)
    shape = broadcast(_with(held.shape, along, 1), _with(index.shape, along, 1))
    whole = broadcast_to(held, _with(shape, along, held.shape[along]))
    return gather_along(whole, broadcast_to(index, _with(shape, along, index.shape[along])), along)


def _with(shape: Shape, axis: int, length: int) -> Shape:
    return (*shape[:axis], length, *shape[axis + 1 :])


def _integers(indices: ArrayLike) -> Tensor:
    index = _array(indices)
    if not is_integer(index.dtype):
        raise DTypeError(f"indices are integers, got {index.spec}")
    return index
