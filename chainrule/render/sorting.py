"""Sorting a line by merging: equal elements keep their order, and NaN comes last.

Runs of 1, 2, 4, … sorted elements are merged pairwise, back and forth between two places, so that
the last pass ends in the target.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.build.primitives.ordering import Argsort, Sort
from chainrule.plan.kernel import View
from chainrule.render.builder import Value, index
from chainrule.render.division import order
from chainrule.render.line import Line

Key = Callable[[Value], Value]


@dataclass(frozen=True)
class Run:
    """A stretch of sorted elements, of which those from `at` on are still to be taken."""

    at: Value
    stop: Value


def write_sort(line: Line) -> None:
    """Write the elements in order."""
    (x,) = line.kernel.inputs
    _write(line, lambda at: line.load(x, at), lambda element: element)


def write_argsort(line: Line) -> None:
    """Write the places of the elements, in the order of the elements."""
    (x,) = line.kernel.inputs
    _write(line, lambda at: at, lambda place: line.load(x, place))


def _write(line: Line, first: Key, key: Key) -> None:
    """Fill the line with `first` and sort it by `key`."""
    f, target, scratch = line.f, line.kernel.target, line.kernel.scratch
    assert scratch is not None
    passes = max(line.length - 1, 0).bit_length()
    source, other = (target, scratch) if passes % 2 == 0 else (scratch, target)
    with f.loop(index(0), index(line.length)) as k:
        line.store(first(k.index), source, k.index)
    for number in range(passes):
        _merge_all(line, 1 << number, key, source, other)
        source, other = other, source


def _merge_all(line: Line, width: int, key: Key, source: View, target: View) -> None:
    """Merge the runs of `width` elements by pairs."""
    f = line.f
    with f.loop(index(0), index(line.length), 2 * width) as pair:
        middle = _at_most(line, f.plus(pair.index, index(width)))
        stop = _at_most(line, f.plus(pair.index, index(2 * width)))
        with f.loop(pair.index, stop, 1, [pair.index, middle]) as k:
            left, right = Run(k.carried[0], middle), Run(k.carried[1], stop)
            taken, k.next = _taken(line, left, right, key, source)
            line.store(taken, target, k.index)


def _at_most(line: Line, place: Value) -> Value:
    """The place, or the end of the line."""
    return line.f.intrinsic("umin", place, index(line.length))


def _taken(line: Line, left: Run, right: Run, key: Key, source: View) -> tuple[Value, list[Value]]:
    """The next element of two runs, and where they go on.

    It is the left one's, unless the right one's comes before.
    """
    f = line.f
    # A run that is used up is not looked at again, but what is loaded has to exist.
    last = index(line.length - 1)
    here = line.load(source, f.intrinsic("umin", left.at, last))
    there = line.load(source, f.intrinsic("umin", right.at, last))
    used_up = f.compare("icmp uge", left.at, left.stop)
    remains = f.compare("icmp ult", right.at, right.stop)
    first = f.binary("or", used_up, _before(line, key(there), key(here)))
    takes_right = f.binary("and", remains, first)
    step = f.cast("zext", takes_right, "i64")
    rest = f.binary("sub", index(1), step)
    taken = f.select(takes_right, there, here)
    return taken, [f.plus(left.at, rest), f.plus(right.at, step)]


def _before(line: Line, one: Value, other: Value) -> Value:
    """Whether `one` has to come before `other`, which stood before it; a number before NaN."""
    f, primitive = line.f, line.kernel.primitive
    assert isinstance(primitive, Sort | Argsort)
    condition = "gt" if primitive.descending else "lt"
    if not one.type.is_floating:
        return f.compare(order(one, line.dtype.kind == "i") + condition, one, other)
    before = f.compare(f"fcmp u{condition}", one, other)
    return f.binary("and", before, f.compare("fcmp ord", one, one))
