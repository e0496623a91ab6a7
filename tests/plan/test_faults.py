"""Indices are looked at once, unless they may have changed; and all threads hear of a fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import DataError
from chainrule.plan.faults import looked_at_once
from chainrule.plan.kernel import Lookup, Role
from tests.plan.kernels import FAULT, array, copied, gather
from tests.run.compared import exactly, least_work

X = array(0, 7, 3, role=Role.ARGUMENT)


def refusing(*kernels: Any) -> list[bool]:
    return [isinstance(k, Lookup) and k.fault is not None for k in looked_at_once(kernels)]


def test_the_same_indices_are_looked_at_once() -> None:
    first = gather(X, 1, 5, FAULT)
    assert refusing(first, first, copied(X, array(9, 7, 3)), first) == [True, False, False, False]


def test_other_questions_are_asked_again() -> None:
    first = gather(X, 1, 5, FAULT)
    longer = replace(first, data=array(9, 8, 3))
    from_front = replace(first, from_end=False)
    assert refusing(first, longer, from_front, gather(X, 5, 5, FAULT)) == [True] * 4


def test_what_a_variable_holds_is_looked_at_each_time() -> None:
    first = gather(X, 1, 5, FAULT, Role.VARIABLE)
    assert refusing(first, first) == [True, True]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("wrong", [0, 1])
def test_every_thread_hears_of_a_fault(count: int, wrong: int) -> None:
    table = cr.Variable(np.zeros((20, 30), np.float32), trainable=True)

    def step(first: Any, second: Any) -> Any:
        total = cr.sum(cr.take(table, first, axis=0) * cr.take(table, second, axis=0) + 1.0)
        table.assign(table + 1.0)
        return total

    good, bad = np.arange(18), np.arange(3, 21)
    given = [good, good.copy()]
    given[wrong] = bad
    with least_work(1), exactly(count):
        compiled = cr.compile(step, device="native")
        for _ in range(50):
            with pytest.raises(DataError, match="outside"):
                compiled(*given)
        np.testing.assert_array_equal(table, 0.0)
        assert float(compiled(good, good.copy())) == 18 * 30
