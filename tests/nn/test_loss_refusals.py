"""Values and options that a loss cannot take: each is named, with its place and the mend."""

from __future__ import annotations

import math
from typing import Any

import pytest

from chainrule import nn
from chainrule.errors import DataError, OptionError


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
    ],
)
def test_options_are_checked(call: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        call()
