"""The walkthrough: the published example digit by digit, and any network against the engine."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import chainrule as cr
from chainrule import nn, optim
from chainrule.errors import OptionError, ShapeError
from chainrule.view.walkthrough import walkthrough
from tests.view.example import INPUT, TARGET, network, steps

# Published with ten digits, in the order w1, w2, … by unit and input.
ERROR_BEFORE, ERROR_AFTER = "0.2983711088", "0.2910277737"
WEIGHTS_AFTER = (
    *("0.14978072", "0.19956143", "0.24975114", "0.29950229"),
    *("0.35891648", "0.40866619", "0.51130127", "0.56137012"),
)


def test_the_published_errors() -> None:
    found = steps()
    assert f"{found.loss:.10f}" == ERROR_BEFORE
    assert f"{found.loss_after:.10f}" == ERROR_AFTER


def test_the_published_weights() -> None:
    found = steps()
    new = [weight for layer in found.layers for weight in found.new_weight(layer).ravel()]
    assert tuple(f"{weight:.8f}" for weight in new) == WEIGHTS_AFTER
    for layer in found.layers:
        np.testing.assert_array_equal(found.new_bias(layer), layer.bias)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def test_every_number_of_the_example_by_hand() -> None:
    h = [sigmoid(0.15 * 0.05 + 0.20 * 0.10 + 0.35), sigmoid(0.25 * 0.05 + 0.30 * 0.10 + 0.35)]
    o = [sigmoid(0.40 * h[0] + 0.45 * h[1] + 0.60), sigmoid(0.50 * h[0] + 0.55 * h[1] + 0.60)]
    outer = [(o[0] - 0.01) * o[0] * (1 - o[0]), (o[1] - 0.99) * o[1] * (1 - o[1])]
    carried = [0.40 * outer[0] + 0.50 * outer[1], 0.45 * outer[0] + 0.55 * outer[1]]
    hidden, last = steps().layers
    np.testing.assert_allclose(hidden.out, h, rtol=1e-14)
    np.testing.assert_allclose(last.out, o, rtol=1e-14)
    np.testing.assert_allclose(last.error, [o[0] - 0.01, o[1] - 0.99], rtol=1e-14)
    np.testing.assert_allclose(last.delta, outer, rtol=1e-13)
    np.testing.assert_allclose(hidden.error, carried, rtol=1e-13)
    np.testing.assert_allclose(last.weight_gradient, np.outer(outer, h), rtol=1e-13)
    parts = np.asarray(steps().parts)
    np.testing.assert_allclose(parts, [0.5 * (o[0] - 0.01) ** 2, 0.5 * (o[1] - 0.99) ** 2])


ACTIVATIONS = (nn.Sigmoid, nn.Tanh, nn.ReLU, nn.GELU, None)
LOSSES: dict[str, Callable[..., Any]] = {
    "mse": nn.mse,
    "huber": nn.huber,
    "cross_entropy": nn.cross_entropy,
}


@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    activations=st.lists(st.sampled_from(ACTIVATIONS), min_size=3, max_size=3),
    loss=st.sampled_from([*LOSSES]),
    dtype=st.sampled_from([np.float32, np.float64]),
    bias=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_any_network_takes_the_step_of_the_engine(
    sizes: list[int], activations: list[Any], loss: str, dtype: Any, bias: bool, seed: int
) -> None:
    cr.seed(seed)
    chance = np.random.default_rng(seed)
    widths = [3, *sizes, 2]
    layers: list[nn.Module] = []
    for index, (before, after) in enumerate(pairwise(widths)):
        layers.append(nn.Linear(before, after, bias=bias, dtype=dtype))
        if index < len(sizes) and activations[index] is not None:
            layers.append(activations[index]())
    model = nn.Sequential(*layers)
    x, y = chance.normal(size=3), np.int64(1) if loss == "cross_entropy" else chance.normal(size=2)
    before_step = model.state()
    found = walkthrough(model, x, y, loss=LOSSES[loss], learning_rate=0.1)
    for name, array in model.state().items():
        np.testing.assert_array_equal(array, before_step[name])

    def error() -> Any:
        return LOSSES[loss](model(x[np.newaxis].astype(dtype)), np.asarray([y]))

    optim.SGD(model, learning_rate=0.1).step(error().backward())
    tolerance: dict[str, Any] = (
        {"rtol": 1e-4, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-9}
    )
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    for layer, walked in zip(linear, found.layers, strict=True):
        new = np.asarray(layer.weight)
        np.testing.assert_allclose(found.new_weight(walked), new, **tolerance)
    np.testing.assert_allclose(found.loss_after, float(error()), **tolerance)


def test_what_is_held_fixed_stays() -> None:
    model = network(biases_fixed=False)
    first = model[0]
    assert isinstance(first, nn.Linear)
    first.weight.trainable = False
    found = walkthrough(model, INPUT, TARGET, loss=nn.mse)
    hidden, last = found.layers
    assert (hidden.fixed, last.fixed) == (("weight",), ())
    np.testing.assert_array_equal(found.new_weight(hidden), hidden.weight)
    np.testing.assert_allclose(np.asarray(found.new_bias(last)), 0.6 - 0.5 * last.delta)


def test_all_can_be_held_fixed() -> None:
    model = network()
    for variable in model.variables():
        variable.trainable = False
    found = walkthrough(model, INPUT, TARGET, loss=nn.mse)
    assert found.loss == found.loss_after


def test_a_loss_may_know_nothing_of_reductions() -> None:
    found = walkthrough(network(), INPUT, TARGET, loss=lambda p, t: cr.sum((p - t) ** 2) / 2)
    assert found.parts is None
    assert f"{found.loss:.10f}" == ERROR_BEFORE


def test_python_numbers_are_read_exactly() -> None:
    found = walkthrough(network(), [0.05, 0.10], [0.01, 0.99], loss=nn.mse)
    assert found.loss == steps().loss


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (nn.Sequential(nn.Linear(20, 20)), "420 parameters, too many"),
        (nn.Sequential(nn.ReLU(), nn.Linear(2, 2)), r"not ReLU\(\)"),
        (nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Tanh()), r"not Tanh\(\)"),
        (nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.5)), r"not Dropout\(0\.5\)"),
        (nn.Sequential(nn.Linear(2, 2), nn.PReLU()), "not PReLU"),
        (nn.Sequential(nn.Linear(2, 2), nn.Softmax()), "mixes its inputs"),
        (nn.Sequential(), "at least one Linear layer"),
    ],
)
def test_other_networks_are_refused(model: nn.Sequential, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        walkthrough(model, INPUT, TARGET, loss=nn.mse)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([INPUT, INPUT], [TARGET, TARGET], r"one example.*give x\[0\] and y\[0\]"),
        ([0.05, 0.1, 0.2], TARGET, "takes 2 features"),
        (INPUT, [0.01, 0.99, 0.5], "shape"),
    ],
)
def test_other_examples_are_refused(x: Any, y: Any, message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        walkthrough(network(), x, y, loss=nn.mse)


def test_the_rate_is_not_negative() -> None:
    with pytest.raises(OptionError, match="learning_rate must not be negative"):
        walkthrough(network(), INPUT, TARGET, loss=nn.mse, learning_rate=-1.0)
