"""Shares: the elements that a range of a kernel's units reads and writes, as views."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chainrule.array.shape import Shape, size_of
from chainrule.plan.kernel import (
    Convolution,
    Kernel,
    Lines,
    Load,
    Lookup,
    Map,
    Matrices,
    Pack,
    Product,
    Random,
    Reduce,
    Store,
    View,
    reads,
    written,
)
from chainrule.plan.lines import strips, words_at_once
from chainrule.plan.machine import Machine
from chainrule.plan.units import split, strips_of, tiling_of

Range = tuple[int, int]


@dataclass(frozen=True)
class Share:
    """The views that some units read, and those that they write."""

    reads: tuple[View, ...]
    writes: tuple[View, ...]


NOTHING = Share((), ())


def share(kernel: Kernel, first: int, last: int, machine: Machine) -> Share:
    """Return what the units of `kernel` from `first` up to `last` read and write."""
    if first >= last:
        return NOTHING
    if split(kernel, machine).count == 1:
        return Share(tuple(reads(kernel)), tuple(written(kernel)))
    return _of_units(kernel, first, last, machine)


def _of_units(kernel: Kernel, first: int, last: int, machine: Machine) -> Share:
    match kernel:
        case Lines():
            return _of_lines(kernel, (first, last), machine)
        case Matrices():
            return _of_boxes(kernel, list(boxes(kernel.front, first, last)))
        case Random():
            return _of_random(kernel, (first, last), machine)
        case Convolution():
            return _of_convolution(kernel, (first, last), machine)
    cut = split(kernel, machine)
    return _of_places(kernel, cut.axis, (first * cut.step, last * cut.step))


def _of_places(kernel: Map | Pack | Product | Lookup, axis: int, places: Range) -> Share:
    match kernel:
        case Map():
            return _of_map(kernel, axis, places)
        case Pack():
            return _of_pack(kernel, axis, places)
        case Product():
            return _of_product(kernel, axis, places)
    return _of_lookup(kernel, axis, places)


def part(view: View, axis: int, places: Range) -> View:
    """Return the view with only `places` of one axis, as far as there are such."""
    start, stop = (min(place, view.shape[axis]) for place in places)
    shape = list(view.shape)
    shape[axis] = stop - start
    return replace(view, offset=view.offset + start * view.strides[axis], shape=tuple(shape))


def _of_map(kernel: Map, axis: int, places: Range) -> Share:
    kept = [place for place in range(len(kernel.space)) if place not in kernel.axes]
    made = [part(s.view, axis, places) for s in kernel.body if isinstance(s, Store)]
    sums = [part(s.view, kept.index(axis), places) for s in kernel.body if isinstance(s, Reduce)]
    return Share(_loaded(kernel, axis, places), (*made, *sums))


def _loaded(kernel: Map | Product, axis: int, places: Range) -> tuple[View, ...]:
    return tuple(part(s.view, axis, places) for s in kernel.body if isinstance(s, Load))


def _of_lookup(kernel: Lookup, axis: int, places: Range) -> Share:
    data, values, indices = kernel.data, part(kernel.values, axis, places), kernel.indices
    if axis == 0:
        indices = tuple(part(view, axis, places) for view in indices)
    if axis != 0 or kernel.shared:
        data = part(data, axis, places)
    if kernel.combines is None:
        return Share((data, *indices), (values,))
    return Share((values, *indices), (data,))


def _of_pack(kernel: Pack, axis: int, places: Range) -> Share:
    target = kernel.target
    columns = [place * target.shape[-1] for place in places]
    if axis < len(target.shape) - 3:
        operand = part(kernel.operand, axis, places)
    else:
        operand = part(kernel.operand, len(kernel.operand.shape) - 1, (columns[0], columns[1]))
    return Share((operand,), (part(target, axis, places),))


def _of_product(kernel: Product, axis: int, places: Range) -> Share:
    made = [part(s.view, axis, places) for s in kernel.body if isinstance(s, Store)]
    operands = _operands(kernel, axis, places)
    return Share((*operands, *_loaded(kernel, axis, places)), tuple(made))


def _operands(kernel: Product, axis: int, places: Range) -> list[View]:
    """Rows of A and all of B, or all of A and columns of B; what absorbs looks at both whole."""
    a, b, panels = kernel.a, kernel.b, kernel.panels
    right = [view for view in (b, panels) if view is not None]
    side = axis - (len(a.shape) - 2)
    if side < 0:
        return [part(view, axis, places) for view in (a, *right)]
    if kernel.absorbs:
        return [a, *right]
    if side == 0:
        return [part(a, axis, places), b if panels is None else panels]
    if panels is None:
        return [a, part(b, axis, places)]
    width = panels.shape[-1]
    return [a, part(panels, len(panels.shape) - 3, (places[0] // width, places[1] // width))]


def _of_convolution(kernel: Convolution, units: Range, machine: Machine) -> Share:
    """Places of the result, and whatever may meet them."""
    height = tiling_of(kernel, machine).height
    loads = [s.view for s in kernel.body if isinstance(s, Load)]
    read, made = [kernel.a, kernel.b], []
    for *places, (start, stop) in boxes(strips_of(kernel, machine), *units):
        ranges = (*places, (start * height, stop * height))
        read += [_box(view, ranges) for view in loads]
        made += [_box(view, ranges) for view in written(kernel)]
    return Share(tuple(read), tuple(made))


def _of_lines(kernel: Lines, units: Range, machine: Machine) -> Share:
    cut = strips(kernel, machine)
    found = boxes((*cut.front, cut.each), *units)
    return _of_boxes(
        kernel,
        [(*places, (across[0] * cut.lanes, across[1] * cut.lanes)) for *places, across in found],
    )


def _of_boxes(kernel: Lines | Matrices, found: Sequence[Sequence[Range]]) -> Share:
    """What a kernel reads and writes at boxes of places along its first axes."""
    read, made = (
        tuple(_box(view, ranges) for ranges in found for view in of(kernel))
        for of in (reads, written)
    )
    return Share(read, made)


def _box(view: View, ranges: Sequence[Range]) -> View:
    for axis, places in enumerate(ranges):
        view = part(view, axis, places)
    return view


def _of_random(kernel: Random, units: Range, machine: Machine) -> Share:
    words = words_at_once(machine)
    flat = View(kernel.target.buffer, 0, (size_of(kernel.target.shape),), (1,))
    return Share((kernel.state,), (part(flat, 0, (units[0] * words, units[1] * words)),))


def boxes(lengths: Shape, first: int, last: int) -> Iterator[tuple[Range, ...]]:
    """Yield the places from `first` up to `last`, counted row by row, as boxes: a range an axis.

    >>> list(boxes((3, 4), 2, 9))
    [((0, 1), (2, 4)), ((1, 2), (0, 4)), ((2, 3), (0, 1))]
    """
    if first >= last:
        return
    if not lengths:
        yield ()
        return
    inner = math.prod(lengths[1:])
    start, stop = -(-first // inner), last // inner
    if start > stop:
        yield from _in_row(lengths, stop, first, last)
        return
    yield from _in_row(lengths, start - 1, first, start * inner)
    if start < stop:
        yield ((start, stop), *((0, length) for length in lengths[1:]))
    yield from _in_row(lengths, stop, stop * inner, last)


def _in_row(lengths: Shape, row: int, first: int, last: int) -> Iterator[tuple[Range, ...]]:
    inner = math.prod(lengths[1:])
    for box in boxes(lengths[1:], first - row * inner, last - row * inner):
        yield ((row, row + 1), *box)
