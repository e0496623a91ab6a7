"""Normalization: statistics, running statistics, derivatives, native programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.normalization.standard import standardized
from tests.nn.native import check_native

GENERATOR = np.random.default_rng(5)
X = GENERATOR.standard_normal((3, 4, 2, 5)) * 2.0 + 1.0
W, B = GENERATOR.uniform(0.5, 1.5, 4), GENERATOR.standard_normal(4)
ROW = GENERATOR.uniform(0.5, 1.5, (2, 5))
WEIGHTS = GENERATOR.standard_normal(X.shape)

FUNCTIONS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "batch": (lambda x, w, b: nn.batch_norm(x, None, None, w, b), (X, W, B)),
    "batch without shift": (lambda x, w: nn.batch_norm(x, None, None, w), (X, W)),
    "batch, given": (lambda x, m, w, b: nn.batch_norm(x, m, W, w, b), (X, B, W, B)),
    "layer": (lambda x, w, b: nn.layer_norm(x, (2, 5), w, b), (X, ROW, ROW)),
    "rms": (lambda x, w: nn.rms_norm(x, (2, 5), w), (X, ROW)),
    "group": (lambda x, w, b: nn.group_norm(x, 2, w, b), (X, W, B)),
    "instance": (nn.instance_norm, (X, W, B)),
    "length": (lambda x: nn.normalize(x, order=3.0, axis=-1), (X,)),
    "local response": (lambda x: nn.local_response_norm(x, 3, alpha=0.5), (X,)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients(name: str) -> None:
    function, arrays = FUNCTIONS[name]
    check_gradients(lambda *given: cr.sum(function(*given) * WEIGHTS), *arrays)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_native_programs(name: str) -> None:
    function, arrays = FUNCTIONS[name]
    check_native(function, *arrays)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_second_derivatives(name: str) -> None:
    function, arrays = FUNCTIONS[name]
    check_gradients(lambda *given: cr.sum(function(*given) ** 3 * WEIGHTS), *arrays, order=2)


def plain(x: Any, w: Any, b: Any) -> Any:
    """The formula of batch normalization, differentiated as it stands."""
    mean = cr.mean(x, axis=(0, 2, 3), keepdims=True)
    scale = cr.rsqrt(cr.var(x, axis=(0, 2, 3), keepdims=True) + 1e-5)
    return (x - mean) * scale * cr.reshape(w, (4, 1, 1)) + cr.reshape(b, (4, 1, 1))


def test_second_derivatives_are_those_of_the_formula() -> None:
    def twice(function: Callable[..., Any]) -> Any:
        def slope(x: Any, w: Any) -> Any:
            return cr.sum(function(x, w, B) ** 3 * WEIGHTS)

        return grad(lambda x: cr.sum(grad(slope, argnums=(0, 1))(x, W)[0] ** 2))(X)

    ours = twice(lambda x, w, b: nn.batch_norm(x, None, None, w, b))
    np.testing.assert_allclose(ours, twice(plain), rtol=1e-9, atol=1e-9)


def test_the_statistics_have_derivatives_too() -> None:
    def used(x: Any) -> Any:
        y, mean, variance = standardized(x, (1, 2), 1e-3)
        return cr.sum(y * WEIGHTS) + cr.sum(mean**2) + cr.sum(cr.sqrt(variance))

    check_gradients(used, X)
    check_gradients(lambda x: cr.sum(standardized(x, (1, 2), 1e-3).variance ** 2), X)


@pytest.mark.parametrize("epsilon", [1e-5, 0.0])
def test_a_constant_row_has_no_nan(epsilon: float) -> None:
    x = np.stack([np.full(4, 7.0), np.arange(4.0)])
    weights = np.arange(8.0).reshape(2, 4)
    assert np.array_equal(nn.layer_norm(x, 4, epsilon=epsilon)[0], np.zeros(4))

    def loss(x: Any) -> Any:
        return cr.sum((nn.layer_norm(x, 4, epsilon=epsilon) * weights)[1:])

    found = np.asarray(grad(loss)(x))
    assert np.array_equal(found[0], np.zeros(4))
    assert np.isfinite(found).all()


def test_a_row_that_is_left_out_leaves_no_trace() -> None:
    x = np.stack([np.array([np.nan, 1.0, 2.0]), np.array([0.0, 1.0, 3.0])])

    def loss(x: Any) -> Any:
        rows = cr.sum(nn.layer_norm(x, 3) * np.arange(3.0), axis=1)
        return cr.sum(cr.where(np.array([False, True]), rows, 0.0))

    found = np.asarray(grad(loss)(x))
    assert np.array_equal(found[0], np.zeros(3))
    assert np.isfinite(found[1]).all()


def test_vectors_of_zeros_stay_and_have_a_finite_gradient() -> None:
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    assert np.array_equal(nn.normalize(x), [[0.6, 0.8], [0.0, 0.0]])
    found = np.asarray(grad(lambda x: cr.sum(nn.normalize(x)[0]))(x))
    assert np.isfinite(found).all()
    assert np.array_equal(found[1], np.zeros(2))


def test_no_digit_is_lost_far_from_zero() -> None:
    x = np.array([[1e4, 1e4 + 1.0, 1e4 + 2.0]], np.float32)
    np.testing.assert_allclose(nn.layer_norm(x, 3), [[-1.2247, 0.0, 1.2247]], atol=1e-3)


def test_running_statistics_follow_the_batches() -> None:
    layer = nn.BatchNorm2d(4, momentum=0.25, dtype=np.float64)
    mean, variance = np.zeros(4), np.ones(4)
    for scale in (1.0, 3.0):
        layer(X * scale)
        mean += 0.25 * ((X * scale).mean((0, 2, 3)) - mean)
        variance += 0.25 * ((X * scale).var((0, 2, 3), ddof=1) - variance)
    np.testing.assert_allclose(layer.state()["running_mean"], mean)
    np.testing.assert_allclose(layer.state()["running_var"], variance)
    expected = (X - mean[:, None, None]) / np.sqrt(variance + 1e-5)[:, None, None]
    np.testing.assert_allclose(layer.evaluate()(X), expected)
    np.testing.assert_allclose(layer.state()["running_mean"], mean)


def test_without_momentum_all_batches_count_alike() -> None:
    layer = nn.BatchNorm1d(2, momentum=None, dtype=np.float64)
    batches = GENERATOR.standard_normal((3, 6, 2))
    for batch in batches:
        layer(batch)
    np.testing.assert_allclose(layer.state()["running_mean"], batches.mean((0, 1)))
    np.testing.assert_allclose(layer.state()["running_var"], batches.var(1, ddof=1).mean(0))


def test_instance_statistics_are_means_over_the_examples() -> None:
    layer = nn.InstanceNorm2d(4, momentum=1.0, track_running_stats=True, dtype=np.float64)
    layer(X)
    np.testing.assert_allclose(layer.state()["running_mean"], X.mean((2, 3)).mean(0))
    np.testing.assert_allclose(layer.state()["running_var"], X.var((2, 3), ddof=1).mean(0))


def test_without_running_statistics_the_batch_is_always_its_own() -> None:
    layer = nn.BatchNorm1d(2, affine=False, track_running_stats=False)
    x = GENERATOR.standard_normal((4, 2)).astype(np.float32)
    assert np.array_equal(layer(x), layer.evaluate()(x))
    assert layer.variables() == []


@pytest.mark.parametrize("device", ["numpy", "native"])
def test_a_compiled_step_trains_and_follows(device: str) -> None:
    cr.seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = optim.Adam(model, learning_rate=0.05)
    x = GENERATOR.standard_normal((32, 3)).astype(np.float32)
    y = x[:, :1] * x[:, 1:2]

    def four_steps(x: Any, y: Any) -> Any:
        loss = nn.mse(model(x), y)
        optimizer.step(loss.backward())
        return loss

    step = cr.compile(four_steps, device=device)
    losses = [float(step(x, y)) for _ in range(60)]
    assert losses[-1] < 0.2 * losses[0]
    model.evaluate()
    assert float(nn.mse(model(x), y)) < 0.5 * losses[0]


def test_a_state_holds_the_running_statistics() -> None:
    layer, other = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    layer(GENERATOR.standard_normal((4, 2)))
    other.load_state(layer.state())
    assert {*layer.state()} == {"weight", "bias", "running_mean", "running_var"}
    assert np.array_equal(other.state()["running_mean"], layer.state()["running_mean"])
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: nn.BatchNorm1d(0), OptionError, "channels must be a positive integer"),
        (lambda: nn.BatchNorm1d(2, epsilon=-1.0), OptionError, "epsilon must not be negative"),
        (lambda: nn.BatchNorm1d(2, momentum=2.0), OptionError, "from 0 to 1"),
        (lambda: nn.BatchNorm1d(2)(np.ones((1, 2))), ShapeError, "single element a channel"),
        (lambda: nn.BatchNorm1d(2)(np.ones((4, 3))), ShapeError, "takes 2 channels"),
        (lambda: nn.BatchNorm2d(2)(np.ones((4, 2))), ShapeError, "input of 4 axes"),
        (lambda: nn.batch_norm(X, B), OptionError, "both mean and variance"),
        (lambda: nn.batch_norm(X, None, None, ROW), ShapeError, "one number for each"),
        (lambda: nn.batch_norm(B), ShapeError, "at least 2 axes"),
        (lambda: nn.group_norm(X, 3), ShapeError, "cannot be divided"),
        (lambda: nn.GroupNorm(3, 4), OptionError, "cannot be divided"),
        (lambda: nn.LayerNorm(()), OptionError, "at least one axis"),
        (lambda: nn.layer_norm(X, 4), ShapeError, "last axes"),
        (lambda: nn.layer_norm(X, 5, W), ShapeError, "the weight has shape"),
        (lambda: nn.Sequential(nn.Linear(2, 3), nn.LayerNorm(4)), ShapeError, "takes 4 features"),
        (lambda: nn.LocalResponseNorm(0), OptionError, "size must be a positive integer"),
    ],
)
def test_refusals(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
