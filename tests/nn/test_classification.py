"""Cross-entropy: labels and probabilities, weights, smoothing, and what is no label."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.array.dtype import float64, int64
from chainrule.build.interpret import Interpreter
from chainrule.build.record import record
from chainrule.build.tensor import Array, Spec
from chainrule.derive.grad import grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.standard_normal((6, 4)) * 2
LABELS = np.array([0, 3, 1, 1, 2, 0])
SHARES = RANDOM.dirichlet(np.ones(4), 6)
CLASS_WEIGHTS = np.array([0.5, 1.0, 2.0, 0.0])
WEIGHTS = np.array([1.0, 2.0, 0.0, 0.5, 1.0, 3.0])


def log_softmax(x: Array) -> Any:
    return np.log(np.exp(x) / np.exp(x).sum(-1, keepdims=True))


LOGS = log_softmax(LOGITS)
OWN = -LOGS[np.arange(6), LABELS]


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_labels() -> None:
    close(nn.cross_entropy(LOGITS, LABELS, reduction="none"), OWN)
    close(nn.cross_entropy(LOGITS, LABELS, reduction="sum"), OWN.sum())
    close(nn.cross_entropy(LOGITS, LABELS), OWN.mean())


def test_probabilities() -> None:
    each = -(SHARES * LOGS).sum(-1)
    close(nn.cross_entropy(LOGITS, SHARES, reduction="none"), each)
    close(nn.cross_entropy(LOGITS, SHARES), each.mean())


def test_labels_are_probabilities_of_one() -> None:
    close(nn.cross_entropy(LOGITS, np.eye(4)[LABELS]), nn.cross_entropy(LOGITS, LABELS))


def test_class_weights_of_labels() -> None:
    w = CLASS_WEIGHTS[LABELS]
    close(nn.cross_entropy(LOGITS, LABELS, class_weights=CLASS_WEIGHTS, reduction="none"), w * OWN)
    close(nn.cross_entropy(LOGITS, LABELS, class_weights=CLASS_WEIGHTS), (w * OWN).sum() / w.sum())


def test_class_weights_of_probabilities() -> None:
    each = -(CLASS_WEIGHTS * SHARES * LOGS).sum(-1)
    close(nn.cross_entropy(LOGITS, SHARES, class_weights=CLASS_WEIGHTS), each.mean())


def test_weights_of_examples() -> None:
    close(nn.cross_entropy(LOGITS, LABELS, weights=WEIGHTS), (WEIGHTS * OWN).sum() / WEIGHTS.sum())
    each = -(SHARES * LOGS).sum(-1)
    close(nn.cross_entropy(LOGITS, SHARES, weights=WEIGHTS), (WEIGHTS * each).sum() / WEIGHTS.sum())


def test_both_weights_multiply() -> None:
    w = CLASS_WEIGHTS[LABELS] * WEIGHTS
    close(
        nn.cross_entropy(LOGITS, LABELS, class_weights=CLASS_WEIGHTS, weights=WEIGHTS),
        (w * OWN).sum() / w.sum(),
    )


@pytest.mark.parametrize("target", [LABELS, np.eye(4)[LABELS]], ids=["labels", "probabilities"])
def test_smoothing_mixes_in_the_uniform_distribution(target: Array) -> None:
    smooth = 0.9 * np.eye(4)[LABELS] + 0.1 / 4
    each = -(smooth * LOGS).sum(-1)
    close(nn.cross_entropy(LOGITS, target, label_smoothing=0.1, reduction="none"), each)


def test_smoothing_with_class_weights() -> None:
    smooth = 0.9 * np.eye(4)[LABELS] + 0.1 / 4
    each = -(CLASS_WEIGHTS * smooth * LOGS).sum(-1)
    close(
        nn.cross_entropy(LOGITS, LABELS, label_smoothing=0.1, class_weights=CLASS_WEIGHTS),
        each.sum() / CLASS_WEIGHTS[LABELS].sum(),
    )


@pytest.mark.parametrize("ignored", [-100, 1, 99])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_ignored_examples_count_nothing(ignored: int, smoothing: float) -> None:
    labels = np.where(np.arange(6) < 2, ignored, LABELS)
    kept = labels != ignored
    options: dict[str, Any] = {"class_weights": CLASS_WEIGHTS, "label_smoothing": smoothing}
    expected = nn.cross_entropy(LOGITS[kept], labels[kept], **options)
    found = nn.cross_entropy(LOGITS, labels, ignore_index=ignored, **options)
    close(found, expected)
    each = np.asarray(nn.cross_entropy(LOGITS, labels, ignore_index=ignored, reduction="none"))
    assert (each[~kept] == 0).all()


def test_an_ignored_example_leaves_no_trace() -> None:
    spoiled = LOGITS.copy()
    spoiled[0] = np.nan
    labels = np.array([-1, 3, 1, 1, 2, 0])
    slope = np.asarray(grad(lambda x: nn.cross_entropy(x, labels, ignore_index=-1))(spoiled))
    close(nn.cross_entropy(spoiled, labels, ignore_index=-1), OWN[1:].mean())
    assert (slope[0] == 0).all()
    assert np.isfinite(slope).all()


def test_smoothing_leaves_out_the_ignored() -> None:
    labels = np.array([9, 3, 1, 1, 2, 0])
    found = nn.cross_entropy(LOGITS, labels, ignore_index=9, label_smoothing=0.2)
    close(found, nn.cross_entropy(LOGITS[1:], labels[1:], label_smoothing=0.2))


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2])
def test_classes_may_lie_along_any_axis(axis: int) -> None:
    x = RANDOM.standard_normal((2, 3, 4))
    last = np.moveaxis(x, axis, -1)
    labels = RANDOM.integers(0, last.shape[-1], last.shape[:-1])
    weights = np.arange(1.0, last.shape[-1] + 1)
    choices: list[dict[str, Any]] = [{}, {"class_weights": weights}, {"label_smoothing": 0.1}]
    for options in choices:
        expected = nn.cross_entropy(last, labels, **options)
        close(nn.cross_entropy(x, labels, axis=axis, **options), expected)
    shares = np.exp(log_softmax(last + 1.0))
    close(
        nn.cross_entropy(x, np.moveaxis(shares, -1, axis), axis=axis, class_weights=weights),
        nn.cross_entropy(last, shares, class_weights=weights),
    )


def test_a_loss_of_zero_has_no_sign() -> None:
    assert repr(nn.cross_entropy([[0.0, 1000.0]], [1])) == "Tensor(0., float32)"


def test_one_example_alone() -> None:
    close(nn.cross_entropy(LOGITS[0], 2), -LOGS[0, 2])


def test_nll_is_cross_entropy_without_the_softmax() -> None:
    labels = np.where(np.arange(6) == 4, -5, LABELS)
    options: dict[str, Any] = {
        "class_weights": CLASS_WEIGHTS,
        "weights": WEIGHTS,
        "ignore_index": -5,
    }
    close(nn.nll(LOGS, labels, **options), nn.cross_entropy(LOGITS, labels, **options))
    close(nn.nll(LOGS.T, LABELS, axis=0, reduction="none"), OWN)


OPTIONS: list[dict[str, Any]] = [
    {},
    {"class_weights": CLASS_WEIGHTS},
    {"weights": WEIGHTS},
    {"label_smoothing": 0.1},
    {"ignore_index": 1},
    {"class_weights": CLASS_WEIGHTS, "label_smoothing": 0.1, "ignore_index": 1},
]


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("options", OPTIONS)
def test_derivatives(options: dict[str, Any], order: int) -> None:
    check_gradients(lambda x: nn.cross_entropy(x, LABELS, **options), LOGITS, order=order)


@pytest.mark.parametrize("order", [1, 2])
def test_derivatives_of_probabilities(order: int) -> None:
    check_gradients(nn.cross_entropy, LOGITS, SHARES, order=order)


def test_the_gradient_is_softmax_minus_target() -> None:
    slope = grad(lambda x: nn.cross_entropy(x, LABELS, reduction="sum"))(LOGITS)
    np.testing.assert_allclose(slope, np.exp(LOGS) - np.eye(4)[LABELS], atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_far_out_nothing_overflows(dtype: Any) -> None:
    x = np.array([[1e4, -1e4, 0.0], [1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], dtype)
    labels = [0, 1, 1]
    first = grad(lambda x: nn.cross_entropy(x, labels, reduction="sum"))
    second = grad(lambda x: (first(x) * [1.0, 2.0, 3.0]).sum())
    close(nn.cross_entropy(x, labels, reduction="none"), np.array([0, 2e4, np.log(2)], dtype))
    slope = np.array([[0, 0, 0], [1, -1, 0], [0, -0.5, 0.5]])
    np.testing.assert_array_equal(first(x), slope)
    np.testing.assert_allclose(second(x), slope * [[0, 0, 0], [0, 0, 0], [0, 0.5, 0.5]], atol=1e-30)


def test_a_class_that_is_ruled_out_may_have_no_target() -> None:
    x = np.array([[0.0, 1.0, -np.inf]])
    shares = np.array([[0.5, 0.5, 0.0]])
    expected = nn.cross_entropy(x[:, :2], shares[:, :2])
    close(nn.cross_entropy(x, shares), expected)
    assert np.isfinite(np.asarray(grad(lambda x: nn.cross_entropy(x, shares))(x))).all()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_labels_of_any_integer_type(dtype: Any) -> None:
    close(nn.cross_entropy(LOGITS, LABELS.astype(dtype), ignore_index=-100), OWN.mean())


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            [0, 1, 7, 9, 0, 0],
            "label 7 in row 2 is not one of the 4 classes 0 to 3: the last layer needs 10 outputs",
        ),
        ([0, 1, -1, 9, 0, 0], "label -1 in row 2 .* pass ignore_index to leave rows without a"),
        ([1, 2, 3, 4, 1, 1], "label 4 in row 3 .* labels count from 0, subtract 1"),
        ([0, 2, 3, 4, 1, 1], "label 4 in row 3 .* the last layer needs 5 outputs"),
    ],
)
@pytest.mark.parametrize("loss", [nn.cross_entropy, nn.nll])
def test_labels_out_of_range_are_named(loss: Any, labels: list[int], message: str) -> None:
    where = r" \(at test_classification.py:\d+\)" if message.endswith("outputs") else ""
    with pytest.raises(DataError, match=f"{loss.__name__}: {message}{where}"):
        loss(LOGITS, labels)


def test_a_label_out_of_range_is_named_by_its_place() -> None:
    with pytest.raises(DataError, match=r"label 5 at \[1, 0\] is not one of the 4 classes"):
        nn.cross_entropy(LOGITS.reshape(3, 2, 4), [[0, 1], [5, 0], [1, 1]])
    with pytest.raises(DataError, match="label 5 is not one of the 4 classes"):
        nn.cross_entropy(LOGITS[0], 5)


def test_recorded_labels_are_checked_when_they_come() -> None:
    graph = record(nn.cross_entropy, [Spec((6, 4), float64), Spec((6,), int64)]).graph
    (found,) = Interpreter(graph)([LOGITS, LABELS])
    close(found, OWN.mean())
    for wrong in (4, -1):
        with pytest.raises(DataError):
            Interpreter(graph)([LOGITS, np.full(6, wrong)])


@pytest.mark.parametrize("dtype", [np.float32, np.bool_])
def test_labels_that_are_no_integers_are_refused(dtype: Any) -> None:
    message = r"labels are the numbers of classes .* write labels.astype\('int64'\) \(at test_clas"
    with pytest.raises(DTypeError, match=message):
        nn.cross_entropy(LOGITS, LABELS.astype(dtype))


@pytest.mark.parametrize(
    ("labels", "mend"),
    [
        (np.eye(4, dtype=int)[LABELS], "for one-hot rows write target.argmax(1)"),
        (LABELS[:, None], "write labels.reshape(6,)"),
        (LABELS[:5], "the labels need shape (6,)"),
        (LABELS[None], "the labels need shape (6,)"),
    ],
)
def test_labels_of_another_shape_are_refused(labels: Array, mend: str) -> None:
    message = (
        f"labels of shape {labels.shape} do not name one class for each row of (6, 4), with the "
        f"classes along axis 1: {mend} (at test_classification.py:"
    )
    with pytest.raises(ShapeError, match=re.escape(message)):
        nn.cross_entropy(LOGITS, labels)


def test_class_weights_of_another_number_are_refused() -> None:
    with pytest.raises(
        ShapeError, match=r"class_weights has shape \(3,\), but there are 4 classes"
    ):
        nn.cross_entropy(LOGITS, LABELS, class_weights=[1.0, 1.0, 1.0])


def test_a_single_output_is_refused() -> None:
    message = "needs two classes or more and got 1: .* binary_cross_entropy_with_logits"
    with pytest.raises(ShapeError, match=message):
        nn.cross_entropy(LOGITS[:, :1], LABELS * 0)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, float("nan")])
def test_smoothing_is_a_share(smoothing: float) -> None:
    with pytest.raises(OptionError, match=f"label_smoothing lies in 0 … 1, got {smoothing}"):
        nn.cross_entropy(LOGITS, LABELS, label_smoothing=smoothing)
