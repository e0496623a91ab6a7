"""Kernels share a routine exactly if they differ in nothing but their buffers."""

from __future__ import annotations

from dataclasses import replace

from chainrule.build.source import Source
from chainrule.plan.kernel import Map, reads, written
from chainrule.plan.routines import Call, renamed, routines
from tests.plan.kernels import add, buffer, whole

A, B, C, D = (buffer(number) for number in (3, 5, 7, 9))


def test_equal_kernels_share_a_routine() -> None:
    found = routines([add(whole(A), whole(B), C), add(whole(D), whole(A), B)])
    assert len(found.kernels) == 1
    assert found.calls == (Call(0, (3, 5, 7)), Call(0, (9, 3, 5)))


def test_where_a_kernel_comes_from_does_not_matter() -> None:
    kernel = add(whole(A), whole(B), C)
    other = replace(kernel, source=Source("elsewhere.py", 7, ()))
    assert routines([kernel, other]).calls == (Call(0, (3, 5, 7)), Call(0, (3, 5, 7)))


def test_what_is_one_buffer_in_one_kernel_and_two_in_another_is_not_shared() -> None:
    found = routines([add(whole(A), whole(B), C), add(whole(A), whole(A), C)])
    assert found.calls == (Call(0, (3, 5, 7)), Call(1, (3, 7)))


def test_kernels_of_another_length_or_body_are_not_shared() -> None:
    kernel = add(whole(A), whole(B), C)
    assert isinstance(kernel, Map)
    shorter = replace(kernel, body=kernel.body[:-1])
    longer = add(whole(buffer(3, size=21)), whole(buffer(5, size=21)), buffer(7, size=21))
    assert [call.routine for call in routines([kernel, shorter, longer]).calls] == [0, 1, 2]


def test_all_buffers_of_a_kernel_are_renamed() -> None:
    kernel = renamed(add(whole(A), whole(B), C), {A: B, B: C, C: D}.__getitem__)
    assert [view.buffer for view in (*reads(kernel), *written(kernel))] == [B, C, D]
