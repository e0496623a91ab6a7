"""What holds for every loss: its formula, its derivatives, its reductions, its refusals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.array.dtype import float64
from chainrule.build.interpret import Interpreter
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec
from chainrule.derive.grad import grad, value_and_grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError, ShapeError
from chainrule.run.native import Native

RANDOM = np.random.default_rng(0)
REAL = RANDOM.standard_normal((5, 3)) * 2
OTHER = RANDOM.standard_normal((5, 3)) * 2
SHARE = RANDOM.uniform(0.05, 0.95, (5, 3))
SIGN = np.where(RANDOM.uniform(size=(5, 3)) < 0.5, -1.0, 1.0)
COUNTS = RANDOM.poisson(3.0, (5, 3)).astype(float)
VARIANCE = RANDOM.uniform(0.5, 2.0, (5, 3))


class Case(NamedTuple):
    """A loss of two arrays, its formula element by element, and where to try it."""

    loss: Callable[..., Any]
    formula: Callable[[Array, Array], Array]
    prediction: Array = REAL
    target: Array = OTHER


def with_options(loss: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    return lambda p, t, **given: loss(p, t, **options, **given)


def huber(delta: float) -> Callable[[Array, Array], Array]:
    def formula(p: Array, t: Array) -> Array:
        e = abs(p - t)
        return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2))

    return formula


def sigmoid(x: Array) -> Any:
    return 1 / (1 + np.exp(-x))


def binary(p: Array, t: Array) -> Any:
    return -t * np.log(p) - (1 - t) * np.log(1 - p)


def weighted_binary(x: Array, t: Array) -> Any:
    w = np.array([1.0, 2.0, 3.0])
    return -w * t * np.log(sigmoid(x)) - (1 - t) * np.log(1 - sigmoid(x))


def binary_focal(gamma: float, alpha: float, scale: float = 1.0) -> Callable[[Array, Array], Array]:
    def formula(x: Array, t: Array) -> Any:
        p = sigmoid(x)
        yes = alpha * t * (1 - p) ** gamma * np.log(p)
        return -scale * (yes + (1 - alpha) * (1 - t) * p**gamma * np.log(1 - p))

    return formula


def stirling(t: Array) -> Any:
    s = np.maximum(t, 1)
    return np.where(t > 1, s * np.log(s) - s + 0.5 * np.log(2 * math.pi * s), 0)


CASES = {
    "mse": Case(nn.mse, lambda p, t: (p - t) ** 2),
    "mae": Case(nn.mae, lambda p, t: abs(p - t)),
    "huber": Case(nn.huber, huber(1.0)),
    "huber_wide": Case(with_options(nn.huber, delta=2.5), huber(2.5)),
    "smooth_l1": Case(nn.smooth_l1, huber(1.0)),
    "smooth_l1_wide": Case(
        with_options(nn.smooth_l1, beta=2.5), lambda p, t: huber(2.5)(p, t) / 2.5
    ),
    "smooth_l1_sharp": Case(with_options(nn.smooth_l1, beta=0.0), lambda p, t: abs(p - t)),
    "log_cosh": Case(nn.log_cosh, lambda p, t: np.log(np.cosh(p - t))),
    "quantile": Case(
        with_options(nn.quantile, level=0.8), lambda p, t: np.maximum(0.8 * (t - p), 0.2 * (p - t))
    ),
    "poisson_nll": Case(nn.poisson_nll, lambda p, t: np.exp(p) - t * p, target=COUNTS),
    "poisson_nll_rate": Case(
        with_options(nn.poisson_nll, log_input=False, epsilon=1e-3),
        lambda p, t: p - t * np.log(p + 1e-3),
        SHARE,
        COUNTS,
    ),
    "poisson_nll_full": Case(
        with_options(nn.poisson_nll, full=True),
        lambda p, t: np.exp(p) - t * p + stirling(t),
        target=COUNTS,
    ),
    "gaussian_nll": Case(
        with_options(nn.gaussian_nll, variance=VARIANCE),
        lambda p, t: (np.log(VARIANCE) + (p - t) ** 2 / VARIANCE) / 2,
    ),
    "gaussian_nll_full": Case(
        with_options(nn.gaussian_nll, variance=2.0, full=True),
        lambda p, t: (np.log(2 * math.pi * 2.0) + (p - t) ** 2 / 2.0) / 2,
    ),
    "binary_cross_entropy": Case(nn.binary_cross_entropy, binary, SHARE, SHARE[::-1]),
    "binary_cross_entropy_with_logits": Case(
        nn.binary_cross_entropy_with_logits, lambda x, t: binary(sigmoid(x), t), REAL, SHARE
    ),
    "binary_cross_entropy_with_pos_weight": Case(
        with_options(nn.binary_cross_entropy_with_logits, pos_weight=[1.0, 2.0, 3.0]),
        weighted_binary,
        REAL,
        SHARE,
    ),
    "hinge": Case(nn.hinge, lambda p, t: np.maximum(0, 1 - t * p), REAL, SIGN),
    "squared_hinge": Case(nn.squared_hinge, lambda p, t: np.maximum(0, 1 - t * p) ** 2, REAL, SIGN),
    "soft_margin": Case(nn.soft_margin, lambda p, t: np.log1p(np.exp(-t * p)), REAL, SIGN),
    "msle": Case(nn.msle, lambda p, t: np.log((1 + p) / (1 + t)) ** 2, SHARE, COUNTS),
    "mape": Case(nn.mape, lambda p, t: abs(p - t) / t, REAL, VARIANCE),
    "binary_focal": Case(
        with_options(nn.binary_focal, gamma=1.5, alpha=0.25), binary_focal(1.5, 0.25), REAL, SHARE
    ),
    "binary_focal_plain": Case(nn.binary_focal, binary_focal(2.0, 0.5, 2.0), REAL, SHARE),
    "hinge_embedding": Case(
        with_options(nn.hinge_embedding, margin=1.5),
        lambda d, t: np.where(t > 0, d, np.maximum(0, 1.5 - d)),
        REAL,
        SIGN,
    ),
    "kl_divergence": Case(
        with_options(nn.kl_divergence, axis=None), lambda q, t: t * (np.log(t) - q), REAL, SHARE
    ),
    "kl_divergence_log": Case(
        with_options(nn.kl_divergence, axis=None, log_target=True),
        lambda q, t: np.exp(t) * (t - q),
    ),
}
ALL = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@ALL
def test_each_loss_has_its_formula(case: Case) -> None:
    expected = case.formula(case.prediction, case.target)
    found = case.loss(case.prediction, case.target, reduction="none")
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@ALL
def test_reductions(case: Case) -> None:
    losses = case.formula(case.prediction, case.target)
    for reduction, expected in {"mean": losses.mean(), "sum": losses.sum()}.items():
        found = case.loss(case.prediction, case.target, reduction=reduction)
        assert found.shape == ()
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(case.loss(case.prediction, case.target), losses.mean())


@ALL
def test_weights_of_examples(case: Case) -> None:
    weights = np.array([0.5, 2.0, 0.0, 1.0, 3.0])
    losses = weights[:, None] * case.formula(case.prediction, case.target)
    expected = {"none": losses, "sum": losses.sum(), "mean": losses.sum() / weights.sum() / 3}
    for reduction, value in expected.items():
        found = case.loss(case.prediction, case.target, weights=weights, reduction=reduction)
        np.testing.assert_allclose(found, value, rtol=1e-12)


@ALL
def test_weights_of_elements(case: Case) -> None:
    losses = SHARE * case.formula(case.prediction, case.target)
    found = case.loss(case.prediction, case.target, weights=SHARE)
    np.testing.assert_allclose(found, losses.sum() / SHARE.sum(), rtol=1e-12)


@ALL
def test_an_example_of_weight_zero_leaves_no_trace(case: Case) -> None:
    spoiled = case.prediction.copy()
    spoiled[2] = np.nan
    weights = np.array([1.0, 2.0, 0.0, 1.0, 1.0])
    kept = np.array([0, 1, 3, 4])

    def loss(p: Any) -> Any:
        return case.loss(p, case.target, weights=weights, reduction="sum")

    losses = case.formula(case.prediction, case.target)[kept]
    np.testing.assert_allclose(loss(spoiled), (losses * weights[kept, None]).sum())
    spoiled_slope, slope = np.asarray(grad(loss)(spoiled)), np.asarray(grad(loss)(case.prediction))
    np.testing.assert_array_equal(spoiled_slope, slope)
    assert (slope[2] == 0).all()


@ALL
def test_without_any_weight_there_is_nothing_to_learn(case: Case) -> None:
    def loss(p: Any) -> Any:
        return case.loss(p, case.target, weights=np.zeros(5))

    assert np.isnan(float(loss(case.prediction)))
    np.testing.assert_array_equal(grad(loss)(case.prediction), np.zeros((5, 3)))


@ALL
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives(case: Case, order: int) -> None:
    check_gradients(lambda p: case.loss(p, case.target), case.prediction, order=order)


@ALL
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_with_weights(case: Case, order: int) -> None:
    def loss(p: Any, w: Any) -> Any:
        return case.loss(p, case.target, weights=w)

    check_gradients(loss, case.prediction, VARIANCE[:, 0], order=order)


@ALL
def test_the_precision_is_that_of_the_prediction(case: Case) -> None:
    p = case.prediction.astype(np.float32)
    assert case.loss(p, case.target).dtype.name == "float32"
    assert case.loss(p.astype(np.float64), case.target.astype(np.float32)).dtype.name == "float64"


@ALL
def test_recorded_it_gives_the_same(case: Case) -> None:
    specs = [Spec((5, 3), float64)] * 2
    graph = record(case.loss, specs).graph
    (found,) = Interpreter(graph)([case.prediction, case.target])
    assert found == case.loss(case.prediction, case.target).known()


@ALL
def test_a_program_does_the_same(case: Case) -> None:
    def both(p: Any, t: Any) -> Any:
        return value_and_grad(lambda p: case.loss(p, t))(p)

    compiled = cr.compile(both, device="native")
    found, expected = compiled(case.prediction, case.target), both(case.prediction, case.target)
    assert isinstance(compiled.program.executor, Native)
    for ours, known in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, known, rtol=1e-10, atol=1e-13)


@ALL
@pytest.mark.parametrize(
    ("shapes", "mend"),
    [
        (((5, 1), (5,)), "Write target.reshape(-1, 1)"),
        (((5,), (5, 1)), "Write target.reshape(-1)"),
        (((5, 3), (5, 1, 3)), "Write target.reshape(-1, 3)"),
        (((), (1,)), "Write target.reshape(())"),
        (((5, 3), (5,)), "Give one target for each element of the prediction"),
        (((5, 3), (3,)), "Give one target for each element of the prediction"),
        (((5, 3), ()), "Give one target for each element of the prediction"),
        (((5,), (4,)), "Give one target for each element of the prediction"),
    ],
)
def test_nothing_is_broadcast(case: Case, shapes: tuple[Any, Any], mend: str) -> None:
    p, t = (np.ones(shape) for shape in shapes)
    expected = (
        rf"has shape {re.escape(str(shapes[0]))}, the target {re.escape(str(shapes[1]))}; they are "
        rf"compared .* never broadcast. {re.escape(mend)} \(at test_losses.py:\d+\)"
    )
    with pytest.raises(ShapeError, match=expected):
        case.loss(p, t)


@ALL
def test_an_unknown_reduction_is_refused(case: Case) -> None:
    expected = "reduction must be one of 'mean', 'sum', 'none', got 'average'"
    with pytest.raises(OptionError, match=expected):
        case.loss(case.prediction, case.target, reduction="average")


@ALL
@pytest.mark.parametrize("shape", [(3,), (5, 1), (1,), (5, 3, 1)])
def test_weights_that_do_not_fit_are_refused(case: Case, shape: tuple[int, ...]) -> None:
    message = (
        rf"weights of shape {re.escape(str(shape))} for losses of shape \(5, 3\): give one for "
        r"each example, \(5,\), or one for each loss \(at test_losses.py:\d+\)"
    )
    with pytest.raises(ShapeError, match=message):
        case.loss(case.prediction, case.target, weights=np.ones(shape))
