"""Dropout of channels, of examples, and for self-normalizing networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.build.random import Generator
from chainrule.errors import OptionError, ShapeError

SHAPES = {nn.Dropout1d: (40, 50, 3), nn.Dropout2d: (40, 50, 2, 2), nn.Dropout3d: (40, 50, 2, 1, 2)}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_channel_is_left_out_as_a_whole(kind: Any) -> None:
    y = np.asarray(kind(0.25)(np.full(SHAPES[kind], 3.0)))
    rows = y.reshape(40 * 50, -1)
    assert ((rows == 0).all(1) | (rows == 4.0).all(1)).all()
    assert 0.2 < (rows == 0).mean() < 0.3


def test_an_example_is_left_out_as_a_whole() -> None:
    y = np.asarray(nn.DropPath(0.5)(np.ones((400, 3, 2)))).reshape(400, -1)
    assert ((y == 0).all(1) | (y == 2.0).all(1)).all()
    assert 0.4 < (y == 0).mean() < 0.6


@pytest.mark.parametrize("kind", [*SHAPES, nn.AlphaDropout, nn.FeatureAlphaDropout, nn.DropPath])
def test_in_evaluation_they_do_nothing(kind: Any) -> None:
    x = np.ones(SHAPES.get(kind, (2, 3, 4)))
    assert np.array_equal(kind(0.5).evaluate()(x), x)
    assert np.array_equal(kind(0.0)(x), x)


@pytest.mark.parametrize("features", [False, True])
def test_mean_and_variance_stay(features: bool) -> None:
    x = np.random.default_rng(0).standard_normal((400, 500, 1))
    y = np.asarray(nn.alpha_dropout(x, 0.3, Generator(seed=1), features=features))
    np.testing.assert_allclose([y.mean(), y.var()], [0.0, 1.0], atol=0.02)


def test_what_is_left_out_leaves_no_trace() -> None:
    x = np.ones((50, 4, 2))
    x[:, 1] = np.nan

    def loss(x: Any) -> Any:
        y = nn.feature_dropout(x, 0.5, Generator(seed=2))
        return cr.sum(cr.where(np.isnan(np.asarray(y)), 0.0, y))

    found = np.asarray(cr.grad(loss)(x))
    assert set(np.unique(found[:, [0, 2, 3]])) == {0.0, 2.0}


def test_a_program_draws_what_the_interpreter_draws() -> None:
    def results(device: str) -> list[Any]:
        cr.seed(3)
        layers = [nn.Dropout1d(0.5), nn.AlphaDropout(0.5), nn.DropPath(0.5), nn.RReLU()]
        program = cr.compile(lambda x: [layer(x) for layer in layers], device=device)
        return [np.asarray(y) for _ in range(2) for y in program(-np.ones((4, 5, 2), np.float32))]

    for expected, found in zip(results("numpy"), results("native"), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_refusals() -> None:
    with pytest.raises(OptionError, match="dropout rate"):
        nn.Dropout2d(1.0)
    with pytest.raises(OptionError, match="dropout rate"):
        nn.alpha_dropout(1.0, -0.5)
    with pytest.raises(ShapeError, match="input of 4 axes"):
        nn.Dropout2d(0.5)(np.ones((2, 3)))
    with pytest.raises(ShapeError, match="at least 2 axes"):
        nn.feature_dropout(np.ones(2), 0.5)
