"""The place of the first largest or smallest element of a line, of all or of those so far.

A NaN comes before all numbers.
"""

from __future__ import annotations

from chainrule.build.primitives.reduction import ArgMax
from chainrule.build.primitives.scan import CumulativeArgMax
from chainrule.render.builder import Value, index
from chainrule.render.division import order
from chainrule.render.line import Line


def write_place(line: Line) -> None:
    """Write the smallest i with x_i = max x, or min x."""
    f, (x,), target = line.f, line.kernel.inputs, line.kernel.target
    first = line.load(x, index(0))
    start = f.splat(index(0), line.lanes)
    with f.loop(index(1), index(line.length), 1, [first, start]) as k:
        k.next = _step(line, k.index, *k.carried)
    line.store(k.carried[1], target, index(0))


def write_running_places(line: Line) -> None:
    """Write for each k the smallest i with x_i = max(x_0, …, x_k), or min."""
    f, (x,), target = line.f, line.kernel.inputs, line.kernel.target
    if line.length == 0:
        return
    first, start = line.load(x, index(0)), f.splat(index(0), line.lanes)
    line.store(start, target, index(0))
    with f.loop(index(1), index(line.length), 1, [first, start]) as k:
        k.next = _step(line, k.index, *k.carried)
        line.store(k.next[1], target, k.index)


def _step(line: Line, at: Value, best: Value, place: Value) -> list[Value]:
    """The best element, and its place, once the element at `at` is looked at too."""
    f, (x,) = line.f, line.kernel.inputs
    one = line.load(x, at)
    better = _before(line, one, best)
    return [f.select(better, one, best), f.select(better, f.splat(at, line.lanes), place)]


def _before(line: Line, one: Value, best: Value) -> Value:
    """Whether `one` comes before `best`, which was met earlier: no tie, and no NaN before."""
    f = line.f
    condition = "gt" if isinstance(line.kernel.primitive, ArgMax | CumulativeArgMax) else "lt"
    if not one.type.is_floating:
        return f.compare(order(one, line.dtype.kind == "i") + condition, one, best)
    further = f.compare(f"fcmp u{condition}", one, best)
    return f.binary("and", further, f.compare("fcmp ord", best, best))
