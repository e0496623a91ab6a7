"""Searching against NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import chainrule as cr
from chainrule.errors import DTypeError, OptionError, ShapeError, ValueUnknownError
from tests.build.families import check_like

NAN = float("nan")
SIDES: Any = ("left", "right")

numbers = st.sampled_from((-np.inf, -1.0, 0.0, 0.5, 1.0, 2.0, np.inf, NAN))


@given(st.lists(numbers, max_size=17), st.lists(numbers, max_size=5), st.sampled_from(SIDES))
def test_searchsorted_is_that_of_numpy(line: list[float], sought: list[float], side: Any) -> None:
    x, v = np.sort(np.array(line, float)), np.array(sought, float)
    assert cr.searchsorted(x, v, side=side).tolist() == np.searchsorted(x, v, side).tolist()


@pytest.mark.parametrize("side", SIDES)
def test_mapped_and_in_machine_code(side: Any) -> None:
    x = np.sort(np.random.default_rng(0).integers(0, 9, 37)).astype(float)
    v = np.random.default_rng(1).integers(-1, 11, (4, 5)).astype(float)
    v[0, :2] = NAN, np.inf
    check_like(
        lambda x, v: cr.searchsorted(x, v, side=side),
        lambda x, v: np.searchsorted(x, v, side),
        x,
        v,
    )


def test_a_sorter_names_the_order() -> None:
    x = np.array([3, 1, 2])
    found = cr.searchsorted(x, [0, 2, 3], sorter=np.argsort(x))
    assert found.tolist() == [0, 1, 2]
    with pytest.raises(ShapeError, match=r"a sorter for shape \(3,\) has that shape, got \(2,\)"):
        cr.searchsorted(x, 1, sorter=[0, 1])


def test_types_meet_and_gradients_do_not_pass() -> None:
    assert cr.searchsorted(np.array([1, 2], np.int8), 1.5).item() == 1
    assert cr.grad(lambda x: cr.astype(cr.searchsorted([0.0, 1.0], x), "float32"))(0.5).item() == 0


def test_a_wrong_search_is_named() -> None:
    with pytest.raises(OptionError, match="knows the sides 'left' and 'right', got 'middle'"):
        cr.searchsorted([1.0], 0.5, side="middle")
    with pytest.raises(ShapeError, match="a vector to search in"):
        cr.searchsorted([[1.0]], 0.5)
    with pytest.raises(DTypeError, match="takes numbers, got bools"):
        cr.searchsorted([False], [True])


def test_nonzero_and_argwhere_are_those_of_numpy() -> None:
    x = np.random.default_rng(0).integers(-1, 2, (3, 4, 2))
    for found, expected in zip(cr.nonzero(x), np.nonzero(x), strict=True):
        assert found.tolist() == expected.tolist()
    assert cr.argwhere(x).tolist() == np.argwhere(x).tolist()
    assert cr.asarray(x)[cr.nonzero(x)].tolist() == x[x != 0].tolist()
    assert cr.nonzero([0.0, -0.0, NAN])[0].tolist() == [2]


def test_places_need_axes_and_known_values() -> None:
    with pytest.raises(ShapeError, match="needs an axis"):
        cr.nonzero(1.0)
    with pytest.raises(ValueUnknownError, match="is not known while its function is recorded"):
        cr.compile(cr.nonzero)(np.ones(3))
