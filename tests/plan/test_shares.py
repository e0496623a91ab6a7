"""What units read and write: each place once, and nothing that another unit needs to write."""

from __future__ import annotations

import math
from itertools import product as places

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.build.primitives.broadcast import Sum
from chainrule.build.primitives.scan import CumulativeSum
from chainrule.plan.kernel import Lines, Load, Map, Pack, Random, Reduce, Role, View
from chainrule.plan.machine import aarch64
from chainrule.plan.shares import boxes, part, share
from chainrule.plan.units import split
from tests.plan.kernels import FAULT, LINE, array, copied, gather, product

ARM = aarch64()


@given(st.lists(st.integers(1, 5), max_size=4), st.data())
def test_boxes_are_the_places_of_a_range(lengths: list[int], data: st.DataObject) -> None:
    last = data.draw(st.integers(0, math.prod(lengths)))
    first = data.draw(st.integers(0, last))
    expected = [*places(*map(range, lengths))][first:last]
    found = [place for box in boxes(tuple(lengths), first, last) for place in places(*_ranges(box))]
    assert found == expected


def _ranges(box: tuple[tuple[int, int], ...]) -> list[range]:
    return [range(*ends) for ends in box]


def test_a_part_ends_where_its_view_does() -> None:
    view = array(0, 5, 4)
    assert part(view, 0, (3, 9)) == View(view.buffer, 12, (2, 4), (4, 1))
    assert part(view, 1, (1, 3)) == View(view.buffer, 1, (5, 2), (4, 1))


def test_rows_of_a_product() -> None:
    a, b, c = array(0, 30, 8), array(1, 8, 4), array(2, 30, 4)
    kernel = product(a, b, c)
    step = split(kernel, ARM).step
    found = share(kernel, 1, 2, ARM)
    assert found.reads == (part(a, 0, (step, 2 * step)), b)
    assert found.writes == (part(c, 0, (step, 2 * step)),)


def test_columns_of_a_product_in_panels() -> None:
    a, c = array(0, 2, 8), array(2, 2, 40)
    b, panels = View(array(1, 40, 8).buffer, 0, (8, 40), (1, 8)), array(3, 3, 8, 16)
    found = share(product(a, b, c, panels), 1, 3, ARM)
    assert found.reads == (a, part(panels, 0, (1, 3)))
    assert found.writes == (View(c.buffer, 16, (2, 24), (40, 1)),)


def test_panels_are_packed_from_columns() -> None:
    b, panels = View(array(1, 40, 8).buffer, 0, (8, 40), (1, 8)), array(3, 3, 8, 16)
    found = share(Pack(b, panels, LINE), 2, 3, ARM)
    assert found.reads == (View(b.buffer, 32 * 8, (8, 8), (1, 8)),)
    assert found.writes == (part(panels, 0, (2, 3)),)


def test_a_reduction_writes_what_it_keeps() -> None:
    x, sums = array(0, 50, 300), array(1, 50)
    kernel = Map(x.shape, (1,), (Load(0, x), Reduce(sums, Sum((1,)), 0)), LINE)
    found = share(kernel, 10, 20, ARM)
    assert found.reads == (part(x, 0, (10, 20)),)
    assert found.writes == (part(sums, 0, (10, 20)),)


def test_strips_of_lines() -> None:
    x, y = (View(array(n, 9, 6).buffer, 0, (6, 9), (1, 6)) for n in (0, 1))
    kernel = Lines(CumulativeSum(1), (x,), y, None, None, LINE)
    found = share(kernel, 1, 2, ARM)  # the first strip has four lines, the second what is left
    assert found.writes == (part(y, 0, (4, 6)),)


def test_random_words_end_where_the_draw_does() -> None:
    state, words = array(0, 2), array(1, 5, 5)
    found = share(Random(state, words, LINE), 3, 4, ARM)
    assert found.reads == (state,)
    assert found.writes == (View(words.buffer, 24, (1,), (1,)),)


def test_gathered_rows_and_their_indices() -> None:
    data = array(0, 7, 300, role=Role.ARGUMENT)
    kernel = gather(data, 1, 50, FAULT)
    found = share(kernel, 0, 25, ARM)
    assert found.reads == (data, part(kernel.indices[0], 0, (0, 25)))
    assert found.writes == (part(kernel.values, 0, (0, 25)),)


@pytest.mark.parametrize("ends", [(0, 0), (3, 3)])
def test_no_units_touch_nothing(ends: tuple[int, int]) -> None:
    kernel = copied(array(0, 300, 300), array(1, 300, 300))
    assert share(kernel, *ends, ARM).writes == ()


def test_one_unit_is_the_whole_kernel() -> None:
    kernel = copied(array(0, 3), array(1, 3))
    found = share(kernel, 0, 1, ARM)
    assert np.array_equal([view.shape for view in (*found.reads, *found.writes)], [[3], [3]])
