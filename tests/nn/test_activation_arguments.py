"""Activations that take more than one array: their arguments, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError


def test_glu_halves_an_axis() -> None:
    x = np.random.default_rng(0).standard_normal((4, 6))
    expected = x[:, :3] / (1.0 + np.exp(-x[:, 3:]))
    np.testing.assert_allclose(nn.glu(x), expected)
    np.testing.assert_allclose(nn.glu(x.T, axis=0), expected.T)
    np.testing.assert_array_equal(nn.GLU()(x), nn.glu(x))
    np.testing.assert_array_equal(nn.GLU(axis=0)(x), nn.glu(x, axis=0))


@pytest.mark.parametrize("order", [1, 2])
def test_the_derivatives_of_glu(order: int) -> None:
    check_gradients(nn.glu, np.random.default_rng(0).standard_normal((3, 4)), order=order)


def test_glu_halves_the_features() -> None:
    assert nn.GLU().features_after(6) == 3
    assert nn.GLU(axis=0).features_after(6) is None
    with pytest.raises(ShapeError, match=r"write inputs=2 .* in layer 2, Linear\(4, 1\)"):
        nn.Sequential(nn.Linear(1, 4), nn.GLU(), nn.Linear(4, 1))


def test_glu_needs_an_even_number() -> None:
    with pytest.raises(ShapeError, match=r"glu halves axis 1 of shape \(2, 3\), .* must be even"):
        nn.glu(np.ones((2, 3)))
    with pytest.raises(
        ShapeError, match=r"GLU\(\) halves the features and got 3 .* in layer 1, GLU"
    ):
        nn.Sequential(nn.Linear(1, 3), nn.GLU())


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 3, 4, 5)])
def test_prelu_has_a_slope_for_each_channel(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(0).standard_normal(shape)
    w = np.array([0.1, 0.2, 0.3])
    over = w.reshape(3, *(1,) * (len(shape) - 2))
    np.testing.assert_allclose(nn.prelu(x, w), np.where(x > 0, x, over * x))


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("w", [np.array(0.1), np.array([0.1]), np.array([0.1, 0.2, 0.3])])
def test_the_derivatives_of_prelu(w: Any, order: int) -> None:
    check_gradients(nn.prelu, np.array([[-1.0, 2.0, -3.0], [1.5, -2.5, 0.5]]), w, order=order)


def test_prelu_learns_its_slopes() -> None:
    layer = nn.PReLU(channels=2)
    gradients = layer([[-1.0, 3.0], [-2.0, -4.0]]).sum().backward()
    np.testing.assert_array_equal(gradients[layer.weight], [-3.0, -4.0])


def test_prelu_refuses_other_numbers_of_slopes() -> None:
    with pytest.raises(ShapeError, match=r"prelu has slopes of shape \(2,\) for an input of shape"):
        nn.prelu(np.ones((4, 3)), np.ones(2))
    with pytest.raises(ShapeError, match="one slope, or one for each place on its second axis"):
        nn.prelu(np.ones(3), np.ones(3))


def test_softplus_can_end_in_a_line() -> None:
    x = np.array([-1.0, 0.0, 0.1, 2.0])
    smooth = np.log1p(np.exp(3 * x)) / 3
    np.testing.assert_allclose(
        nn.softplus(x, beta=3.0, threshold=0.2), np.where(3 * x > 0.2, x, smooth)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nn.gelu([1.0], "tan"), "gelu: approximate must be 'none' or 'tanh', got 'tan'"),
        (lambda: nn.GELU("exact"), "gelu: approximate must be .* got 'exact'"),
        (lambda: nn.softplus([1.0], beta=0.0), "softplus: beta must be positive, got 0.0"),
        (lambda: nn.softshrink([1.0], -1.0), "softshrink: the limit must not be negative, got -1"),
        (lambda: nn.hardtanh([1.0], 2.0, 1.0), "hardtanh needs low ≤ high, got 2.0 and 1.0"),
        (lambda: nn.celu([1.0], 0.0), "celu divides by alpha, which must not be 0"),
        (lambda: nn.PReLU(0), "PReLU: channels must be a positive integer, got 0"),
    ],
)
def test_arguments_are_checked(call: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        call()


def test_titles_show_what_was_chosen() -> None:
    assert repr(nn.ReLU()) == "ReLU()"
    assert repr(nn.LeakyReLU(0.2)) == "LeakyReLU(negative_slope=0.2)"
    assert repr(nn.GELU("tanh")) == "GELU(approximate='tanh')"
    assert repr(nn.PReLU(3)) == "PReLU(3)"
    assert repr(nn.HardTanh(-2.0, 2.0)) == "HardTanh(low=-2.0, high=2.0)"


def test_activations_have_no_parameters_but_prelu() -> None:
    assert nn.Sequential(nn.ReLU(), nn.GELU(), nn.Softmax(), nn.GLU()).variables() == []
    assert len(nn.PReLU().parameters()) == 1
