"""Weights that are computed from others: by their length, by their largest singular value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.tensor import Array
from chainrule.errors import OptionError

X = np.random.default_rng(4).standard_normal((16, 5)).astype(np.float32)
Y = X[:, :3] * X[:, 1:4]


def weight_of(layer: nn.Linear) -> Array:
    return np.array(layer.weight.__tensor__())


def test_the_weight_is_at_first_what_it_was() -> None:
    cr.seed(0)
    plain = nn.Linear(5, 3)
    cr.seed(0)
    for axis in (0, 1, None):
        cr.seed(0)
        layer = nn.weight_norm(nn.Linear(5, 3), axis=axis)
        np.testing.assert_allclose(weight_of(layer), np.asarray(plain.weight), rtol=1e-6)
    assert layer.state()["weight.magnitude"].shape == (1, 1)


def test_the_length_is_the_magnitude() -> None:
    layer = nn.weight_norm(nn.Linear(5, 3))
    state = layer.state()
    state["weight.magnitude"] = np.array([[1.0], [2.0], [3.0]])
    state["weight.direction"] = state["weight.direction"] * 10.0
    layer.load_state(state)
    np.testing.assert_allclose(np.linalg.norm(weight_of(layer), axis=1), [1, 2, 3], rtol=1e-6)


def test_the_initializer_is_still_the_one_that_suits_the_network() -> None:
    def drawn(wrap: Any) -> Array:
        cr.seed(1)
        model = nn.Sequential(wrap(nn.Linear(5, 3)), nn.ReLU())
        return np.asarray(model(X))

    np.testing.assert_allclose(drawn(nn.weight_norm), drawn(lambda layer: layer), rtol=1e-5)


def test_the_largest_singular_value_is_one() -> None:
    layer = nn.spectral_norm(nn.Linear(5, 3))
    for _ in range(20):
        layer(X)
    np.testing.assert_allclose(np.linalg.norm(weight_of(layer), 2), 1.0, rtol=1e-5)
    layer.evaluate()
    before = layer.state()["weight.left"]
    assert np.array_equal(layer(X), layer(X))
    assert np.array_equal(layer.state()["weight.left"], before)


@pytest.mark.parametrize("wrap", [nn.weight_norm, nn.spectral_norm])
def test_they_train_in_a_program(wrap: Any) -> None:
    def trained(device: str) -> tuple[float, float, Array]:
        cr.seed(2)
        model = nn.Sequential(wrap(nn.Linear(5, 16)), nn.Tanh(), nn.Linear(16, 3))
        optimizer = optim.Adam(model, learning_rate=0.02)

        def four_steps(x: Any, y: Any) -> Any:
            loss = nn.mse(model(x), y)
            optimizer.step(loss.backward())
            return loss

        step = cr.compile(four_steps, device=device)
        losses = [float(step(X, Y)) for _ in range(40)]
        return losses[0], losses[-1], np.asarray(model(X))

    first, last, native = trained("native")
    assert last < 0.6 * first
    np.testing.assert_allclose(native, trained("numpy")[2], rtol=1e-3, atol=1e-4)


def test_refusals() -> None:
    with pytest.raises(OptionError, match="no variable 'weight'"):
        nn.weight_norm(nn.ReLU())
    with pytest.raises(OptionError, match="none of them is 2"):
        nn.spectral_norm(nn.Linear(2, 2), axis=2)
    with pytest.raises(OptionError, match="iterations"):
        nn.spectral_norm(nn.Linear(2, 2), iterations=0)
