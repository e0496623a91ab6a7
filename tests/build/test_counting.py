"""Counts against NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.tensor import Array
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError, ValueUnknownError
from tests.build.families import check_derivatives, check_like

RNG = np.random.default_rng(0)
NUMBERS = RNG.integers(0, 6, 20)
X = RNG.normal(size=(5, 4))
WEIGHTS = RNG.normal(size=(5, 4))


def test_bincount_is_that_of_numpy() -> None:
    check_like(lambda x: cr.bincount(x, length=9), lambda x: np.bincount(x, minlength=9), NUMBERS)
    assert cr.bincount(NUMBERS).tolist() == np.bincount(NUMBERS).tolist()
    assert cr.bincount(NUMBERS.reshape(4, 5)).tolist() == np.bincount(NUMBERS).tolist()
    assert cr.bincount([]).shape == (0,)


def test_weights_are_added_and_have_gradients() -> None:
    def weighted(w: Any) -> Any:
        return cr.bincount(NUMBERS, weights=w, length=7)

    check_like(weighted, lambda w: np.bincount(NUMBERS, w, 7), WEIGHTS.reshape(-1))
    check_derivatives(weighted, WEIGHTS.reshape(-1))


def test_a_wrong_bincount_is_named() -> None:
    with pytest.raises(DataError, match=r"index 5 .* valid are 0 to 4"):
        cr.bincount([5], length=5)
    with pytest.raises(DTypeError, match="are integers"):
        cr.bincount([0.5])
    with pytest.raises(ShapeError, match=r"weights of shape \(2,\) for numbers of shape \(3,\)"):
        cr.bincount([0, 1, 2], weights=[1.0, 2.0])
    with pytest.raises(ValueUnknownError):
        cr.compile(cr.bincount)(NUMBERS)


def both(**options: Any) -> tuple[Any, Any]:
    return (
        lambda x: tuple(cr.histogram(x, **options)),
        lambda x: tuple(np.histogram(x, **options)),
    )


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bins": 1},
        {"bins": 7, "range": (-1.0, 1.0)},
        {"bins": 3, "density": True},
        {"bins": np.array([-2.0, -0.5, 0.0, 0.25, 3.0])},
        {"bins": np.array([-0.5, 0.5]), "density": True},
    ],
    ids=str,
)
def test_histogram_is_that_of_numpy(options: dict[str, Any]) -> None:
    check_like(*both(**options), X)


def test_edges_belong_to_the_left_and_the_last_to_both() -> None:
    x = np.array([0.0, 1.0, 1.0, 2.0, 3.0, -1.0, 4.0])
    assert cr.histogram(x, np.array([0.0, 1.0, 3.0])).counts.tolist() == [1, 4]
    counts, edges = cr.histogram([2.0, 2.0], 2)
    assert (counts.tolist(), edges.tolist()) == ([0, 2], [1.5, 2.0, 2.5])


def test_the_weights_of_a_histogram_have_gradients() -> None:
    def weighted(w: Any) -> Any:
        return cr.histogram(X, 4, weights=w).counts

    check_like(weighted, lambda w: np.histogram(X, 4, weights=w)[0], WEIGHTS)
    check_derivatives(weighted, WEIGHTS)


def test_a_wrong_histogram_is_named() -> None:
    with pytest.raises(OptionError, match="one interval or more, not 0"):
        cr.histogram(X, 0)
    with pytest.raises(ShapeError, match="edges are a vector of two or more"):
        cr.histogram(X, np.array([1.0]))


def test_small_integers_can_be_counted() -> None:
    x: Array = np.array([1, 2, 2, 9], np.int8)
    assert cr.histogram(x, 2).counts.tolist() == np.histogram(x, 2)[0].tolist()
