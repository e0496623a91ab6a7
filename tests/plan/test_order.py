"""Loops run as the results lie in memory, whatever the lengths."""

from __future__ import annotations

import pytest

from chainrule.plan.kernel import Load, Map, Role, Store, View
from chainrule.plan.order import is_turned, loops_of, order_of, strides_in, swapped
from tests.plan.kernels import LINE, array

ROWS = array(0, 6, 4, role=Role.ARGUMENT)
COLUMNS = View(array(1, 64).buffer, 0, (6, 4), (1, 16))
REPEATS = array(2, 4).broadcast((6, 4))


@pytest.mark.parametrize(
    ("views", "order"),
    [
        ([ROWS], (0, 1)),
        ([COLUMNS, ROWS], (1, 0)),
        ([REPEATS, COLUMNS], (1, 0)),
        ([REPEATS], (0, 1)),
        ([], (0, 1)),
        ([View(ROWS.buffer, 0, (6, 4), (-1, -6))], (1, 0)),
    ],
)
def test_the_first_view_without_repeats_says_the_order(
    views: list[View], order: tuple[int, ...]
) -> None:
    assert order_of(views, 2) == order


def test_results_come_before_operands() -> None:
    kernel = Map((6, 4), (), (Load(0, ROWS), Store(COLUMNS, 0)), LINE)
    assert loops_of(kernel) == (1, 0)


@pytest.mark.parametrize(
    ("shape", "order", "strides", "size"),
    [
        ((3, 5), (0, 1), (5, 1), 15),
        ((3, 5), (1, 0), (1, 16), 80),
        ((17, 5), (1, 0), (1, 32), 160),
        ((1, 5), (1, 0), (1, 16), 80),
        ((2, 3, 5), (0, 2, 1), (80, 1, 16), 160),
        ((), (), (), 1),
        ((0, 5), (1, 0), (1, 0), 0),
        ((128, 5), (1, 0), (1, 144), 720),
        ((250, 5), (1, 0), (1, 272), 1360),
        ((64, 5), (1, 0), (1, 64), 320),
    ],
)
def test_lines_that_are_not_rows_begin_aligned(
    shape: tuple[int, ...], order: tuple[int, ...], strides: tuple[int, ...], size: int
) -> None:
    assert strides_in(shape, order) == (strides, size)


def test_the_order_can_be_told_from_the_strides() -> None:
    for rows in range(1, 40):
        strides, size = strides_in((rows, 5), (1, 0))
        assert order_of([View(array(0, size).buffer, 0, (rows, 5), strides)], 2) == (1, 0)


def test_swapping_twice_gives_the_view() -> None:
    assert swapped(COLUMNS) == View(COLUMNS.buffer, 0, (4, 6), (16, 1))
    assert swapped(swapped(COLUMNS)) == COLUMNS


def test_a_product_is_turned_where_that_spares_packing() -> None:
    left, right = ROWS, array(3, 4, 9)
    assert not is_turned(left, right, [])
    across = View(right.buffer, 0, (4, 9), (1, 4))
    assert is_turned(COLUMNS, across, [])
    assert not is_turned(COLUMNS, right, [])


def test_a_product_lies_as_what_is_read_behind_it() -> None:
    behind = View(array(4, 200).buffer, 0, (6, 9), (1, 16))
    across = View(array(3, 9, 4).buffer, 0, (4, 9), (1, 4))
    assert is_turned(ROWS, across, [REPEATS, behind])
    assert not is_turned(ROWS, across, [array(4, 6, 9), behind])


def test_weights_are_packed_rather_than_activations() -> None:
    weights = View(array(3, 9, 4, role=Role.VARIABLE).buffer, 0, (4, 9), (1, 4))
    assert is_turned(ROWS, weights, [])
    assert not is_turned(ROWS, View(array(3, 9, 4).buffer, 0, (4, 9), (1, 4)), [])
