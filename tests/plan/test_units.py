"""The pieces that threads take: as many as there are rows to share, tiles without leftovers."""

from __future__ import annotations

import pytest

from chainrule.build.primitives.broadcast import Sum
from chainrule.build.primitives.ordering import Sort
from chainrule.plan.kernel import Lines, Load, Map, Pack, Random, Reduce, Role, View
from chainrule.plan.machine import aarch64
from chainrule.plan.order import strides_in
from chainrule.plan.units import LEAST_WORK, WHOLE, Split, panel_of, split, tiling
from tests.plan.kernels import FAULT, LINE, array, copied, gather, product

ARM = aarch64()


def matrices(rows: int, depth: int, columns: int) -> tuple[View, View, View]:
    return array(0, rows, depth), array(1, depth, columns), array(2, rows, columns)


@pytest.mark.parametrize(
    ("columns", "expected"), [(1, (4, 1)), (4, (4, 1)), (5, (4, 2)), (16, (4, 4)), (99, (4, 4))]
)
def test_a_panel_is_as_wide_as_columns_and_tiles_allow(
    columns: int, expected: tuple[int, int]
) -> None:
    assert panel_of(array(0, 7, columns), ARM) == expected


@pytest.mark.parametrize(("rows", "height"), [(1, 1), (5, 5), (6, 6), (10, 5), (7, 6), (30, 6)])
def test_tiles_divide_the_rows_if_they_can(rows: int, height: int) -> None:
    found = tiling(product(*matrices(rows, 3, 64)), ARM)
    assert (found.height, found.width) == (height, 16)


def test_a_product_is_split_where_there_is_more_to_share() -> None:
    assert split(product(*matrices(60, 8, 10)), ARM) == Split(0, 6, 10)
    assert split(product(*matrices(6, 8, 100)), ARM) == Split(1, 16, 7)
    stacked = [array(n, 3, *shape) for n, shape in enumerate([(60, 8), (8, 10), (60, 10)])]
    assert split(product(*stacked), ARM) == Split(0, 1, 3)


def test_little_work_stays_whole() -> None:
    assert split(copied(array(0, 9, 9), array(1, 9, 9)), ARM) == WHOLE
    lengths = 2, LEAST_WORK // 4
    assert split(copied(array(0, *lengths), array(1, *lengths)), ARM) == Split(0, 1, 2)


def test_a_map_is_split_along_its_outermost_loop() -> None:
    strides, size = strides_in((100, 200), (1, 0))
    turned = View(array(1, size).buffer, 0, (100, 200), strides)
    x = array(0, 100, 200)
    assert split(copied(x, array(2, 100, 200)), ARM) == Split(0, 1, 100)
    assert split(copied(x, turned), ARM) == Split(1, 1, 200)
    line = copied(array(0, 10_000), array(1, 10_000))
    assert split(line, ARM) == Split(0, 256, 40)


def test_a_reduction_is_split_along_what_it_keeps() -> None:
    x, sums = array(0, 100, 200), array(1, 200)
    body = (Load(0, x), Reduce(sums, Sum((0,)), 0))
    assert split(Map(x.shape, (0,), body, LINE), ARM).axis == 1
    body = (Load(0, x), Reduce(array(1), Sum((0, 1)), 0))
    assert split(Map(x.shape, (0, 1), body, LINE), ARM) == WHOLE


def test_panels_are_units_of_a_pack_or_else_matrices() -> None:
    assert split(Pack(array(0, 8, 40), array(1, 3, 8, 16), LINE), ARM) == Split(0, 1, 3)
    assert split(Pack(array(0, 5, 8, 40), array(1, 5, 3, 8, 16), LINE), ARM) == Split(0, 1, 5)
    assert split(Pack(array(0, 1, 8, 40), array(1, 1, 3, 8, 16), LINE), ARM) == Split(1, 1, 3)


def test_rows_are_units_of_a_gather() -> None:
    data = array(0, 7, 300, role=Role.ARGUMENT)
    assert split(gather(data, 1, 50, FAULT), ARM) == Split(0, 1, 50)
    assert split(gather(data, 1, 5, FAULT), ARM) == WHOLE


def test_lines_and_random_words_are_shared_in_strips() -> None:
    x, y, z = (array(n, 10, 20) for n in range(3))
    assert split(Lines(Sort(1, False), (x,), y, z, None, LINE), ARM).count == 10
    assert split(Random(array(0, 2), array(1, 3, 7), LINE), ARM).count == 3
