"""Reductions past NaN, against NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from tests.build.families import check_derivatives, check_like

NAMES = ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin")
FULL = np.random.default_rng(0).normal(size=(4, 5))
HOLES = FULL.copy()
HOLES[0, 1] = HOLES[2, 2] = np.nan
EMPTY = HOLES.copy()
EMPTY[:, 4] = np.nan


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_like_numpy(name: str) -> None:
    for axis, keepdims in ((0, True), (None, False)):
        options: dict[str, Any] = {"axis": axis, "keepdims": keepdims}
        check_like(
            lambda x, options=options: getattr(cr, name)(x, **options),
            lambda x, options=options: np.asarray(getattr(np, name)(x, **options)),
            EMPTY,
        )


@pytest.mark.parametrize("name", NAMES)
def test_derivatives(name: str) -> None:
    check_derivatives(
        lambda x: getattr(cr, name)(cr.where(np.isnan(HOLES), np.nan, x), axis=0), FULL
    )


def test_integers_lack_nothing() -> None:
    x = np.array([[3, 1], [2, 5]], np.int8)
    assert cr.nansum(x).dtype == "int64"
    assert (cr.nanmax(x).item(), cr.nanmin(x, axis=0).tolist()) == (5, [2, 1])
    assert cr.nanmean(x).dtype == "float32"


def test_a_correction_larger_than_the_count_is_nan() -> None:
    found = cr.nanvar([[1.0, np.nan], [3.0, 4.0]], axis=1, correction=1.0)
    assert np.isnan(found[0].item())
    assert found[1].item() == 0.5
