"""The place of the first largest or smallest element of a line; a NaN comes before all."""

from __future__ import annotations

from chainrule.build.primitives.reduction import ArgMax
from chainrule.render.builder import Value, index
from chainrule.render.division import order
from chainrule.render.line import Line


def write_place(line: Line) -> None:
    """Write the smallest i with x_i = max x, or min x."""
    f, (x,), target = line.f, line.kernel.inputs, line.kernel.target
    first = line.load(x, index(0))
    start = f.splat(index(0), line.lanes)
    with f.loop(index(1), index(line.length), 1, [first, start]) as k:
        best, place = k.carried
        one = line.load(x, k.index)
        better = _before(line, one, best)
        here = f.splat(k.index, line.lanes)
        k.next = [f.select(better, one, best), f.select(better, here, place)]
    line.store(k.carried[1], target, index(0))


def _before(line: Line, one: Value, best: Value) -> Value:
    """Whether `one` comes before `best`, which was met earlier: no tie, and no NaN before."""
    f = line.f
    condition = "gt" if isinstance(line.kernel.primitive, ArgMax) else "lt"
    if not one.type.is_floating:
        return f.compare(order(one, line.dtype.kind == "i") + condition, one, best)
    further = f.compare(f"fcmp u{condition}", one, best)
    return f.binary("and", further, f.compare("fcmp ord", best, best))
