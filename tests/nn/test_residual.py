"""The residual connection adds its input, and nothing of another shape."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import nn
from chainrule.derive.grad import grad
from chainrule.errors import ShapeError


def test_the_input_is_added() -> None:
    np.testing.assert_array_equal(nn.Residual(nn.ReLU())([-1.0, 2.0]), [-1.0, 4.0])


def test_several_layers_run_inside() -> None:
    block = nn.Residual(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 3))
    x = np.array([[0.5, -1.0, 2.0]], np.float32)
    state = block.state()
    hidden = np.tanh(x @ state["0.weight"].T)
    np.testing.assert_allclose(block(x), x + hidden @ state["2.weight"].T, rtol=1e-5)


def test_the_gradient_gets_past_dead_layers() -> None:
    block = nn.Residual(nn.ReLU())
    np.testing.assert_array_equal(grad(lambda x: block(x).sum())([-1.0, 2.0]), [1.0, 2.0])


def test_other_features_are_refused_when_put_together() -> None:
    message = (
        r"Residual adds its input of 4 features to a result of 3: let its last layer give 4 "
        r"features \(at test_residual.py:\d+, in layer 1, Residual\)"
    )
    with pytest.raises(ShapeError, match=message):
        nn.Sequential(nn.Linear(2, 4), nn.Residual(nn.Linear(4, 3)))


def test_another_shape_is_refused_even_if_it_would_broadcast() -> None:
    message = (
        r"Residual adds its input of shape \(2, 4\) to a result of shape \(2, 1\): let its last "
        r"layer give the shape of its input \(at test_residual.py:\d+, in Residual\)"
    )
    with pytest.raises(ShapeError, match=message):
        nn.Residual(nn.Linear(4, 1))(np.ones((2, 4), np.float32))


def test_the_features_of_unknown_layers_are_those_of_the_input() -> None:
    class Own(nn.Module):
        pass

    with pytest.raises(ShapeError, match="write inputs=4"):
        nn.Sequential(nn.Linear(2, 4), nn.Residual(Own()), nn.Linear(5, 1))
