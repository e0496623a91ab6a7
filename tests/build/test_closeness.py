"""Closeness against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from tests.build.families import check_like

ODD = np.array([0.0, 1.0, 1.0, np.inf, -np.inf, np.nan, 1e-9, 1e10, np.inf])
OTHER = np.array([1e-9, 1.00001, 1.1, np.inf, np.inf, np.nan, 0.0, 1.00001e10, 1.0])


@pytest.mark.parametrize("equal_nan", [False, True])
def test_isclose_is_that_of_numpy(equal_nan: bool) -> None:
    check_like(
        lambda a, b: cr.isclose(a, b, equal_nan=equal_nan),
        lambda a, b: np.isclose(a, b, equal_nan=equal_nan),
        ODD,
        OTHER,
    )


def test_tolerances() -> None:
    assert cr.isclose(1.0, 1.5, rtol=0.0, atol=0.5).item()
    assert not cr.isclose(1.0, 1.5, rtol=0.3, atol=0.0).item()
    assert cr.isclose([1, 2], [1, 3]).tolist() == [True, False]


def test_allclose() -> None:
    assert cr.allclose(ODD[:2], OTHER[:2]).item()
    assert not cr.allclose(ODD, OTHER).item()


def test_array_equal_compares_shapes() -> None:
    assert cr.array_equal([1, 2], [1.0, 2.0]).item()
    assert not cr.array_equal([1, 2], [[1, 2]]).item()
    assert not cr.array_equal([np.nan], [np.nan]).item()
