"""Values and options that a loss cannot take: each is named, with its place and the mend."""

from __future__ import annotations

import math
from typing import Any

import pytest

from chainrule import nn
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nn.binary_cross_entropy([0.5, 1.5], [1.0, 0.0]),
            r"binary_cross_entropy: the prediction 1.5 at \[1\] is no probability; for logits "
            r"there is binary_cross_entropy_with_logits \(at test_loss_refusals.py:\d+\)",
        ),
        (
            lambda: nn.binary_cross_entropy([0.5], [2.0]),
            r"the target 2.0 at \[0\] does not lie between 0 and 1",
        ),
        (
            lambda: nn.binary_cross_entropy_with_logits([[0.5, 0.5]], [[1.0, -1.0]]),
            r"the target -1.0 at \[0, 1\] does not lie between 0 and 1",
        ),
        (
            lambda: nn.binary_cross_entropy_with_logits(0.5, math.nan),
            r"the target nan at \[\] does not lie between 0 and 1",
        ),
        (
            lambda: nn.hinge([0.5, 0.5], [1.0, 0.0]),
            r"hinge: the target 0.0 at \[1\] is neither −1 nor 1; for targets of 0 and 1 write 2",
        ),
        (lambda: nn.squared_hinge([0.5], [2.0]), "squared_hinge: the target 2.0 at"),
        (lambda: nn.soft_margin([0.5], [0.0]), r"soft_margin: the target 0.0 at \[0\] is neither"),
        (lambda: nn.poisson_nll([0.5], [-1.0]), "poisson_nll: the target -1.0 .* is negative"),
        (
            lambda: nn.gaussian_nll([0.5], [1.0], [-1.0]),
            r"gaussian_nll: the variance -1.0 at \[0\] is negative",
        ),
        (lambda: nn.kl_divergence([-1.0], [-0.5]), r"the target -0.5 at \[0\] is no probability"),
        (lambda: nn.jensen_shannon([-1.0], [-0.5]), "jensen_shannon: the target -0.5 at"),
        (lambda: nn.earth_mover([-0.5], [1.0]), r"the prediction -0.5 at \[0\] is no probability"),
        (lambda: nn.dice([1.5], [1.0]), r"dice: the prediction 1.5 at \[0\] is no probability"),
        (lambda: nn.tversky([0.5], [-1.0]), "the target -1.0 at .* lie between 0 and 1"),
        (lambda: nn.binary_focal([0.5], [2.0]), "binary_focal: the target 2.0 at .* lie between"),
        (lambda: nn.msle([-1.0], [1.0]), r"msle: the prediction -1.0 at \[0\] is not above −1"),
        (lambda: nn.mixture_nll([0.0], [[0.0]], -1.0, [0.0]), "mixture_nll: the variance -1.0"),
        (
            lambda: nn.contrastive([[1.0]], [[1.0]], [-1]),
            r"contrastive: the target -1.0 at \[0\] is neither 0 nor 1",
        ),
        (
            lambda: nn.cosine_embedding([[1.0]], [[1.0]], [0]),
            r"cosine_embedding: the target 0.0 at \[0\] is neither −1 nor 1",
        ),
        (lambda: nn.hinge_embedding([1.0], [0.0]), "hinge_embedding: the target 0.0 at"),
        (lambda: nn.margin_ranking([1.0], [1.0], [0.0]), "margin_ranking: the target 0.0 at"),
        (
            lambda: nn.multilabel_margin([[1.0, 2.0]], [[2, -1]]),
            r"multilabel_margin: the label 2 at \[0, 0\] is none of the classes 0 to 1",
        ),
        (
            lambda: nn.ordinal([[1.0, 2.0]], [3]),
            "ordinal: label 3 in row 0 is not one of the 3 classes",
        ),
        (lambda: nn.focal([[1.0, 2.0]], [2]), "focal: label 2 in row 0 is not one of the 2"),
    ],
)
def test_values_outside_their_range_are_named(call: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.huber([1.0], [1.0], delta=0.0), "huber: delta must be positive, got 0.0"),
        (lambda: nn.smooth_l1([1.0], [1.0], beta=-1.0), "beta must not be negative, got -1.0"),
        (lambda: nn.quantile([1.0], [1.0], level=1.0), "level must lie between 0 and 1, got 1.0"),
        (lambda: nn.gaussian_nll([1.0], [1.0], 1.0, epsilon=0.0), "epsilon must be positive"),
        (lambda: nn.mape([1.0], [1.0], epsilon=0.0), "mape: epsilon must be positive, got 0.0"),
        (lambda: nn.focal([[1.0, 2.0]], [0], gamma=-1.0), "focal: gamma must not be negative"),
        (lambda: nn.binary_focal([1.0], [1.0], gamma=-1.0), "gamma must not be negative, got -1.0"),
        (lambda: nn.binary_focal([1.0], [1.0], alpha=1.5), "alpha lies in 0 … 1, got 1.5"),
        (lambda: nn.tversky([1.0], [1.0], alpha=-1.0), "alpha, beta and smooth must not be neg"),
        (lambda: nn.multi_margin([[1.0, 2.0]], [0], p=3), "multi_margin: p must be 1 or 2, got 3"),
        (lambda: nn.earth_mover([1.0], [1.0], power=3), "earth_mover: the power must be 1 or 2"),
        (lambda: nn.contrastive([[1.0]], [[1.0]], [1], margin=0.0), "margin must be positive"),
        (lambda: nn.cosine_embedding([[1.0]], [[1.0]], [1], margin=2.0), "the margin is a cosine"),
        (
            lambda: nn.triplet_margin([[1.0]], [[1.0]], [[1.0]], margin=-1.0),
            "triplet_margin: the margin must be positive, got -1.0",
        ),
        (
            lambda: nn.info_nce([[1.0], [2.0]], [[1.0], [2.0]], temperature=0.0),
            "info_nce: the temperature must be positive, got 0.0",
        ),
        (lambda: nn.pairwise_distance([1.0], [1.0], p=0.0), "p must be positive, got 0.0"),
        (
            lambda: nn.cosine_similarity([1.0], [1.0], epsilon=0.0),
            "similarity: epsilon must be pos",
        ),
    ],
)
def test_options_are_checked(call: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nn.contrastive([[1.0], [2.0]], [[1.0]], [1, 0]),
            r"contrastive takes vectors of equal shapes, such as \(n, features\), and got first "
            r"\(2, 1\), second \(1, 1\); .* never broadcast \(at test_loss_refusals.py:\d+\)",
        ),
        (
            lambda: nn.contrastive([[1.0], [2.0]], [[1.0], [2.0]], [[1], [0]]),
            r"contrastive: the target has shape \(2, 1\); for vectors of shape \(2, 1\) it needs "
            r"one number each, \(2,\)",
        ),
        (lambda: nn.cosine_distance(1.0, 1.0), r"prediction \(\), target \(\)"),
        (
            lambda: nn.triplet_margin([[1.0]], [[1.0]], [[1.0], [2.0]]),
            r"anchor \(1, 1\), positive \(1, 1\), negative \(2, 1\)",
        ),
        (
            lambda: nn.triplet_margin([[1.0]], [[1.0]], [[1.0]], distance=lambda x, y: x - y),
            r"vectors of shape \(1, 1\) has shape \(1, 1\); .* one number for each pair, \(1,\)",
        ),
        (
            lambda: nn.margin_ranking([1.0], [1.0, 2.0], [1.0]),
            r"the first has shape \(1,\), the second \(2,\); .* Give one second for each",
        ),
        (lambda: nn.info_nce([[1.0]], [[1.0]]), r"needs two or more, .* got \(1, 1\)"),
        (lambda: nn.nt_xent([1.0, 2.0], [1.0, 2.0]), r"needs two or more, .* got \(2,\)"),
        (lambda: nn.dice(0.5, 1.0), "sums over the elements of an example, and got one number"),
        (lambda: nn.multilabel_margin([[1.0, 2.0]], [[1]]), r"shape \(1, 1\) for scores of shape"),
        (
            lambda: nn.mixture_nll([[0.0]], [[[0.0, 1.0]]], 1.0, [[0.0]]),
            r"means \(n, K, D\), got \(1, 1\), \(1, 1\) and \(1, 1, 2\)",
        ),
        (
            lambda: nn.multi_margin([[0.0, 1.0]], [0], class_weights=[1.0]),
            r"class_weights has shape \(1,\), but there are 2 classes",
        ),
        (lambda: nn.categorical_hinge([[0.0]], [0]), "categorical_hinge needs two classes or more"),
    ],
)
def test_shapes_that_do_not_fit_are_named(call: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        call()


def test_lists_of_labels_are_integers() -> None:
    with pytest.raises(DTypeError, match=r"labels are the numbers of classes .* for 0 and 1 there"):
        nn.multilabel_margin([[1.0, 2.0]], [[1.0, 0.0]])
