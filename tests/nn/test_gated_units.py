"""Gated linear units and the rectifier of random slopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.array.special import erfc
from chainrule.build.random import Generator
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError
from tests.nn.native import check_native

X = np.random.default_rng(6).standard_normal((3, 8))
A, B = X[:, :4], X[:, 4:]
UNITS: dict[str, tuple[Any, Any, Any]] = {
    "reglu": (nn.reglu, nn.ReGLU(), np.maximum(A, 0.0) * B),
    "geglu": (nn.geglu, nn.GEGLU(), A * 0.5 * erfc(-A / np.sqrt(2.0)) * B),
    "swiglu": (nn.swiglu, nn.SwiGLU(), A / (1.0 + np.exp(-A)) * B),
}


@pytest.mark.parametrize("name", UNITS)
def test_unit(name: str) -> None:
    function, layer, expected = UNITS[name]
    np.testing.assert_allclose(function(X), expected, rtol=1e-12)
    np.testing.assert_allclose(layer(X.T.copy().T), expected, rtol=1e-12)
    np.testing.assert_allclose(function(X.T, axis=0), expected.T, rtol=1e-12)
    check_gradients(lambda x: cr.sum(function(x) ** 2), X)
    check_gradients(lambda x: cr.sum(function(x) ** 2), X, order=2)
    check_native(function, X)
    assert layer.features_after(8) == 4


def test_an_odd_number_of_features_is_refused() -> None:
    with pytest.raises(ShapeError, match="swiglu halves axis 1"):
        nn.swiglu(X[:, :3])


def test_slopes_are_drawn_in_training_alone() -> None:
    x = np.full(10_000, -1.0)
    y = -np.asarray(nn.rrelu(x, training=True, generator=Generator(seed=1)))
    assert y.min() >= 1 / 8
    assert y.max() < 1 / 3
    np.testing.assert_allclose(y.mean(), (1 / 8 + 1 / 3) / 2, rtol=0.01)
    np.testing.assert_allclose(nn.RReLU().evaluate()([-1.0, 2.0]), [-11 / 48, 2.0], rtol=1e-6)
    with pytest.raises(OptionError, match="lower ≤ upper"):
        nn.RReLU(0.5, 0.25)
