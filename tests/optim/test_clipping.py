"""Clipping: what holds for all gradients, and where floating point is at its limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from chainrule.build.convert import asarray
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim import clip_by_global_norm, clip_by_norm, clip_by_value, global_norm

Gradients = dict[str, Tensor]

finite = st.floats(-(2.0**100), 2.0**100, width=32)
floats = arrays(np.float32, array_shapes(min_dims=0, max_dims=3, max_side=4), elements=finite)
some = st.dictionaries(st.text(max_size=3), floats.map(asarray), min_size=1, max_size=4)
limits = st.floats(1e-3, 1e3)

CLIPS: list[Callable[[Gradients, float], Gradients]] = [
    clip_by_value,
    clip_by_norm,
    clip_by_global_norm,
]


def norm(*gradients: Tensor) -> float:
    """By Python's own hypot, which neither overflows nor underflows."""
    return math.hypot(*(float(x) for gradient in gradients for x in np.ravel(gradient)))


@given(gradients=some)
def test_global_norm(gradients: Gradients) -> None:
    found = global_norm(gradients)
    assert found.shape == ()
    assert found.dtype == np.float64
    assert float(found) == pytest.approx(norm(*gradients.values()), rel=1e-12)


@given(gradients=some, limit=limits)
def test_the_global_norm_is_within_the_limit(gradients: Gradients, limit: float) -> None:
    before = norm(*gradients.values())
    clipped = clip_by_global_norm(gradients, limit)
    after = norm(*clipped.values())
    assert after <= limit * (1 + 1e-6)
    assert after == pytest.approx(min(before, limit), rel=1e-6, abs=1e-37)


@given(gradients=some, limit=limits)
def test_the_direction_stays(gradients: Gradients, limit: float) -> None:
    factor = limit / max(norm(*gradients.values()), limit)
    clipped = clip_by_global_norm(gradients, limit)
    for key, gradient in gradients.items():
        expected = np.float64(factor) * np.asarray(gradient, dtype=np.float64)
        np.testing.assert_allclose(np.asarray(clipped[key]), expected, rtol=1e-6, atol=1e-37)


@given(gradients=some, limit=limits)
def test_each_norm_is_within_the_limit(gradients: Gradients, limit: float) -> None:
    clipped = clip_by_norm(gradients, limit)
    for key, gradient in gradients.items():
        alone = clip_by_global_norm({key: gradient}, limit)
        assert norm(clipped[key]) <= limit * (1 + 1e-6)
        np.testing.assert_array_equal(np.asarray(clipped[key]), np.asarray(alone[key]))


@given(gradients=some, limit=limits)
def test_each_value_is_within_the_limit(gradients: Gradients, limit: float) -> None:
    clipped = clip_by_value(gradients, limit)
    for key, gradient in gradients.items():
        expected = np.clip(np.asarray(gradient), -np.float32(limit), np.float32(limit))
        np.testing.assert_array_equal(np.asarray(clipped[key]), expected)


@pytest.mark.parametrize("clip", CLIPS)
@given(gradients=some)
def test_small_gradients_stay_to_the_last_bit(
    clip: Callable[[Gradients, float], Gradients], gradients: Gradients
) -> None:
    clipped = clip(gradients, 2.0**110)
    assert list(clipped) == list(gradients)
    for key, gradient in gradients.items():
        assert clipped[key].spec == gradient.spec
        assert np.asarray(clipped[key]).tobytes() == np.asarray(gradient).tobytes()


@pytest.mark.parametrize("clip", CLIPS)
def test_zero_stays_zero(clip: Callable[[Gradients, float], Gradients]) -> None:
    assert clip({"w": asarray([0.0, 0.0])}, 1e-3)["w"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("clip", CLIPS)
def test_no_gradients_stay_none(clip: Callable[[Gradients, float], Gradients]) -> None:
    assert clip({}, 1.0) == {}
    assert float(global_norm({})) == 0.0


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_global_norm])
def test_a_norm_beyond_float32_is_clipped_all_the_same(
    clip: Callable[[Gradients, float], Gradients],
) -> None:
    clipped = clip({"w": asarray([3e38, -3e38])}, 1.0)
    np.testing.assert_allclose(np.asarray(clipped["w"]), [0.5**0.5, -(0.5**0.5)], rtol=1e-6)


@pytest.mark.parametrize("clip", [clip_by_norm, clip_by_global_norm])
@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_shows(
    clip: Callable[[Gradients, float], Gradients], bad: float
) -> None:
    assert np.isnan(np.asarray(clip({"w": asarray([1.0, bad])}, 1.0)["w"])).any()


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf, "1", True])
def test_bad_limits(clip: Callable[[Gradients, Any], Gradients], limit: Any) -> None:
    with pytest.raises(OptionError, match="limit must be"):
        clip({"w": asarray([1.0])}, limit)
