"""Scores: against counting by hand."""

from __future__ import annotations

import math

import numpy as np

from chainrule.cli.report import scored
from chainrule.cli.scores import AmountScores, classification, regression
from chainrule.table.target import Amount, Classes

FRUITS = Classes("fruit", ("fig", "plum", "pear"))
PRICE = Amount("price", mean=100.0, deviation=10.0)


def test_classes() -> None:
    outputs = np.log(np.array([[0.5, 0.25, 0.25], [0.2, 0.7, 0.1], [0.8, 0.1, 0.1]], np.float32))
    scores = classification(outputs, np.array([0, 1, 1]), FRUITS)
    assert scores.accuracy == 2 / 3
    np.testing.assert_allclose(scores.log_loss, -np.log([0.5, 0.7, 0.1]).mean(), rtol=1e-6)
    assert scores.confusion.tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert scores.commonest == (1, 2 / 3)
    assert dict(scored(scores, FRUITS))["accuracy"] == "66.67%   (always saying plum: 66.67%)"


def test_amounts_are_scored_in_their_own_units() -> None:
    outputs, wanted = np.array([[0.0], [1.0]], np.float32), np.array([-1.0, 1.5], np.float32)
    scores = regression(outputs, wanted, PRICE)
    np.testing.assert_allclose(scores.rmse, math.sqrt((10**2 + 5**2) / 2))
    np.testing.assert_allclose(scores.mae, 7.5)
    np.testing.assert_allclose(scores.r2, 1 - (10**2 + 5**2) / (2 * 12.5**2))
    assert dict(scored(scores, PRICE))["MAE"].startswith("7.5 ")


def test_r2_of_equal_amounts_is_no_number() -> None:
    scores = regression(np.ones((2, 1), np.float32), np.zeros(2, np.float32), PRICE)
    assert math.isnan(scores.r2)
    assert scores == AmountScores(10.0, 10.0, scores.r2)
