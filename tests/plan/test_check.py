"""What a broken program does is found before it runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainrule.errors import ChainruleError
from chainrule.plan.check import check, span
from chainrule.plan.kernel import Load, Map, Role, Store, View
from tests.plan.kernels import LINE, add, buffer, copy, whole

X, T, R = buffer(0, Role.ARGUMENT), buffer(1), buffer(2, Role.RESULT)


def test_a_sound_program_passes() -> None:
    check([add(whole(X), View(X, 19, (20,), (-1,)), T), copy(T, R)])


def test_rows_written_one_by_one_pass() -> None:
    halves = [
        Map(
            (10,),
            (),
            (Load(0, View(X, 0, (10,), (1,))), Store(View(T, start, (10,), (1,)), 0)),
            LINE,
        )
        for start in (0, 10)
    ]
    check([*halves, copy(T, R)])
    with pytest.raises(ChainruleError, match="nothing wrote"):
        check([halves[0], copy(T, R)])


@pytest.mark.parametrize(
    "view", [View(X, 1, (20,), (1,)), View(X, 18, (20,), (-1,)), View(X, -1, (), ())]
)
def test_a_view_that_leaves_its_buffer_is_found(view: View) -> None:
    with pytest.raises(ChainruleError, match="reaches"):
        check([add(view, view, T)])


def test_what_is_read_before_it_is_written_is_found() -> None:
    with pytest.raises(ChainruleError, match="nothing wrote"):
        check([copy(T, R), copy(X, T)])


def test_a_write_to_the_callers_array_is_found() -> None:
    with pytest.raises(ChainruleError, match="not the program's"):
        check([copy(X, replace(X, index=3))])


def test_an_empty_view_reaches_nothing() -> None:
    assert span(View(X, 400, (0, 3), (3, 1))) == (0, 0)
    assert span(View(X, 5, (2, 3), (-3, 4))) == (2, 14)
