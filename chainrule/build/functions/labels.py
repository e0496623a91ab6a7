"""Labels: classes as whole numbers 0 … n − 1, written out as vectors or used to pick.

A label is not an index: −1 is never the last class, it is a mistake.
"""

from __future__ import annotations

from typing import Any

from chainrule.array.dtype import is_integer
from chainrule.array.shape import normalize_axis, reduced
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.creation import ones
from chainrule.build.primitives.indexing import Gather, ScatterAdd, first_outside
from chainrule.build.primitives.movement import Transpose
from chainrule.build.tensor import Tensor
from chainrule.errors import DataError, DTypeError, ShapeError


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
    held = _checked(labels, classes)
    places = ScatterAdd((*held.shape, classes), _named(held.ndim))
    return places(ones(held.shape, dtype=dtype), held)


def pick(x: ArrayLike, labels: ArrayLike, /, *, axis: int = -1) -> Tensor:
    """Return the element of each row that its label names, y_(a c) = x_(a n c), n = labels_(a c).

    The shape of `labels` is that of `x` without `axis`, and so is the result's.

    Errors: `DataError` naming the first label that is not one of 0 … n − 1, and its place;
    `ShapeError` for labels of another shape, `DTypeError` for labels that are no integers.

    >>> pick([[0.1, 0.9], [0.8, 0.2]], [1, 0])
    Tensor([0.9, 0.8], float32)
    """
    held = asarray(x)
    along = normalize_axis(axis, held.ndim)
    named = _checked(labels, held.shape[along])
    if named.shape != reduced(held.shape, (along,)):
        raise ShapeError(
            f"labels of shape {named.shape} do not name one element along axis {along} of an "
            f"array of shape {held.shape}"
        )
    last = (*(other for other in range(held.ndim) if other != along), along)
    return _named(named.ndim)(held if along == named.ndim else Transpose(last)(held), named)


def _checked(labels: ArrayLike, classes: int) -> Tensor:
    held = asarray(labels)
    if not is_integer(held.dtype):
        raise DTypeError(f"labels are integers, got {held.spec}")
    wrong = None if held.value is None else first_outside(held.value, 0, classes)
    if wrong is not None:
        where = f" at {list(wrong)}" if wrong else ""
        raise DataError(
            f"label {held.known()[wrong]}{where} is not one of the {classes} classes, "
            f"0 to {classes - 1}"
        )
    return held


def _named(rank: int) -> Gather:
    """Picks along the last axis, behind `rank` axes of labels."""
    return Gather((rank,), rank, from_end=False)
