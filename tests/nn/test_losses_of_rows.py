"""Losses with one number for each row: formulas, reductions, weights, derivatives, programs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.build.tensor import Array
from chainrule.derive.grad import grad, value_and_grad
from chainrule.derive.numeric import check_gradients
from chainrule.errors import OptionError
from chainrule.run.native import Native
from tests.nn.row_losses import CASES, CLASS_WEIGHTS, LABELS, ROWS, WEIGHTS, Case, X

ALL = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def by_formula(case: Case) -> Array:
    return np.array([case.formula(i, *(x[i] for x in case.inputs)) for i in range(ROWS)])


@ALL
def test_each_row_has_its_formula(case: Case) -> None:
    found = case.loss(*case.inputs, reduction="none")
    np.testing.assert_allclose(found, by_formula(case), rtol=1e-9)


@ALL
def test_reductions(case: Case) -> None:
    losses = by_formula(case)
    for reduction, expected in {"mean": losses.mean(), "sum": losses.sum()}.items():
        found = case.loss(*case.inputs, reduction=reduction)
        assert found.shape == ()
        np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(case.loss(*case.inputs), losses.mean(), rtol=1e-9)


@ALL
def test_weights(case: Case) -> None:
    losses = WEIGHTS * by_formula(case)
    expected = {"none": losses, "sum": losses.sum(), "mean": losses.sum() / WEIGHTS.sum()}
    for reduction, value in expected.items():
        found = case.loss(*case.inputs, weights=WEIGHTS, reduction=reduction)
        np.testing.assert_allclose(found, value, rtol=1e-9)


@ALL
def test_a_row_of_weight_zero_leaves_no_trace(case: Case) -> None:
    spoiled = case.inputs[0].copy()
    spoiled[2] = np.nan

    def slope(x: Array) -> Array:
        loss = grad(lambda x: case.loss(x, *case.inputs[1:], weights=WEIGHTS, reduction="sum"))
        return np.asarray(loss(x))

    np.testing.assert_array_equal(slope(spoiled), slope(case.inputs[0]))
    assert (slope(spoiled)[2] == 0).all()


@ALL
@pytest.mark.parametrize("order", [1, 2])
def test_derivatives(case: Case, order: int) -> None:
    check_gradients(case.loss, *case.inputs, order=order)


@ALL
def test_a_program_does_the_same(case: Case) -> None:
    places = tuple(range(len(case.inputs)))
    both = value_and_grad(lambda *x: case.loss(*x, weights=WEIGHTS), argnums=places)
    compiled = cr.compile(both, device="native")
    (value, slopes), (expected, by_hand) = compiled(*case.inputs), both(*case.inputs)
    assert isinstance(compiled.program.executor, Native)
    np.testing.assert_allclose(value, expected, rtol=1e-11)
    for found, known in zip(slopes, by_hand, strict=True):
        np.testing.assert_allclose(found, known, rtol=1e-9, atol=1e-12)


@ALL
def test_the_precision_is_that_of_the_inputs(case: Case) -> None:
    assert case.loss(*(x.astype(np.float32) for x in case.inputs)).dtype.name == "float32"
    assert case.loss(*case.inputs).dtype.name == "float64"


@ALL
def test_an_unknown_reduction_is_refused(case: Case) -> None:
    with pytest.raises(OptionError, match="reduction must be one of 'mean', 'sum', 'none'"):
        case.loss(*case.inputs, reduction="average")


@pytest.mark.parametrize(
    "loss", [nn.focal, nn.multi_margin, nn.categorical_hinge], ids=["focal", "all", "next"]
)
def test_class_weights(loss: Any) -> None:
    each = np.asarray(loss(X, LABELS, reduction="none"))
    w = CLASS_WEIGHTS[LABELS]
    found = loss(X, LABELS, class_weights=CLASS_WEIGHTS, reduction="none")
    np.testing.assert_allclose(found, w * each, rtol=1e-12)
    mean = loss(X, LABELS, class_weights=CLASS_WEIGHTS, weights=WEIGHTS)
    expected = (WEIGHTS * w * each).sum() / (WEIGHTS * w).sum()
    np.testing.assert_allclose(mean, expected, rtol=1e-12)
