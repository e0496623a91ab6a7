"""Packing: a product's right operand is copied into panels, which tiles then read in order.

    panel[k][lane] = B[k, column + lane], column = number of the panel · width; 0 behind the last

B is often the transpose of an array in memory. Then squares of lanes × lanes go through registers:
bit after bit of the row's number changes places with a bit of the lane's, until all have.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from chainrule.errors import OptionError
from chainrule.render.builder import BYTES, Function, Type, Value, index, literal
from chainrule.render.memory import masked_load

# x86 moves elements cheaply within 16 bytes, and 16 bytes as a whole across a vector.
PART_BYTES = 16
ELEMENTS = tuple(element for element in BYTES if element not in ("i1", "ptr"))


def write_panel(
    f: Function,
    source: Value,
    target: Value,
    element: str,
    *,
    shape: tuple[int, int],
    strides: tuple[int, int],
    width: int,
    lanes: int,
    panel: Value,
) -> None:
    """Write the packing of B: (K, N), which begins at `source`, into one panel at `target`.

    The panel's number is `panel`, below N / width rounded up. It has K · width elements, of which
    none is left as it was; B's elements are `strides` apart, and nothing but them is read.

    Errors: `OptionError` where no panel of such elements has that shape or that number.
    """
    _check(element, shape, width, lanes, panel)
    packing = _Packing(f, source, target, element, *shape, *strides, width, lanes, panel)
    if strides[1] == 1:
        packing.straight()
    elif strides[0] == 1:
        packing.transposed()
    else:
        packing.scattered()


def _check(element: str, shape: tuple[int, int], width: int, lanes: int, panel: Value) -> None:
    if element not in ELEMENTS:
        raise OptionError(f"a panel's element is one of {', '.join(ELEMENTS)}, got {element!r}")
    if lanes < 1 or lanes & (lanes - 1):
        raise OptionError(f"a vector has 1, 2, 4, 8, … lanes, got {lanes}")
    if width < lanes or width % lanes:
        raise OptionError(f"a panel's width is a multiple of its {lanes} lanes, got {width}")
    if min(shape) < 0:
        raise OptionError(f"a matrix has lengths of at least 0, got the shape {shape}")
    count = -(-shape[1] // width)
    if panel.text.isdigit() and int(panel.text) >= count:
        raise OptionError(f"{shape[1]} columns are {count} panels, got the number {panel.text}")


@dataclass(frozen=True)
class _Packing:
    """The loops of one panel, for each way in which B may lie in memory."""

    f: Function
    source: Value
    target: Value
    element: str
    depth: int
    columns: int
    down: int
    along: int
    width: int
    lanes: int
    panel: Value

    @property
    def vector(self) -> Type:
        return Type(self.element, self.lanes)

    @property
    def whole(self) -> int:
        """How many panels have no column behind B's last."""
        return self.columns // self.width

    @property
    def rest(self) -> int:
        """How many columns of B are left for the last panel; 0 if all panels are whole."""
        return self.columns % self.width

    def straight(self) -> None:
        """A row of B is a run of memory: vector after vector is loaded and stored."""
        if self.whole:
            with self._only_if("ult"):
                self._rows(self.width)
        if self.rest:
            with self._only_if("uge"):
                self._rows(self.rest)

    def transposed(self) -> None:
        """A column of B is a run of memory: squares are turned over in registers."""
        full = self._up_to(self.width // self.lanes, self.rest // self.lanes)
        with self.f.loop(index(0), full) as strip:
            self._strip(strip.index, self.lanes)
        if self.rest:
            with self._only_if("uge"):
                self._last_strips()

    def scattered(self) -> None:
        """Neither is: element after element is copied."""
        f = self.f
        used = self._up_to(self.width, self.rest)
        with f.loop(index(0), index(self.depth)) as k:
            with f.loop(index(0), used) as column:
                element = f.load(self._from(k.index, column.index), Type(self.element))
                f.store(element, self._to(k.index, column.index))
            with f.loop(used, index(self.width)) as column:
                f.store(literal(0, Type(self.element)), self._to(k.index, column.index))

    def _rows(self, used: int) -> None:
        """Copy the first `used` columns of each row, and 0 behind them."""
        with self.f.loop(index(0), index(self.depth)) as k:
            for first in range(0, self.width, self.lanes):
                place = self._from(k.index, index(first))
                row = self._loaded(place, min(self.lanes, used - first))
                self.f.store(row, self._to(k.index, index(first)))

    def _last_strips(self) -> None:
        """What of the last panel is no vector of columns: some columns and zeros, then zeros."""
        strip, active = divmod(self.rest, self.lanes)
        if active:
            self._strip(index(strip), active)
        behind = -(-self.rest // self.lanes) * self.lanes
        with self.f.loop(index(0), index(self.depth)) as k:
            for first in range(behind, self.width, self.lanes):
                self.f.store(literal(0, self.vector), self._to(k.index, index(first)))

    def _strip(self, strip: Value, active: int) -> None:
        """Copy a vector of columns, of which `active` are B's, square after square."""
        f, column = self.f, self.f.times(strip, self.lanes)
        if self.depth < self.lanes:
            self._square(index(0), column, self.depth, active)
            return
        last = index(self.depth - self.lanes)
        with f.loop(index(0), index(self.depth), self.lanes) as k:
            # The last square overlaps the one before it rather than being a smaller one.
            early = f.compare("icmp ult", k.index, last)
            self._square(f.select(early, k.index, last), column, self.lanes, active)

    def _square(self, k: Value, column: Value, rows: int, active: int) -> None:
        """Copy `rows` elements, from the row k on, of each of `active` columns."""
        f, first = self.f, self._from(k, column)
        columns = [
            self._loaded(f.address(first, self.element, index(n * self.along)), rows)
            for n in range(active)
        ]
        zeros = [literal(0, self.vector)] * (self.lanes - active)
        there = self._to(k, column)
        for place, row in enumerate(_turned(f, columns + zeros)[:rows]):
            f.store(row, f.address(there, self.element, index(place * self.width)))

    def _loaded(self, place: Value, active: int) -> Value:
        """The first `active` elements at `place`, no other being read, and 0 behind them."""
        if active <= 0:
            return literal(0, self.vector)
        if active >= self.lanes:
            return self.f.load(place, self.vector)
        return masked_load(self.f, place, self.vector, active)

    def _from(self, k: Value, column: Value) -> Value:
        """The address of an element of B, its column counted from the panel's first."""
        f = self.f
        first = f.times(f.plus(f.times(self.panel, self.width), column), self.along)
        return f.address(self.source, self.element, first, f.times(k, self.down))

    def _to(self, k: Value, column: Value) -> Value:
        return self.f.address(self.target, self.element, self.f.times(k, self.width), column)

    def _up_to(self, in_whole: int, in_last: int) -> Value:
        """A number that is one in whole panels and another in the last, where that is not whole."""
        if not self.rest:
            return index(in_whole)
        is_whole = self.f.compare("icmp ult", self.panel, index(self.whole))
        return self.f.select(is_whole, index(in_whole), index(in_last))

    @contextmanager
    def _only_if(self, order: str) -> Iterator[None]:
        """What is inside runs if the panel is a whole one ("ult"), or if it is not ("uge")."""
        f = self.f
        is_so = f.compare(f"icmp {order}", self.panel, index(self.whole))
        with f.loop(index(0), f.cast("zext", is_so, "i64")):
            yield


def _turned(f: Function, rows: list[Value]) -> list[Value]:
    """The columns of a square, given its rows, a vector each.

    Within 16 bytes the elements of two rows are taken in turn, first of the lower and then of the
    upper halves; beyond, the even and the odd 16 bytes of both: each is one instruction of x86.
    """
    lanes = len(rows)
    part = min(lanes, PART_BYTES // BYTES[rows[0].type.element])
    rows, distance = list(rows), 1
    while distance < lanes:
        masks = _in_turn(lanes, part, distance) if distance < part else _alternate(lanes, part)
        for place in range(lanes):
            if not place & distance:
                pair = rows[place], rows[place + distance]
                rows[place], rows[place + distance] = (_shuffled(f, *pair, mask) for mask in masks)
        distance *= 2
    return [rows[place] for place in _reversed_within(lanes, part)]


def _in_turn(lanes: int, part: int, run: int) -> list[list[int]]:
    """Runs of `run` elements of two vectors in turn: those of the parts' lower, upper halves."""
    halves = np.arange(2 * lanes).reshape(2, lanes // part, 2, -1, run)
    return [halves[:, :, half].transpose(1, 2, 0, 3).ravel().tolist() for half in (0, 1)]


def _alternate(lanes: int, part: int) -> list[list[int]]:
    """The even parts of two vectors side by side, and the odd ones."""
    pairs = np.arange(2 * lanes).reshape(-1, 2, part)
    return [pairs[:, odd].ravel().tolist() for odd in (0, 1)]


def _shuffled(f: Function, a: Value, b: Value, lanes: list[int]) -> Value:
    mask = ", ".join(f"i32 {lane}" for lane in lanes)
    return f.emit(f"shufflevector {a}, {b}, <{len(lanes)} x i32> <{mask}>", a.type)


def _reversed_within(lanes: int, part: int) -> list[int]:
    """Where each column stands: taking halves in turn has reversed the bits of its place."""
    order = np.arange(lanes).reshape(-1, *[2] * (part.bit_length() - 1))
    return order.transpose(0, *range(order.ndim - 1, 0, -1)).ravel().tolist()
