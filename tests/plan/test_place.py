"""A result is computed where it belongs exactly if nobody still needs what was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chainrule.array.dtype import int64
from chainrule.plan.kernel import Buffer, Kernel, Load, Lookup, Map, Role, Store, View, writes
from chainrule.plan.place import in_place
from tests.plan.kernels import LINE, add, buffer, copy, whole

X, T, U = buffer(0, Role.ARGUMENT), buffer(1), buffer(2)
V, W = buffer(3, Role.VARIABLE), buffer(4, Role.VARIABLE)
R = buffer(5, Role.RESULT)
BACKWARDS = View(V, 19, (20,), (-1,))


def written(kernels: Sequence[Kernel]) -> list[list[Buffer]]:
    return [writes(kernel) for kernel in in_place(kernels)]


def test_a_result_is_written_directly() -> None:
    assert written([add(whole(X), whole(X), T), copy(T, R)]) == [[R]]


def test_a_variable_is_replaced_element_by_element() -> None:
    assert written([add(whole(V), whole(X), T), copy(T, V)]) == [[V]]


def test_a_variable_read_in_another_order_is_copied() -> None:
    kernels: list[Kernel] = [add(BACKWARDS, whole(X), T), copy(T, V)]
    assert written(kernels) == [[T], [V]]


def test_a_variable_read_later_is_copied() -> None:
    kernels = [add(whole(X), whole(X), T), add(whole(V), whole(X), U), copy(T, V), copy(U, R)]
    assert written(kernels) == [[T], [R], [V]]


def test_a_variable_read_before_is_replaced() -> None:
    kernels = [add(whole(V), whole(X), U), add(whole(X), whole(X), T), copy(T, V), copy(U, R)]
    assert written(kernels) == [[R], [V]]


def test_a_variable_read_behind_the_store_in_the_same_loop_is_copied() -> None:
    body = (Load(0, whole(X)), Store(whole(T), 0), Load(1, whole(V)), Store(whole(U), 1))
    kernels: list[Kernel] = [Map((20,), (), body, LINE), copy(T, V), copy(U, R)]
    assert written(kernels) == [[T, R], [V]]
    turned = Map((20,), (), (*body[2:], *body[:2]), LINE)
    assert written([turned, copy(T, V), copy(U, R)]) == [[R, V]]


def test_one_value_for_two_places_is_copied_once() -> None:
    assert written([add(whole(X), whole(X), T), copy(T, R), copy(T, V)]) == [[R], [V]]


def test_variables_that_change_places() -> None:
    kernels: list[Kernel] = [copy(V, T), copy(W, U), copy(T, W), copy(U, V)]
    assert written(kernels) == [[T], [V], [W]]


def test_no_variable_is_written_before_the_last_lookup() -> None:
    found, fault = buffer(6), Buffer(7, int64, 1, Role.FAULT)
    indices = View(Buffer(8, int64, 20, Role.ARGUMENT), 0, (20,), (1,))
    lookup = Lookup(whole(X), (indices,), whole(found), fault, 0, True, None, LINE)
    first = add(whole(V), whole(X), T)
    assert written([first, lookup, copy(T, V)]) == [[T], [found, fault], [V]]
    assert written([lookup, first, copy(T, V)]) == [[found, fault], [V]]


def test_a_copy_of_another_type_of_place_stays() -> None:
    part = View(T, 0, (10,), (2,))
    half = replace(copy(T, R), space=(10,), body=(Load(0, part), Store(View(R, 0, (10,), (1,)), 0)))
    assert written([add(whole(X), whole(X), T), half]) == [[T], [R]]
    assert np.dtype(np.float32) == R.dtype
