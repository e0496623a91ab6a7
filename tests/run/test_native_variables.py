"""Variables in native programs: written in place, but never under anyone's hands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import DataError
from tests.run.test_native import is_native, native


def test_what_was_seen_of_a_variable_stays() -> None:
    weight = cr.Variable(np.arange(40.0, dtype=np.float32))

    @native
    def step(x: Any) -> Any:
        weight.assign(weight * x)
        return weight, x

    x = np.full(40, 2.0, np.float32)
    first = np.asarray(weight)
    result, same = map(np.asarray, step(x))
    second, tensor = np.asarray(weight), cr.asarray(weight)
    kept = [array.copy() for array in (first, result, same, second, np.asarray(tensor))]
    x[:] = 3.0
    step(x)
    for old, array in zip(kept, (first, result, same, second, np.asarray(tensor)), strict=True):
        np.testing.assert_array_equal(old, array)
    np.testing.assert_array_equal(np.asarray(weight), np.arange(40.0) * 6)


def test_an_assignment_between_two_steps_is_seen() -> None:
    count = cr.Variable(1.0)
    step = native(lambda: count.assign(count + 1.0))
    step()
    count.assign(10.0)
    step()
    assert float(count) == 11.0
    count.defer(lambda: 100.0)
    step()
    assert float(count) == 101.0


def test_a_variable_that_is_only_written_is_not_drawn_first() -> None:
    calls: list[int] = []

    def initial() -> np.ndarray:
        calls.append(1)
        return np.zeros(3, np.float32)

    cell = cr.Variable(initial, spec=cr.asarray(np.zeros(3, np.float32)).spec)
    step = native(cell.assign)
    step(np.ones(3, np.float32))
    np.testing.assert_array_equal(np.asarray(cell), np.ones(3))
    assert calls == []
    assert is_native(step)


def test_variables_change_places() -> None:
    a, b, c = (cr.Variable(np.full(5, float(n), np.float32)) for n in range(3))

    @native
    def turn() -> None:
        one, two, three = (cr.asarray(cell) for cell in (a, b, c))
        a.assign(two)
        b.assign(three)
        c.assign(one)

    turn()
    assert [float(np.asarray(cell)[0]) for cell in (a, b, c)] == [1.0, 2.0, 0.0]


def test_what_a_variable_held_is_read_before_it_is_replaced() -> None:
    v = cr.Variable(np.arange(20.0, dtype=np.float32))

    @native
    def step(x: Any) -> Any:
        old = cr.asarray(v)
        v.assign(x * 2.0)
        return old + 1.0, cr.sum(old), cr.flip(old, axis=0)

    added, total, flipped = step(np.full(20, 7.0, np.float32))
    np.testing.assert_array_equal(np.asarray(added), np.arange(20.0) + 1)
    assert float(total) == 190.0
    np.testing.assert_array_equal(np.asarray(flipped), np.arange(20.0)[::-1])
    np.testing.assert_array_equal(np.asarray(v), np.full(20, 14.0))


def test_a_variable_that_no_program_wrote_keeps_its_content() -> None:
    weight = cr.Variable(np.ones(3, np.float32))
    predict = native(lambda x: x * weight)
    held = cr.asarray(weight)
    predict(np.ones(3, np.float32))
    assert cr.asarray(weight) is held


def test_two_programs_write_the_same_variable() -> None:
    count = cr.Variable(0.0)
    up, double = native(lambda: count.assign(count + 1.0)), native(lambda: count.assign(count * 2))
    seen = []
    for step in (up, double, up, up, double):
        step()
        seen.append(float(count))
    assert seen == [1.0, 2.0, 3.0, 4.0, 8.0]


def test_a_content_deferred_between_two_steps_is_replaced_unseen_or_made() -> None:
    cell = cr.Variable(np.zeros(3, np.float32))
    replace, add = native(cell.assign), native(lambda x: cell.assign(cell + x))
    ones = np.ones(3, np.float32)
    replace(ones)
    cell.defer(lambda: ones * 100)
    replace(ones * 2)
    np.testing.assert_array_equal(cell, ones * 2)
    for start in (100, 200):
        cell.defer(partial(np.full, 3, np.float32(start)))
        add(ones)
        add(ones)
        np.testing.assert_array_equal(cell, ones * (start + 2))


def test_nothing_is_written_where_an_index_lies_outside_and_the_next_step_runs() -> None:
    cell = cr.Variable(np.zeros(2, np.float32))

    @native
    def step(x: Any, index: Any) -> Any:
        cell.assign(cr.take(x, index))
        return cr.sum(cell)

    x = np.arange(4, dtype=np.float32)
    assert float(step(x, np.array([1, 2]))) == 3.0
    with pytest.raises(DataError, match="outside axis 0"):
        step(x, np.array([1, 4]))
    np.testing.assert_array_equal(cell, [1.0, 2.0])
    assert float(step(x, np.array([3, 3]))) == 6.0
    assert is_native(step)


def test_threads_do_not_mix_their_arguments_and_results() -> None:
    total = cr.Variable(np.float64(0))

    @native
    def step(x: Any) -> Any:
        total.assign(total + cr.sum(x))
        return x * 2.0

    def calls(number: float) -> bool:
        x = np.full(100, number)
        return all(bool((np.asarray(step(x)) == 2 * number).all()) for _ in range(200))

    step(np.zeros(100))
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(calls, [1.0, 2.0, 3.0, 4.0]))
    assert float(total) == 200 * 100 * 10
