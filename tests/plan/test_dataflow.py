"""Who reads what whom wrote."""

from __future__ import annotations

from chainrule.plan.dataflow import Edge, edges
from chainrule.plan.kernel import Load, Map, Role, Store, View
from tests.plan.kernels import LINE, add, buffer, copy, whole


def test_a_reader_takes_what_the_latest_writer_made() -> None:
    x, a, b = buffer(0, Role.ARGUMENT), buffer(1), buffer(2)
    kernels = [copy(x, a), copy(x, a), copy(a, b)]
    assert list(edges(kernels)) == [Edge(1, 2, 80)]


def test_what_two_kernels_wrote_in_parts_comes_from_both() -> None:
    x, a, b = buffer(0, Role.ARGUMENT, 10), buffer(1), buffer(2)
    first, second = (View(a, offset, (10,), (1,)) for offset in (0, 10))
    parts = [Map((10,), (), (Load(0, whole(x)), Store(half, 0)), LINE) for half in (first, second)]
    assert list(edges([*parts, copy(a, b)])) == [Edge(0, 2, 80), Edge(1, 2, 80)]


def test_two_buffers_between_the_same_kernels_are_one_edge() -> None:
    x, a, b, c = buffer(0, Role.ARGUMENT), buffer(1), buffer(2), buffer(3)
    both = Map((20,), (), (Load(0, whole(x)), Store(whole(a), 0), Store(whole(b), 0)), LINE)
    assert list(edges([both, add(whole(a), whole(b), c)])) == [Edge(0, 1, 160)]


def test_what_comes_from_outside_has_no_maker() -> None:
    assert list(edges([copy(buffer(0, Role.VARIABLE), buffer(1))])) == []
