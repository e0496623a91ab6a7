"""Kernels that work on whole lines: which line stands where, and what is written for each."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.build.primitives.ordering import Argsort, Sort
from chainrule.build.primitives.power import Power
from chainrule.build.primitives.reduction import ArgMax, ArgMin
from chainrule.build.primitives.scan import (
    ChainRecurrence,
    CumulativeArgMax,
    CumulativeArgMin,
    CumulativeProd,
    CumulativeSum,
)
from chainrule.build.tensor import Primitive
from chainrule.plan.kernel import Lines, View, views
from chainrule.plan.lines import strips
from chainrule.plan.machine import Machine
from chainrule.render.builder import Function, Value, index
from chainrule.render.extremes import write_place, write_running_places
from chainrule.render.lanes import Body, Units, base_pointers
from chainrule.render.line import Line
from chainrule.render.powers import write_powers
from chainrule.render.scans import write_recurrence, write_scan
from chainrule.render.sorting import write_argsort, write_sort

WRITERS: dict[type[Primitive], Callable[[Line], None]] = {
    CumulativeSum: write_scan,
    CumulativeProd: write_scan,
    ChainRecurrence: write_recurrence,
    CumulativeArgMax: write_running_places,
    CumulativeArgMin: write_running_places,
    ArgMax: write_place,
    ArgMin: write_place,
    Sort: write_sort,
    Argsort: write_argsort,
    Power: write_powers,
}


def write_lines(f: Function, kernel: Lines, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`: strips of lines."""
    _Writer(f, kernel, machine).run(units.first, units.last)


class _Writer:
    """The strips of one kernel, and the lines of each strip."""

    def __init__(self, f: Function, kernel: Lines, machine: Machine) -> None:
        self.f, self.kernel = f, kernel
        self.views = views(kernel)
        buffers = [*dict.fromkeys(view.buffer for view in self.views)]
        self.body = Body(f, base_pointers(f, buffers), ())
        self.fault = None
        if kernel.fault is not None:
            (self.fault,) = base_pointers(f, [kernel.fault]).values()
        self.strips = strips(kernel, machine)

    def run(self, first: Value, last: Value) -> None:
        """Write the strips from `first` up to `last`."""
        f, cut = self.f, self.strips
        with f.loop(first, last) as loop:
            strip = f.binary("urem", loop.index, index(cut.each))
            starts = self._places(f.binary("udiv", loop.index, index(cut.each)))
            if cut.across % cut.lanes == 0:
                self._write(self._across(starts, f.times(strip, cut.lanes)), cut.lanes)
            else:
                self._whole_or_rest(starts, strip)

    def _whole_or_rest(self, starts: dict[View, Value], strip: Value) -> None:
        """A strip on lanes; of the last one what is left, line by line."""
        f, cut = self.f, self.strips
        is_whole = f.compare("icmp ult", strip, index(cut.across // cut.lanes))
        first = f.times(strip, cut.lanes)
        with f.loop(index(0), f.cast("zext", is_whole, "i64")):
            self._write(self._across(starts, first), cut.lanes)
        begin = f.select(is_whole, index(cut.across), first)
        with f.loop(begin, index(cut.across)) as rest:
            self._write(self._across(starts, rest.index), 1)

    def _places(self, place: Value) -> dict[View, Value]:
        """Where the views begin at one place of the axes in front."""
        starts = {view: index(view.offset) for view in self.views}
        for axis in reversed(range(len(self.strips.front))):
            length = index(self.strips.front[axis])
            starts = self._moved(starts, axis, self.f.binary("urem", place, length))
            place = self.f.binary("udiv", place, length)
        return starts

    def _across(self, starts: dict[View, Value], at: Value) -> dict[View, Value]:
        return self._moved(starts, -2, at)

    def _moved(self, starts: dict[View, Value], axis: int, at: Value) -> dict[View, Value]:
        return {
            view: self.f.plus(start, self.f.times(at, view.strides[axis]))
            for view, start in starts.items()
        }

    def _write(self, starts: dict[View, Value], lanes: int) -> None:
        WRITERS[type(self.kernel.primitive)](
            Line(self.f, self.kernel, self.body, starts, lanes, self.fault)
        )
