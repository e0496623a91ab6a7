"""Losses far out, at their kinks, and where a formula taken literally would lose its digits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.derive.grad import grad
from chainrule.errors import ShapeError

FAR = np.array([-1e4, -100.0, 100.0, 1e4], np.float32)
ZERO, ONE = np.zeros(4, np.float32), np.ones(4, np.float32)


def first(loss: Any, p: Any, *others: Any) -> Any:
    return np.asarray(grad(lambda x: loss(x, *others, reduction="sum"))(p))


def second(loss: Any, p: Any, *others: Any) -> Any:
    slope = grad(lambda x: loss(x, *others, reduction="sum"))
    return np.asarray(grad(lambda x: slope(x).sum())(p))


@pytest.mark.parametrize(
    ("loss", "target", "value", "slope"),
    [
        (nn.binary_cross_entropy_with_logits, ONE, [1e4, 100, 0, 0], [-1, -1, 0, 0]),
        (nn.binary_cross_entropy_with_logits, ZERO, [0, 0, 100, 1e4], [0, 0, 1, 1]),
        (nn.binary_focal, ONE, [1e4, 100, 0, 0], [-1, -1, 0, 0]),
        (nn.binary_focal, ZERO, [0, 0, 100, 1e4], [0, 0, 1, 1]),
        (nn.soft_margin, ONE, [1e4, 100, 0, 0], [-1, -1, 0, 0]),
        (nn.log_cosh, ZERO, abs(FAR) - math.log(2), np.sign(FAR)),
        (nn.huber, ZERO, abs(FAR) - 0.5, np.sign(FAR)),
    ],
)
def test_far_out_nothing_overflows(loss: Any, target: Any, value: Any, slope: Any) -> None:
    np.testing.assert_allclose(loss(FAR, target, reduction="none"), value, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(first(loss, FAR, target), slope, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(second(loss, FAR, target), np.zeros(4), atol=1e-30)


def test_a_small_binary_loss_keeps_its_digits() -> None:
    """At logit −20 and target 0 the loss is 2.06e-9; as x·(1−t) + … it would be 0 in float32."""
    x = np.array([-20.0, 20.0], np.float32)
    found = nn.binary_cross_entropy_with_logits(x, [0.0, 1.0], reduction="none")
    np.testing.assert_allclose(found, np.log1p(np.exp([-20.0, -20.0])), rtol=1e-6)


@pytest.mark.parametrize(("x", "t", "expected"), [(math.inf, 1.0, 0.0), (-math.inf, 0.0, 0.0)])
def test_an_infinitely_sure_and_right_logit_costs_nothing(
    x: float, t: float, expected: float
) -> None:
    assert float(nn.binary_cross_entropy_with_logits(x, t)) == expected
    assert first(nn.binary_cross_entropy_with_logits, x, t) == 0.0


def test_a_small_error_keeps_its_digits_in_log_cosh() -> None:
    e = np.array([-1e-3, -1e-6, 0.0, 1e-6, 1e-3], np.float32)
    wide = e.astype(np.float64)
    none = np.zeros(5, np.float32)
    np.testing.assert_allclose(
        nn.log_cosh(e, none, reduction="none"), np.log1p(2 * np.sinh(wide / 2) ** 2), rtol=1e-5
    )
    np.testing.assert_allclose(first(nn.log_cosh, e, none), np.tanh(wide), rtol=1e-5)
    np.testing.assert_allclose(second(nn.log_cosh, e, none), 1 / np.cosh(wide) ** 2, rtol=1e-5)


def test_certain_probabilities() -> None:
    found = nn.binary_cross_entropy([0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0], reduction="none")
    np.testing.assert_array_equal(found, [0.0, 0.0, 100.0, 100.0])
    assert not np.signbit(np.asarray(found)).any()
    assert np.isfinite(first(nn.binary_cross_entropy, [0.0, 1.0], [1.0, 0.0])).all()


@pytest.mark.parametrize(
    ("loss", "p", "t", "slope"),
    [
        (nn.mae, 1.0, 1.0, 0.0),
        (nn.smooth_l1, 1.0, 1.0, 0.0),
        (nn.huber, 2.0, 1.0, 1.0),
        (nn.hinge, 1.0, 1.0, 0.0),
        (nn.hinge, -1.0, -1.0, 0.0),
        (nn.squared_hinge, 1.0, 1.0, 0.0),
        (nn.quantile, 1.0, 1.0, 0.0),
    ],
)
def test_kinks(loss: Any, p: float, t: float, slope: float) -> None:
    assert first(loss, p, t) == slope


@pytest.mark.parametrize("loss", [nn.huber, nn.log_cosh, nn.mse, nn.smooth_l1])
def test_where_there_is_no_error_the_curvature_is_that_of_a_parabola(loss: Any) -> None:
    assert second(loss, 1.0, 1.0) == (2.0 if loss is nn.mse else 1.0)


def test_a_quantile_is_where_the_quantile_loss_is_least() -> None:
    sample = np.sort(np.random.default_rng(0).exponential(size=101))
    for level in (0.1, 0.5, 0.9):
        losses = [float(nn.quantile(np.full(101, q), sample, level=level)) for q in sample]
        assert sample[np.argmin(losses)] == np.quantile(sample, level)


def test_a_gaussian_loss_is_least_at_the_true_variance() -> None:
    slope = grad(lambda v: nn.gaussian_nll([1.0, -1.0], [0.0, 0.0], v))(1.0)
    assert float(slope) == pytest.approx(0.0, abs=1e-7)


def test_a_gaussian_loss_holds_small_variances_off_zero() -> None:
    found = nn.gaussian_nll([1.0], [0.0], [0.0], epsilon=0.25)
    assert float(found) == pytest.approx((math.log(0.25) + 4.0) / 2)
    assert float(grad(lambda v: nn.gaussian_nll([1.0], [0.0], v, epsilon=0.25))([0.0])[0]) == 0.0


@pytest.mark.parametrize("shape", [(), (5, 1), (1, 3), (5, 3)])
def test_a_gaussian_variance_may_be_shared(shape: tuple[int, ...]) -> None:
    random = np.random.default_rng(0)
    p, t, v = random.normal(size=(5, 3)), random.normal(size=(5, 3)), random.uniform(1, 2, shape)
    expected = (np.log(v) + (p - t) ** 2 / v) / 2
    np.testing.assert_allclose(nn.gaussian_nll(p, t, v, reduction="none"), expected)


@pytest.mark.parametrize("shape", [(5,), (3,), (2, 3), (1, 5, 3)])
def test_a_gaussian_variance_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(
        ShapeError, match=r"gaussian_nll: the variance has shape .* where it is shared"
    ):
        nn.gaussian_nll(np.ones((5, 3)), np.ones((5, 3)), np.ones(shape))


def test_a_pos_weight_that_does_not_fit_is_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"pos_weight of shape \(2,\) does not broadcast to logits"
    ):
        nn.binary_cross_entropy_with_logits([1.0, 2.0, 3.0], [0.0, 1.0, 1.0], pos_weight=[1.0, 2.0])
    with pytest.raises(ShapeError, match=r"pos_weight of shape \(2, 1\) does not broadcast"):
        nn.binary_cross_entropy_with_logits([1.0], [0.0], pos_weight=[[1.0], [2.0]])


def test_divergence_is_summed_over_the_classes_of_each_example() -> None:
    random = np.random.default_rng(0)
    q, t = (x / x.sum(-1, keepdims=True) for x in random.uniform(0.1, 1.0, (2, 5, 3)))
    expected = (t * np.log(t / q)).sum(-1)
    np.testing.assert_allclose(nn.kl_divergence(np.log(q), t, reduction="none"), expected)
    np.testing.assert_allclose(nn.kl_divergence(np.log(q), t), expected.mean())
    np.testing.assert_allclose(
        nn.kl_divergence(np.log(q).T, np.log(t).T, log_target=True, axis=0), expected.mean()
    )


def test_where_a_target_is_zero_the_divergence_has_no_term() -> None:
    q = np.array([-np.inf, math.log(0.5), math.log(0.5)])
    t = np.array([0.0, 0.5, 0.5])
    assert float(nn.kl_divergence(q, t)) == pytest.approx(0.0)
    np.testing.assert_allclose(first(nn.kl_divergence, q, t), -t)
    log_t = np.array([-np.inf, math.log(0.5), math.log(0.5)])
    assert float(nn.kl_divergence(q, log_t, log_target=True)) == 0.0
