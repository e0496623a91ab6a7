"""Segments: rows that belong together by a number, combined to one row each.

`segments` holds for each row of `x` the number of its segment, from 0; `count` is how many segments
there are. Shapes: x (n …), segments (n), result (count …). The segments need not be sorted; their
rows are combined in order. In a function that is being recorded `count` has to be said.

Errors of all: `DataError` for a number that is not one of 0 … count − 1; `ShapeError` unless there
is one number for each row, `DTypeError` where the numbers are no integers.
"""

from __future__ import annotations

import numpy as np

from chainrule.array.dtype import is_integer
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.arithmetic import divide, maximum
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.primitives.indexing import Gather, Scatter, ScatterAdd, check_indices
from chainrule.build.primitives.scatter import ScatterMax, ScatterMin, ScatterMultiply
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError, ShapeError


def segment_sum(x: ArrayLike, segments: ArrayLike, /, count: int | None = None) -> Tensor:
    """Return y_s = Σ x_i over the rows i of segment s; 0 where it has none.

    >>> segment_sum([1.0, 2.0, 3.0], [0, 2, 0])
    Tensor([4., 0., 2.], float32)
    """
    return _scattered(ScatterAdd, asarray(x), segments, count)


def segment_mean(x: ArrayLike, segments: ArrayLike, /, count: int | None = None) -> Tensor:
    """Return y_s = Σ x_i / n over the n rows i of segment s; 0 where it has none.

    >>> segment_mean([1.0, 2.0, 3.0], [0, 2, 0])
    Tensor([2., 0., 2.], float32)
    """
    (held,) = floating(x)
    total = segment_sum(held, segments, count)
    ones = constant(np.ones(asarray(segments).shape, held.dtype))
    rows = maximum(segment_sum(ones, segments, total.shape[0]), 1.0)
    return divide(total, reshape(rows, (rows.size, *(1 for _ in held.shape[1:]))))


def segment_prod(x: ArrayLike, segments: ArrayLike, /, count: int | None = None) -> Tensor:
    """Return y_s = Π x_i over the rows i of segment s; 1 where it has none.

    The derivative is right where elements are 0.

    >>> segment_prod([1.0, 2.0, 3.0], [0, 2, 0])
    Tensor([3., 1., 2.], float32)
    """
    return _scattered(ScatterMultiply, asarray(x), segments, count)


def segment_max(x: ArrayLike, segments: ArrayLike, /, count: int | None = None) -> Tensor:
    """Return y_s = max x_i over the rows i of segment s; the type's least where it has none.

    Equal largest elements share the gradient equally.

    >>> segment_max([1.0, 2.0, 3.0], [0, 2, 0])
    Tensor([  3., -inf,   2.], float32)
    """
    return _scattered(ScatterMax, asarray(x), segments, count)


def segment_min(x: ArrayLike, segments: ArrayLike, /, count: int | None = None) -> Tensor:
    """Return y_s = min x_i over the rows i of segment s; the type's greatest where it has none.

    Equal smallest elements share the gradient equally.

    >>> segment_min([1.0, 2.0, 3.0], [0, 2, 0])
    Tensor([ 1., inf,  2.], float32)
    """
    return _scattered(ScatterMin, asarray(x), segments, count)


def _scattered(scatter: type[Scatter], x: Tensor, segments: ArrayLike, count: int | None) -> Tensor:
    numbers = numbered(segments)
    if numbers.shape != x.shape[:1]:
        raise ShapeError(f"segments of shape {numbers.shape} do not number the rows of {x.shape}")
    total = length_of(numbers, count)
    return scatter((total, *x.shape[1:]), Gather((0,), from_end=False))(x, numbers)


def numbered(numbers: ArrayLike) -> Tensor:
    """Return `numbers` as a tensor of integers; raise `DTypeError` where they are none."""
    held = asarray(numbers)
    if not is_integer(held.dtype):
        if held.size:
            raise DTypeError(f"numbers of segments and bins are integers, got {held.spec}")
        return as_type(held, np.dtype(np.int64))
    return held


def length_of(numbers: Tensor, count: int | None) -> int:
    """Return `count`, by default one more than the largest of `numbers`, which it has to cover."""
    if count is None:
        count = int(numbers.known().max(initial=-1)) + 1
    if numbers.value is not None:
        check_indices(numbers.value, count, 0, from_end=False)
    return count
