"""Variables in native programs: written in place, but never under anyone's hands."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
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
