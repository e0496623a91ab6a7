"""Walks: the ways of a tile through what meets its place, looked up in a table of the window's."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.plan.window import Window
from chainrule.render.builder import INDEX, Function, Value, index


@dataclass(frozen=True)
class Walk:
    """A way along one axis: how many steps, where it begins in A and B, how far each step goes."""

    count: Value
    starts: tuple[Value, Value]
    step: tuple[int, int]


def walk(
    f: Function, window: Window, strides: tuple[int, int], place: Value, turn: Value | None = None
) -> Walk:
    """Write the walk of a tile at `place`; with a `turn`, of that place of A alone.

    `strides` are those of A and B along the axis.
    """
    first, count, beside = _reach(f, window, place)
    if turn is not None:
        count, beside = _alone(f, window, turn, first, count, beside)
        first = turn
    left, right = strides
    along, across = window.step
    starts = f.times(first, left), f.times(beside, right)
    return Walk(count, starts, (along * left, across * right))


def _reach(f: Function, window: Window, place: Value) -> tuple[Value, Value, Value]:
    """What `window.reach` returns for `place`."""
    numbers = [number for u in range(window.results) for number in window.reach(u)]
    row = f.address(f.table(numbers), "i64", f.times(place, 3))
    first, count, beside = (f.load(f.address(row, "i64", index(n)), INDEX) for n in range(3))
    return first, count, beside


def _alone(
    f: Function, window: Window, turn: Value, first: Value, count: Value, beside: Value
) -> tuple[Value, Value]:
    """How often the place `turn` of A is met, once or not at all, and where in B."""
    along, across = window.step
    ahead = f.binary("sub", turn, first)
    steps = f.binary("udiv", ahead, index(along))
    meets = f.binary(
        "and",
        f.compare("icmp ult", ahead, f.times(count, along)),
        f.compare("icmp eq", f.times(steps, along), ahead),
    )
    return f.cast("zext", meets, "i64"), f.plus(beside, f.times(steps, across))
