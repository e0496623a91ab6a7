"""Rows combined by segment, against loops over the segments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.tensor import Array
from chainrule.errors import DataError, DTypeError, ShapeError, ValueUnknownError
from tests.build.families import check_derivatives, check_like

SEGMENTS = np.array([2, 0, 2, 3, 2, 0])
X = np.random.default_rng(0).normal(size=(6, 3))
# Each kind: how a segment's rows become one, and what stands where there are none.
KINDS: dict[str, tuple[Callable[[Array], Array], float]] = {
    "sum": (lambda rows: rows.sum(0), 0.0),
    "mean": (lambda rows: rows.mean(0), 0.0),
    "prod": (lambda rows: rows.prod(0), 1.0),
    "max": (lambda rows: rows.max(0), -np.inf),
    "min": (lambda rows: rows.min(0), np.inf),
}


def combined(kind: str, count: int | None) -> Any:
    return lambda x: getattr(cr, f"segment_{kind}")(x, SEGMENTS, count)


def looped(kind: str, count: int) -> Any:
    combine, empty = KINDS[kind]

    def result(x: Array) -> Array:
        parts = [x[segment == SEGMENTS] for segment in range(count)]
        rows = [combine(rows) if len(rows) else np.full(x.shape[1:], empty) for rows in parts]
        return np.stack(rows).astype(x.dtype)

    return result


@pytest.mark.parametrize("kind", KINDS)
def test_like_a_loop(kind: str) -> None:
    check_like(combined(kind, None), looped(kind, 4), X)
    check_like(combined(kind, 6), looped(kind, 6), X[:, 0])
    check_derivatives(lambda x: combined(kind, 4)(x)[np.array([0, 2, 3])], X)


def test_integers_keep_their_type() -> None:
    x = np.array([5, 1, 2, 3, 4, 6], np.int16)
    for kind in ("sum", "prod", "max", "min"):
        found = cr.compile(combined(kind, None), device="native")(x)
        assert found.dtype == "int16"
        assert found[0].item() == int(KINDS[kind][0](x[SEGMENTS == 0]))
    assert cr.segment_max(x, SEGMENTS).tolist() == [6, -32768, 5, 3]
    assert cr.segment_mean(x, SEGMENTS).dtype == "float32"


def test_those_that_tie_share_the_gradient() -> None:
    found = cr.grad(lambda x: cr.sum(cr.segment_max(x, [0, 0, 1, 0])))([3.0, 3.0, 1.0, 2.0])
    assert found.tolist() == [0.5, 0.5, 1.0, 0.0]


def test_a_product_with_zeros_has_its_derivative() -> None:
    found = cr.grad(lambda x: cr.sum(cr.segment_prod(x, [0, 1, 0, 1])))([0.0, 2.0, 5.0, 3.0])
    assert found.tolist() == [5.0, 3.0, 0.0, 2.0]


def test_no_rows() -> None:
    assert cr.segment_sum(np.zeros((0, 2)), []).shape == (0, 2)
    assert cr.segment_prod(np.zeros(0), [], 2).tolist() == [1.0, 1.0]


def test_a_wrong_call_is_named() -> None:
    with pytest.raises(DataError, match=r"index 4 .* has length 4; valid are 0 to 3"):
        cr.segment_sum(X, SEGMENTS + 1, 4)
    with pytest.raises(DataError, match="index -1"):
        cr.segment_sum(X, SEGMENTS - 1)
    with pytest.raises(ShapeError, match=r"segments of shape \(2,\) do not number the rows of"):
        cr.segment_sum(X, [0, 1])
    with pytest.raises(DTypeError, match="numbers of segments and bins are integers"):
        cr.segment_sum([1.0], [0.0])
    with pytest.raises(ValueUnknownError):
        cr.compile(cr.segment_sum)(X, SEGMENTS)
