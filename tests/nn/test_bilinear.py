"""The bilinear layer, and the one that divides an axis."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError
from tests.nn.native import check_native

GENERATOR = np.random.default_rng(2)
A, B = GENERATOR.standard_normal((5, 3)), GENERATOR.standard_normal((5, 4))
W, C = GENERATOR.standard_normal((2, 3, 4)), GENERATOR.standard_normal(2)


def test_the_formula() -> None:
    expected = np.array([[a @ w @ b for w in W] for a, b in zip(A, B, strict=True)]) + C
    np.testing.assert_allclose(nn.bilinear(A, B, W, C), expected, rtol=1e-12)
    check_gradients(lambda *given: cr.sum(nn.bilinear(*given) ** 2), A, B, W, C)
    check_native(nn.bilinear, A, B, W, C)


def test_the_layer() -> None:
    layer = nn.Bilinear(3, 4, 2, dtype=np.float64)
    layer.load_state({"weight": W, "bias": C})
    np.testing.assert_allclose(layer(A, B), nn.bilinear(A, B, W, C), rtol=1e-12)
    with pytest.raises(ShapeError, match="do not fit a weight"):
        layer(B, A)
    with pytest.raises(OptionError, match="second must be a positive integer"):
        nn.Bilinear(3, 0, 2)


def test_an_axis_is_divided() -> None:
    assert nn.Unflatten(1, (2, -1))(np.ones((5, 6, 2))).shape == (5, 2, 3, 2)
    assert np.array_equal(nn.Flatten()(nn.Unflatten(-1, (2, 2))(B)), B)
    with pytest.raises(ShapeError):
        nn.Unflatten(1, (5,))(B)
    with pytest.raises(OptionError, match="at least one axis"):
        nn.Unflatten(1, ())
