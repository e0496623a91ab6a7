"""Losses of rows far out, at their kinks, and where rows are equal, empty or certain."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.derive.grad import grad

RANDOM = np.random.default_rng(0)
X, Y = RANDOM.standard_normal((2, 5, 3))
LABELS = np.array([0, 2, 1, 1, 2])


def slopes(loss: Any, *inputs: Any) -> list[Any]:
    places = tuple(range(len(inputs)))
    return [np.asarray(g) for g in grad(loss, argnums=places)(*map(np.asarray, inputs))]


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_focal_loss_of_certain_classes(gamma: float, dtype: Any) -> None:
    x = np.array([[1e4, -1e4], [1e4, -1e4], [0.0, 0.0]], dtype)

    def loss(x: Any) -> Any:
        return nn.focal(x, [0, 1, 0], gamma=gamma, reduction="sum")

    found = nn.focal(x, [0, 1, 0], gamma=gamma, reduction="none")
    np.testing.assert_allclose(found, [0, 2e4, math.log(2) / 2**gamma], rtol=1e-6)
    (first,) = slopes(loss, x)
    np.testing.assert_allclose(first[:2], [[0, 0], [1, -1]], atol=1e-30)
    (second,) = slopes(lambda x: (grad(loss)(x) * [1.0, 2.0]).sum(), x)
    assert np.isfinite(second).all()


def test_without_gamma_the_focal_loss_is_cross_entropy() -> None:
    for options in ({}, {"label_smoothing": 0.1}, {"ignore_index": 1}):
        expected = nn.cross_entropy(X, LABELS, **options)
        np.testing.assert_allclose(nn.focal(X, LABELS, gamma=0.0, **options), expected)
    t = np.where(X > 0, 1.0, 0.0)
    expected = nn.binary_cross_entropy_with_logits(Y, t)
    np.testing.assert_allclose(nn.binary_focal(Y, t, gamma=0.0), expected)


OF_TWO: dict[str, Any] = {
    "contrastive": lambda x, y: nn.contrastive(x, y, [1, 0]),
    "triplet_margin": lambda x, y: nn.triplet_margin(x, y, x),
    "pairwise_distance": lambda x, y: nn.pairwise_distance(x, y, epsilon=0.0).sum(),
    "cosine_similarity": lambda x, y: nn.cosine_similarity(x, y).sum(),
    "cosine_embedding": lambda x, y: nn.cosine_embedding(x, y, [1, -1]),
    "wasserstein": nn.wasserstein,
    "nt_xent": nn.nt_xent,
    "info_nce": nn.info_nce,
}


@pytest.mark.parametrize("loss", OF_TWO.values(), ids=OF_TWO.keys())
def test_vectors_that_are_equal(loss: Any) -> None:
    same = [[1.0, 2.0], [-1.0, 0.5]]
    assert np.isfinite(float(loss(same, same)))
    assert all(np.isfinite(g).all() for g in slopes(loss, same, same))


@pytest.mark.parametrize("loss", OF_TWO.values(), ids=OF_TWO.keys())
def test_vectors_of_zeros_point_nowhere(loss: Any) -> None:
    zeros, other = [[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0], [0.0, 0.0]]
    assert np.isfinite(float(loss(zeros, other)))
    assert all(np.isfinite(g).all() for g in slopes(loss, zeros, other))


def test_a_hinge_has_no_slope_at_its_margin() -> None:
    scores = np.array([[1.0, 0.0, -1.0]])
    for loss in (nn.multi_margin, nn.categorical_hinge):
        (found,) = slopes(lambda x, loss=loss: loss(x, [0]), scores)
        np.testing.assert_array_equal(found, [[0.0, 0.0, 0.0]])
    (found,) = slopes(lambda x: nn.multilabel_margin(x, [[0, -1, -1]]), scores)
    np.testing.assert_array_equal(found, [[0.0, 0.0, 0.0]])


def test_the_next_classes_share_a_hinge_where_they_are_equal() -> None:
    (found,) = slopes(lambda x: nn.categorical_hinge(x, [0]), [[0.0, 1.0, 1.0]])
    np.testing.assert_array_equal(found, [[-1.0, 0.5, 0.5]])


def test_answers_of_an_order_far_out() -> None:
    x = np.array([[1e4, -1e4], [-1e4, 1e4]], np.float32)
    np.testing.assert_array_equal(nn.ordinal(x, [1, 1], reduction="none"), [0.0, 2e4])
    (found,) = slopes(lambda x: nn.ordinal(x, [1, 1], reduction="sum"), x)
    np.testing.assert_array_equal(found, [[0, 0], [-1, 1]])


def test_divergence_of_distributions_apart() -> None:
    q, t = np.array([[-np.inf, 0.0]]), np.array([[1.0, 0.0]])
    assert float(nn.jensen_shannon(q, t)) == pytest.approx(math.log(2))
    assert float(nn.jensen_shannon(q, q, log_target=True)) == 0.0
    logits = np.array([[-1e4, 1e4]])
    (found,) = slopes(lambda x: nn.jensen_shannon(nn.log_softmax(x), t), logits)
    np.testing.assert_allclose(found, 0.0, atol=1e-30)


def test_nothing_found_of_nothing_costs_nothing() -> None:
    none = np.zeros((2, 3))
    for loss in (nn.dice, nn.jaccard, nn.tversky):
        assert float(loss(none, none)) == 0.0
        assert all(np.isfinite(g).all() for g in slopes(loss, none, none))


def test_overlap_of_each_class_of_an_image() -> None:
    p, t = RANDOM.uniform(0, 1, (2, 2, 3, 4, 4))
    found = nn.dice(p, t, axis=(2, 3), reduction="none")
    shared, sizes = (p * t).sum((2, 3)), (p + t).sum((2, 3))
    np.testing.assert_allclose(found, 1 - (2 * shared + 1) / (sizes + 1))
    np.testing.assert_allclose(nn.dice(p, t, axis=(2, 3)), np.asarray(found).mean())


def test_earth_mover_takes_the_slope_of_no_rounding() -> None:
    """Both have moved everything at the last class, where a sum of 0.1 + 0.2 + 0.7 is not 1."""
    q, t = np.array([0.1, 0.2, 0.7]), np.array([0.7, 0.2, 0.1])
    found, _ = slopes(nn.earth_mover, q, t)
    np.testing.assert_array_equal(found, [-2.0, -1.0, 0.0])


def test_earth_mover_along_another_axis() -> None:
    q, t = RANDOM.dirichlet(np.ones(3), (2, 5))
    np.testing.assert_allclose(nn.earth_mover(q.T, t.T, axis=0), nn.earth_mover(q, t))
    np.testing.assert_allclose(nn.wasserstein(q.T, t.T, axis=0), nn.wasserstein(q, t))


def test_a_mixture_far_from_its_target() -> None:
    means = np.array([[[0.0], [1e4]]])

    def loss(m: Any, v: Any) -> Any:
        return nn.mixture_nll([[0.0, 0.0]], m, v, [[-1e4]])

    assert float(loss(means, 1.0)) == pytest.approx(0.5e8 + math.log(2))
    assert all(np.isfinite(g).all() for g in slopes(loss, means, np.ones((1, 2, 1))))
    assert all(np.isfinite(g).all() for g in slopes(loss, means, np.zeros((1, 2, 1))))


def test_a_mixture_of_one_is_a_normal_distribution() -> None:
    v = RANDOM.uniform(0.5, 2.0, (5, 1, 3))
    expected = nn.gaussian_nll(X, Y, v[:, 0], full=True, reduction="none")
    found = nn.mixture_nll(np.ones((5, 1)), X[:, None], v, Y, full=True, reduction="none")
    np.testing.assert_allclose(found, np.asarray(expected).sum(-1))


def test_two_views_of_each_example() -> None:
    z = np.concatenate([X, Y])
    z /= np.linalg.norm(z, axis=1, keepdims=True)
    powers = np.exp(z @ z.T / 0.3)
    np.fill_diagonal(powers, 0.0)
    partners = powers[np.arange(10), [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]]
    losses = -np.log(partners / powers.sum(1))
    np.testing.assert_allclose(nn.nt_xent(X, Y, temperature=0.3, reduction="none"), losses)
    weights = np.array([1.0, 2.0, 0.0, 1.0, 3.0])
    expected = (np.tile(weights, 2) * losses).sum() / weights.sum() / 2
    np.testing.assert_allclose(nn.nt_xent(X, Y, temperature=0.3, weights=weights), expected)


def test_queries_and_keys_change_places() -> None:
    there, back = nn.info_nce(X, Y), nn.info_nce(Y, X)
    np.testing.assert_allclose(nn.info_nce(X, Y, symmetric=True), (there + back) / 2)


def test_distances_of_any_order() -> None:
    for p, expected in {1: abs(X - Y).sum(1), 3: (abs(X - Y) ** 3).sum(1) ** (1 / 3)}.items():
        np.testing.assert_allclose(nn.pairwise_distance(X, Y, p=p, epsilon=0.0), expected)
    furthest = nn.pairwise_distance(X.T, Y.T, p=math.inf, epsilon=0.0, axis=0)
    np.testing.assert_allclose(furthest, abs(X - Y).max(1))
