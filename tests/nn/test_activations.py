"""Activations against closed forms in NumPy, finite differences, and at the awkward points."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

from chainrule import nn
from chainrule.build.tensor import Array
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients

INFINITY = float("inf")
erf = np.vectorize(math.erf)


class Case(NamedTuple):
    """An activation as a function and as a layer, its formula, and what happens at its kinks."""

    function: Callable[[Any], Any]
    layer: nn.Module
    formula: Callable[[Array], Array]
    kinks: Mapping[float, float] = MappingProxyType({})  # point -> derivative there


def sigmoid(x: Array) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


def rectifier(slope: float) -> Callable[[Array], Array]:
    return lambda x: np.where(x > 0, x, slope * x)


def exponential(alpha: float, width: float = 1.0) -> Callable[[Array], Array]:
    return lambda x: np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0) / width) - 1.0))


ALPHA, SCALE = 1.6732632423543772, 1.0507009873554805
CASES = {
    "relu": Case(nn.relu, nn.ReLU(), lambda x: np.maximum(x, 0), {0.0: 0.0}),
    "relu6": Case(nn.relu6, nn.ReLU6(), lambda x: np.clip(x, 0, 6), {0.0: 0.0, 6.0: 0.0}),
    "leaky_relu": Case(nn.leaky_relu, nn.LeakyReLU(), rectifier(0.01), {0.0: 0.01}),
    "leaky_relu_steep": Case(
        lambda x: nn.leaky_relu(x, 0.3), nn.LeakyReLU(0.3), rectifier(0.3), {0.0: 0.3}
    ),
    "prelu": Case(
        lambda x: nn.prelu(x, 0.25), nn.PReLU(dtype="float64"), rectifier(0.25), {0.0: 0.25}
    ),
    "threshold": Case(
        lambda x: nn.threshold(x, 0.5, -7.0),
        nn.Threshold(0.5, -7.0),
        lambda x: np.where(x > 0.5, x, -7.0),
        {0.5: 0.0},
    ),
    "hardtanh": Case(
        nn.hardtanh, nn.HardTanh(), lambda x: np.clip(x, -1, 1), {-1.0: 0.0, 1.0: 0.0}
    ),
    "hardtanh_uneven": Case(
        lambda x: nn.hardtanh(x, -0.5, 2.0),
        nn.HardTanh(-0.5, 2.0),
        lambda x: np.clip(x, -0.5, 2),
        {-0.5: 0.0, 2.0: 0.0},
    ),
    "hardsigmoid": Case(
        nn.hardsigmoid,
        nn.HardSigmoid(),
        lambda x: np.clip(x / 6 + 0.5, 0, 1),
        {-3.0: 0.0, 3.0: 0.0},
    ),
    "hardswish": Case(
        nn.hardswish,
        nn.HardSwish(),
        lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
        {-3.0: 0.0, 3.0: 1.0},
    ),
    "elu": Case(nn.elu, nn.ELU(), exponential(1.0), {0.0: 1.0}),
    "elu_steep": Case(lambda x: nn.elu(x, 2.0), nn.ELU(2.0), exponential(2.0), {0.0: 2.0}),
    "celu": Case(lambda x: nn.celu(x, 2.0), nn.CELU(2.0), exponential(2.0, 2.0), {0.0: 1.0}),
    "selu": Case(nn.selu, nn.SELU(), lambda x: SCALE * exponential(ALPHA)(x), {0.0: SCALE * ALPHA}),
    "gelu": Case(nn.gelu, nn.GELU(), lambda x: x * 0.5 * (1 + erf(x / math.sqrt(2)))),
    "gelu_tanh": Case(
        lambda x: nn.gelu(x, "tanh"),
        nn.GELU("tanh"),
        lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    ),
    "silu": Case(nn.silu, nn.SiLU(), lambda x: x * sigmoid(x)),
    "mish": Case(nn.mish, nn.Mish(), lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    "sigmoid": Case(nn.sigmoid, nn.Sigmoid(), sigmoid),
    "tanh": Case(nn.tanh, nn.Tanh(), np.tanh),
    "logsigmoid": Case(nn.logsigmoid, nn.LogSigmoid(), lambda x: np.log(sigmoid(x))),
    "softplus": Case(nn.softplus, nn.Softplus(), lambda x: np.log1p(np.exp(x))),
    "softplus_sharp": Case(
        lambda x: nn.softplus(x, 3.0), nn.Softplus(3.0), lambda x: np.log1p(np.exp(3 * x)) / 3
    ),
    "softsign": Case(nn.softsign, nn.Softsign(), lambda x: x / (1 + abs(x)), {0.0: 1.0}),
    "tanhshrink": Case(nn.tanhshrink, nn.Tanhshrink(), lambda x: x - np.tanh(x)),
    "softshrink": Case(
        nn.softshrink,
        nn.Softshrink(),
        lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0),
        {-0.5: 0.0, 0.0: 0.0, 0.5: 0.0},
    ),
    "hardshrink": Case(
        nn.hardshrink,
        nn.Hardshrink(),
        lambda x: np.where(abs(x) > 0.5, x, 0),
        {-0.5: 0.0, 0.0: 0.0, 0.5: 0.0},
    ),
}
ALL = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
# Between all kinks, and further from each than the steps of the finite differences.
POINTS = np.array([-7.3, -3.1, -2.9, -1.1, -0.9, -0.6, -0.4, -0.01, 0.01, 0.4, 0.6, 1.1, 2.9, 7.3])


def slope(function: Callable[[Any], Any], x: Any) -> Array:
    return np.asarray(grad(lambda x: function(x).sum())(x))


@ALL
def test_values(case: Case) -> None:
    x = np.linspace(-8.0, 8.0, 161)
    np.testing.assert_allclose(case.function(x), case.formula(x), rtol=1e-12, atol=1e-13)


@ALL
def test_the_layer_is_the_function(case: Case) -> None:
    np.testing.assert_array_equal(case.layer(POINTS), case.function(POINTS))


@ALL
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives(case: Case, order: int) -> None:
    for point in POINTS:
        check_gradients(case.function, point, order=order)


@ALL
def test_derivatives_at_kinks(case: Case) -> None:
    for point, derivative in case.kinks.items():
        assert slope(case.function, point) == pytest.approx(derivative, abs=1e-15)


@ALL
def test_float32_in_float32_out(case: Case) -> None:
    x = np.linspace(-8.0, 8.0, 161, dtype=np.float32)
    y = case.function(x)
    assert y.dtype.name == "float32"
    np.testing.assert_allclose(y, case.formula(x.astype(np.float64)), rtol=2e-6, atol=2e-6)


@ALL
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_overflows(case: Case, dtype: Any) -> None:
    """Far out, value and derivatives are finite: where a branch overflows, it is not taken."""
    x = np.array([-1e4, -800.0, -100.0, -89.0, 89.0, 100.0, 800.0, 1e4], dtype)
    first = grad(lambda x: case.function(x).sum())
    assert np.isfinite(np.asarray(case.function(x))).all()
    assert np.isfinite(np.asarray(first(x))).all()
    assert np.isfinite(slope(first, x)).all()


@ALL
def test_nan_stays_nan(case: Case) -> None:
    assert np.isnan(float(case.function(float("nan"))))


@ALL
def test_integers_are_taken_as_real_numbers(case: Case) -> None:
    y = case.function([2, -2])
    assert y.dtype.name == "float32"
    np.testing.assert_allclose(y, case.formula(np.array([2.0, -2.0])), rtol=1e-5, atol=1e-6)


@ALL
def test_the_layer_keeps_the_features(case: Case) -> None:
    assert case.layer.features_after(5) == 5
    assert case.layer.features_after(None) is None


@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (nn.gelu, lambda x: x * math.erfc(-x / math.sqrt(2)) / 2),
        (lambda x: nn.gelu(x, "tanh"), lambda x: x * tanh_gate(x)),
        (nn.silu, lambda x: x * math.exp(x) / (1 + math.exp(x))),
        (nn.mish, lambda x: x * math.tanh(math.log1p(math.exp(x)))),
        (nn.softplus, lambda x: math.log1p(math.exp(x))),
        (nn.elu, math.expm1),
    ],
    ids=["gelu", "gelu_tanh", "silu", "mish", "softplus", "elu"],
)
@pytest.mark.parametrize("x", [-10.0, -5.0, -1e-3, -1e-6])
def test_tails_and_small_numbers_keep_their_digits(function: Any, formula: Any, x: float) -> None:
    assert float(function(np.float32(x))) == pytest.approx(formula(float(np.float32(x))), rel=2e-5)


def tanh_gate(x: float) -> float:
    """½(1 + tanh u), written so that no digits are lost."""
    return 1 / (1 + math.exp(-2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def unit(x: Array) -> Any:
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


@pytest.mark.parametrize(
    ("function", "layer", "formula"),
    [
        (nn.softmax, nn.Softmax(), unit),
        (nn.log_softmax, nn.LogSoftmax(), lambda x: np.log(unit(x))),
        (nn.softmin, nn.Softmin(), lambda x: unit(-x)),
    ],
)
def test_distributions(function: Any, layer: nn.Module, formula: Any) -> None:
    x = np.random.default_rng(0).standard_normal((3, 4))
    np.testing.assert_allclose(function(x), formula(x))
    np.testing.assert_array_equal(layer(x), function(x))
    check_gradients(function, x, order=1)
    check_gradients(function, x, order=2)
    assert np.isfinite(np.asarray(function(np.array([1e4, -1e4, 0.0], np.float32)))).all()


def test_distributions_along_another_axis() -> None:
    x = np.random.default_rng(0).standard_normal((3, 4))
    for layer in (nn.Softmax, nn.LogSoftmax, nn.Softmin):
        np.testing.assert_allclose(layer(axis=0)(x), np.asarray(layer()(x.T)).T)
