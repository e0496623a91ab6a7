"""Conversion of floating numbers to whole ones: towards 0, and to the nearest number there is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from chainrule.array.conversion import converted
from chainrule.array.dtype import FLOATING, SIGNED, UNSIGNED, bool_, float64, int8

INTEGERS = (*SIGNED, *UNSIGNED)


def edges(target: np.dtype[Any], source: np.dtype[Any]) -> Any:
    """Numbers at and around the limits of `target`, as far as `source` can tell them apart."""
    limits = np.iinfo(target)
    ends = np.array([limits.min, limits.max, limits.max + 1, 2.0**64, -(2.0**63), 0.0], source)
    around = [np.nextafter(ends, source.type(np.inf)), np.nextafter(ends, source.type(-np.inf))]
    small = np.array([0.5, -0.5, 0.999, -0.999, 1.5, -1.5, 254.9, 3e38, -3e38, -0.0], source)
    return np.concatenate([ends, *around, ends + 1, ends - 1, small, [np.inf, -np.inf, np.nan]])


def nearest(x: Any, target: np.dtype[Any]) -> int:
    """What `x` becomes, by exact arithmetic."""
    limits = np.iinfo(target)
    if np.isnan(x):
        return 0
    if np.isinf(x):
        return int(limits.max if x > 0 else limits.min)
    return min(max(int(Fraction(float(x))), int(limits.min)), int(limits.max))


@pytest.mark.parametrize("source", FLOATING, ids=str)
@pytest.mark.parametrize("target", INTEGERS, ids=str)
def test_every_number_has_its_place(source: np.dtype[Any], target: np.dtype[Any]) -> None:
    x = edges(target, source).astype(source)
    found = converted(x, target)
    assert found.dtype == target
    assert found.tolist() == [nearest(one, target) for one in x]


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (2, 3)])
def test_the_shape_stays(shape: tuple[int, ...]) -> None:
    for value in (2.7, 1e9):
        x = converted(np.full(shape, value), int8)
        assert isinstance(x, np.ndarray)
        assert (x.shape, x.dtype) == (shape, int8)


def test_everything_but_zero_is_true() -> None:
    x = np.array([0.0, -0.0, np.nan, np.inf, 1e-320])
    assert converted(x, bool_).tolist() == [False, False, True, True, True]


def test_whole_numbers_wrap_around() -> None:
    assert converted(np.array([300, -129]), int8).tolist() == [44, 127]


def test_a_copy_is_made() -> None:
    x = np.ones(3)
    assert not np.shares_memory(converted(x, float64), x)
