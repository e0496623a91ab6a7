"""Quantiles against NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.functions.quantiles import METHODS
from chainrule.errors import DataError, OptionError, ShapeError
from tests.build.families import check_derivatives, check_like

X = np.random.default_rng(0).normal(size=(4, 5, 3))
SHARES = np.array([0.0, 0.1, 0.5, 0.77, 1.0])


@pytest.mark.parametrize("method", METHODS)
def test_like_numpy(method: Any) -> None:
    check_like(
        lambda x: cr.quantile(x, SHARES, axis=1, method=method),
        lambda x: np.quantile(x, SHARES, axis=1, method=method),
        X,
    )
    check_derivatives(lambda x: cr.quantile(x, SHARES, method=method), X[0])


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2), ()])
def test_axes(axis: Any) -> None:
    check_like(
        lambda x: (
            cr.quantile(x, 0.3, axis=axis),
            cr.quantile(x, SHARES.reshape(5, 1), axis=axis, keepdims=True),
        ),
        lambda x: (
            np.quantile(x, 0.3, axis=axis),
            np.quantile(x, SHARES.reshape(5, 1), axis=axis, keepdims=True),
        ),
        X,
    )


def test_the_median_is_that_of_numpy() -> None:
    for count in (1, 2, 5, 6):
        x = np.random.default_rng(count).normal(size=(count, 2))
        check_like(lambda x: cr.median(x, axis=0), lambda x: np.median(x, axis=0), x)
    assert np.isnan(cr.median([1.0, np.nan, 2.0]).item())
    assert cr.median([1, 2]).dtype == "float32"


def test_the_share_has_a_gradient() -> None:
    check_derivatives(lambda q: cr.quantile(X[0, :, 0], q), np.array([0.13, 0.9]))
    assert cr.grad(lambda q: cr.quantile([1.0, 3.0, 11.0], q))(0.75).item() == 16.0


def test_numbers_for_shares_take_the_type() -> None:
    assert cr.quantile(X, [0.1, 0.2]).dtype == "float64"
    assert cr.quantile(X.astype("float32"), 0.1).dtype == "float32"


def test_a_wrong_call_is_named() -> None:
    with pytest.raises(OptionError, match=r"knows the methods linear, lower, .* got 'median'"):
        cr.quantile(X, 0.5, method="median")
    with pytest.raises(DataError, match=r"share from 0 to 1, got 1\.5"):
        cr.quantile(X, 1.5)
    with pytest.raises(ShapeError, match=r"no elements along \(0,\) of shape \(0, 2\)"):
        cr.median(np.zeros((0, 2)), axis=0)
