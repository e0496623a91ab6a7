"""Turning: elements that change places along axes: backwards, around, by a quarter."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.array.shape import Axes, normalize_axes, normalize_axis
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.manipulation import reshape
from chainrule.build.primitives import broadcast as primitive
from chainrule.build.primitives.movement import Concatenate, Flip, Transpose, part
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError


def flip(x: ArrayLike, /, *, axis: Axes = None) -> Tensor:
    """Return `x` backwards along `axis`, one or several; `None` means all.

    Errors: `ShapeError` where an axis does not exist or is named twice.

    >>> flip([1, 2, 3])
    Tensor([3, 2, 1], int64)
    """
    held = asarray(x)
    return Flip(normalize_axes(axis, held.ndim))(held)


def roll(x: ArrayLike, /, shift: int | Sequence[int], *, axis: Axes = None) -> Tensor:
    """Return y_i = x_((i − shift) mod n) along `axis`: what leaves at the end enters at the start.

    Several axes take a shift each, or all the same; `None` rolls the flattened array.

    Errors: `ShapeError` where an axis does not exist or the counts differ.

    >>> roll([1, 2, 3], 1)
    Tensor([3, 1, 2], int64)
    """
    held = asarray(x)
    if axis is None:
        return primitive.reshape(roll(reshape(held, -1), shift, axis=0), held.shape)
    axes = axis if isinstance(axis, Sequence) else [axis]
    shifts = shift if isinstance(shift, Sequence) else [shift] * len(axes)
    if len(shifts) != len(axes):
        raise ShapeError(f"roll by {shift} along {axis}: a shift for each axis is needed")
    for step, along in zip(shifts, axes, strict=True):
        held = _rolled(held, step, normalize_axis(along, held.ndim))
    return held


def _rolled(x: Tensor, shift: int, axis: int) -> Tensor:
    length = x.shape[axis]
    cut = -shift % length if length else 0
    if cut == 0:
        return x
    return Concatenate(axis)(part(x, axis, range(cut, length)), part(x, axis, range(cut)))


def rot90(x: ArrayLike, /, k: int = 1, *, axes: Sequence[int] = (0, 1)) -> Tensor:
    """Return `x` turned `k` times by a quarter, from the first of two axes towards the second.

    Errors: `ShapeError` unless two axes that exist are named.

    >>> rot90([[1, 2], [3, 4]])
    Tensor([[2, 4],
            [1, 3]], int64)
    """
    held = asarray(x)
    if len(normalize_axes(axes, held.ndim)) != 2:
        raise ShapeError(f"a quarter turn is one of two axes, got {axes}")
    first, second = (normalize_axis(axis, held.ndim) for axis in axes)
    if k % 4 == 2:
        return Flip((first, second))(held)
    turned = Flip((second,))(held) if k % 4 == 1 else held
    if k % 2:
        order = list(range(held.ndim))
        order[first], order[second] = second, first
        turned = Transpose(tuple(order))(turned)
    return Flip((second,))(turned) if k % 4 == 3 else turned
