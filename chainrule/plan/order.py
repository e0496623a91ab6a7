"""Which axis of an array is the outermost in memory, which the innermost; loops run the same way.

It follows from strides alone, never from lengths: a row is computed in the same order of operations
whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chainrule.array.shape import Shape
from chainrule.plan.kernel import Load, Map, Role, Store, View

Order = tuple[int, ...]


def order_of(views: Iterable[View], rank: int) -> Order:
    """Return the axes from the outermost in, as the first of `views` has them that repeats nothing.

    Where each repeats something, the order is row-major.
    """
    for view in views:
        if all(view.strides):
            return tuple(sorted(range(rank), key=lambda axis: -abs(view.strides[axis])))
    return tuple(range(rank))


def loops_of(kernel: Map) -> Order:
    """Return the axes of the kernel's space from the outermost loop in: as its results lie."""
    stored = [s.view for s in kernel.body if isinstance(s, Store)]
    loaded = [s.view for s in kernel.body if isinstance(s, Load)]
    return order_of([*stored, *loaded], len(kernel.space))


# What is not row-major begins each innermost line at a multiple of so many elements.
LINE = 16

# Lines whose length is a multiple of this would share a few places of the nearest cache.
CROWDED = 8 * LINE


def strides_in(shape: Shape, order: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """Return strides that nest the axes by `order`, and how many elements they span in all.

    Where the order is not row-major, the innermost lines are rounded up: loads find them aligned,
    and the strides tell the order whatever the lengths.
    """
    strides = [0] * len(shape)
    step, is_row_major = 1, list(order) == sorted(order)
    for axis in reversed(order):
        strides[axis] = step
        step *= shape[axis]
        if axis == order[-1] and not is_row_major:
            step = _apart(step)
    return tuple(strides), step


def _apart(length: int) -> int:
    """Return the distance of lines of `length` elements: a multiple of `LINE`, not crowded."""
    rounded = -(-length // LINE) * LINE
    return rounded + LINE if rounded and rounded % CROWDED == 0 else rounded


def swapped(view: View) -> View:
    """Return the view with its last two axes exchanged."""
    *front, rows, columns = view.shape
    *outer, down, across = view.strides
    return View(view.buffer, view.offset, (*front, columns, rows), (*outer, across, down))


def is_turned(a: View, b: View, behind: Sequence[View]) -> bool:
    """Tell whether C = AB is better made as Cᵀ = BᵀAᵀ; `behind` is what its epilogue reads.

    A right operand whose columns lie side by side need not be packed. Where that does not decide,
    the result lies as what the epilogue reads lies; else weights are spared, not activations.
    """
    straight, turned = b.strides[-1] == 1, a.strides[-2] == 1
    if straight != turned:
        return turned
    for view in behind:
        if all(view.strides):
            return abs(view.strides[-2]) < abs(view.strides[-1])
    return b.buffer.role is Role.VARIABLE and a.buffer.role is not Role.VARIABLE
