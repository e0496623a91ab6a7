"""Functions in pieces, against NumPy and against finite differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import ShapeError
from tests.build.families import check_derivatives, check_like

RNG = np.random.default_rng(0)
POINTS = np.sort(RNG.normal(size=6))
HEIGHTS = RNG.normal(size=6)
X = RNG.normal(size=(3, 4)) * 2


def test_interp_is_that_of_numpy() -> None:
    check_like(cr.interp, np.interp, X, POINTS, HEIGHTS)
    check_like(cr.interp, np.interp, POINTS, POINTS, HEIGHTS)
    check_derivatives(cr.interp, X, POINTS, HEIGHTS)
    check_like(
        lambda x: cr.interp(x, POINTS, HEIGHTS, left=-1.0, right=2.0),
        lambda x: np.interp(x, POINTS, HEIGHTS, -1.0, 2.0),
        X,
    )


def test_one_point_is_a_level() -> None:
    one, level = np.array([1.0]), np.array([2.0])
    check_like(cr.interp, np.interp, X, one, level)
    assert cr.grad(lambda x: cr.interp(x, one, level))(1.0).item() == 0.0


def test_two_points_in_one_place_are_a_step() -> None:
    found = cr.interp([0.5, 1.0, 1.5], [0.0, 1.0, 1.0, 2.0], [0.0, 1.0, 5.0, 6.0])
    assert found.tolist() == [0.5, 5.0, 5.5]


@pytest.mark.parametrize(("at", "slope"), [(-1.0, 0.0), (0.0, 1.0), (1.0, 3.0), (2.0, 3.0)])
def test_at_a_point_the_slope_is_that_of_the_piece_behind(at: float, slope: float) -> None:
    def line(x: Any) -> Any:
        return cr.interp(x, [0.0, 1.0, 2.0], [0.0, 1.0, 4.0])

    assert cr.grad(line)(at).item() == slope


def test_interp_needs_points_and_heights_alike() -> None:
    for points, heights in (([0.0], [1.0, 2.0]), ([[0.0]], [[1.0]]), ([], [])):
        with pytest.raises(ShapeError, match="interp needs points and heights alike"):
            cr.interp(0.5, points, heights)


def test_lerp_arrives_exactly() -> None:
    a, b = RNG.normal(size=50) * 1e6, RNG.normal(size=50)
    assert np.array_equal(np.asarray(cr.lerp(a, b, 0.0)), a)
    assert np.array_equal(np.asarray(cr.lerp(a, b, 1.0)), b)
    check_like(cr.lerp, lambda a, b, w: a + w * (b - a), X, X[::-1], RNG.uniform(-1, 2, (3, 4)))
    check_derivatives(cr.lerp, X, X[::-1], RNG.uniform(0, 0.4, 4))


def test_heaviside_is_that_of_numpy() -> None:
    x = np.array([-1.0, -0.0, 0.0, 2.0, np.nan, np.inf])
    check_like(cr.heaviside, np.heaviside, x, np.linspace(0.1, 0.6, 6))
    middle = cr.grad(lambda b: cr.sum(cr.heaviside(x[:4], b)))(0.5)
    assert middle.item() == 2.0
    assert cr.grad(lambda a: cr.heaviside(a, 0.5))(0.0).item() == 0.0
