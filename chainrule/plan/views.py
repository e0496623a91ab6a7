"""Views of views: what moves elements without computing needs no memory of its own."""

from __future__ import annotations

import math

from chainrule.array.shape import Shape
from chainrule.build.primitives.broadcast import Broadcast, Reshape
from chainrule.build.primitives.movement import Flip, Slice, Transpose
from chainrule.build.primitives.window import Window
from chainrule.build.tensor import Primitive, Spec
from chainrule.fuse.group import NotNativeError
from chainrule.plan.kernel import View, contiguous


def moved(primitive: Primitive, below: View) -> View | None:
    """Return what `primitive` makes of `below`; None where elements have to move for it."""
    match primitive:
        case Broadcast(shape):
            return below.broadcast(shape)
        case Transpose(axes):
            shape = tuple(below.shape[axis] for axis in axes)
            strides = tuple(below.strides[axis] for axis in axes)
            return View(below.buffer, below.offset, shape, strides)
        case Slice():
            return sliced(below, primitive)
        case Flip(axes):
            return _flipped(below, axes)
        case Window():
            return _windowed(below, primitive)
        case Reshape(shape):
            return _reshaped(below, shape)
    raise NotNativeError(f"{type(primitive).__name__} has no native kernel yet")


def sliced(view: View, part: Slice) -> View:
    """Return the slice `part` of `view`."""
    offset = view.offset + sum(a * s for a, s in zip(part.start, view.strides, strict=True))
    strides = tuple(step * s for step, s in zip(part.step, view.strides, strict=True))
    return View(view.buffer, offset, part.length, strides)


def _flipped(view: View, axes: tuple[int, ...]) -> View:
    offset = view.offset + sum((view.shape[axis] - 1) * view.strides[axis] for axis in axes)
    strides = tuple(-s if axis in axes else s for axis, s in enumerate(view.strides))
    return View(view.buffer, offset, view.shape, strides)


def _windowed(view: View, window: Window) -> View:
    """The windows of the view; where they overlap, they share their elements."""
    shape = window.infer(Spec(view.shape, view.buffer.dtype)).shape
    strides, taps = list(view.strides), []
    for axis, _, step, dilation in window.each():
        taps.append(view.strides[axis] * dilation)
        strides[axis] *= step
    return View(view.buffer, view.offset, shape, (*strides, *taps))


def _reshaped(view: View, shape: Shape) -> View | None:
    """The view in another shape, where no element has to move for it."""
    kept = [(n, s) for n, s in zip(view.shape, view.strides, strict=True) if n != 1]
    if [n for n, _ in kept] == [n for n in shape if n != 1]:
        return View(view.buffer, view.offset, shape, _matched(view, shape))
    if 0 in shape or view.strides == _whole(view, view.shape) or _is_row_major(kept):
        return View(view.buffer, view.offset, shape, _whole(view, shape))
    strides = _regrouped(view, shape)
    return None if strides is None else View(view.buffer, view.offset, shape, strides)


def _whole(view: View, shape: Shape) -> tuple[int, ...]:
    return contiguous(view.buffer, shape).strides


def _regrouped(view: View, shape: Shape) -> tuple[int, ...] | None:
    """The strides for `shape`, if each of its axes lies within what is one run in memory.

    Axes of length 1 between runs keep their strides, as in `_matched`.
    """
    runs, between = _runs(view)
    strides: list[int] = []
    for total, stride in runs:
        lengths, ones = _leading(shape[len(strides) :], total)
        if math.prod(lengths) != total:
            return None
        strides += [between[0].pop(0) if between[0] else 0 for _ in range(ones)]
        strides += [stride * math.prod(lengths[axis + 1 :]) for axis in range(len(lengths))]
        between.pop(0)
    strides += [between[0].pop(0) if between[0] else 0 for _ in shape[len(strides) :]]
    return tuple(strides)


def _leading(shape: Shape, total: int) -> tuple[Shape, int]:
    """The lengths in front that make up `total`, as far as they do, and how many 1 before them."""
    ones = next((place for place, length in enumerate(shape) if length != 1), len(shape))
    stop = ones
    while stop < len(shape) and math.prod(shape[ones:stop]) < total:
        stop += 1
    return shape[ones:stop], ones


def _runs(view: View) -> tuple[list[tuple[int, int]], list[list[int]]]:
    """Neighboring axes as one where they are one in memory; strides of axes of length 1 between."""
    runs: list[tuple[int, int]] = []
    between: list[list[int]] = [[]]
    for length, stride in zip(view.shape, view.strides, strict=True):
        if length == 1:
            between[-1] += [stride] if stride else []
        elif runs and runs[-1][1] == length * stride:
            runs[-1] = runs[-1][0] * length, stride
            between[-1] = []
        else:
            runs.append((length, stride))
            between.append([])
    return runs, between


def _matched(view: View, shape: Shape) -> tuple[int, ...]:
    """The strides of the view for `shape`, which differs from its own by axes of length 1.

    Between the same neighbors these keep their strides: an array of one row lies as one of many.
    """
    between: list[list[int]] = [[]]
    for length, stride in zip(view.shape, view.strides, strict=True):
        if length != 1:
            between += [[stride], []]
        elif stride:
            between[-1].append(stride)
    strides, place = [], 0
    for length in shape:
        if length == 1:
            strides.append(between[place].pop(0) if between[place] else 0)
        else:
            strides += between[place + 1]
            place += 2
    return tuple(strides)


def _is_row_major(axes: list[tuple[int, int]]) -> bool:
    step = 1
    for length, stride in reversed(axes):
        if stride != step:
            return False
        step *= length
    return True
