"""The dead branches hold at once, recorded, compiled, batched, forward; to the second order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import DType, float32, float64
from chainrule.build.convert import asarray
from chainrule.build.functions.arithmetic import square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.manipulation import broadcast_to
from chainrule.build.functions.softmax import log_softmax, softmax
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import constant
from chainrule.build.primitives.elementwise import Multiply, Real
from chainrule.build.record import record
from chainrule.build.tensor import Array, Cotangents, Tensor
from chainrule.build.variable import Variable
from chainrule.derive.batch import vmap
from chainrule.derive.forward import jvp
from chainrule.derive.grad import grad
from chainrule.derive.remember import checkpoint
from chainrule.errors import ValueUnknownError
from chainrule.run.compile import compile
from tests.derive.dead_branches import CASES, Case

TOLERANCE = {float32: 2e-6, float64: 2e-14}  # of values that take a few roundings each

Function = Callable[[Any], Any]
Way = Callable[[Function, Array], Any]


def at_once(function: Function, x: Array) -> Any:
    return grad(function)(x)


def recorded(function: Function, x: Array) -> Any:
    return Interpreter(record(grad(function), [constant(x).spec]).graph)([x])[0]


def in_a_step(function: Function, x: Array) -> Any:
    """The gradient that a compiled training step uses, between other parameters and an update."""
    weight = Variable(x, trainable=True)
    scale = Variable(np.array(2.0, x.dtype), trainable=True)
    used = Variable(np.zeros_like(x))

    @compile
    def step(offset: Tensor) -> Any:
        loss = function(weight) + square(scale * offset)
        gradients = loss.backward()
        used.assign(gradients.get(weight, np.zeros_like(x)))
        scale.assign(scale - 0.1 * gradients[scale])
        return loss

    step(np.array(3.0, x.dtype))
    assert float(scale) == pytest.approx(2.0 - 0.1 * 36.0)
    return used


def batched(function: Function, x: Array) -> Any:
    found = np.asarray(vmap(grad(function))(np.stack([x, x, x])))
    assert np.array_equal(found[0], found[1])
    return found[2]


def remembered(function: Function, x: Array) -> Any:
    return grad(checkpoint(function))(x)


def forward(function: Function, x: Array) -> Any:
    """The gradient by one tangent for each element."""
    basis = np.eye(x.size, dtype=x.dtype).reshape(x.size, *x.shape)
    return np.array([float(jvp(function, (x,), (v,))[1]) for v in basis]).reshape(x.shape)


WAYS: list[Way] = [at_once, recorded, in_a_step, batched, remembered, forward]


def summed(case: Case) -> Function:
    def function(x: Tensor) -> Any:
        result: Tensor = case.function(x).sum()
        return result

    return function


def gradient_summed(case: Case) -> Function:
    """The sum of the gradient; its gradient is the diagonal of a diagonal Hessian."""

    def function(x: Tensor) -> Any:
        result: Tensor = grad(summed(case))(x).sum()
        return result

    return function


def check(found: Any, expected: Any, dtype: DType) -> None:
    tolerance = TOLERANCE[dtype]
    np.testing.assert_allclose(np.asarray(found), expected, rtol=tolerance, atol=tolerance)


def test_all_rows_are_here() -> None:
    elsewhere = {18, 20}  # below: they need more than one array
    assert {case.row for case in CASES} | elsewhere == set(range(1, 21))
    assert {case.row for case in CASES if case.second is not None} == {*range(1, 11), 14, 16}


@pytest.mark.parametrize("dtype", [float32, float64], ids=str)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_first_derivative(case: Case, way: Way, dtype: DType) -> None:
    check(way(summed(case), case.point(dtype)), case.gradient, dtype)


@pytest.mark.parametrize("dtype", [float32, float64], ids=str)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", [case for case in CASES if case.second is not None], ids=str)
def test_second_derivative(case: Case, way: Way, dtype: DType) -> None:
    check(way(gradient_summed(case), case.point(dtype)), case.second, dtype)


@pytest.mark.parametrize("dtype", [float32, float64], ids=str)
@pytest.mark.parametrize("case", [case for case in CASES if case.elementwise], ids=str)
def test_broadcast(case: Case, dtype: DType) -> None:
    x = case.point(dtype)

    def repeated(x: Tensor) -> Any:
        result: Tensor = case.function(broadcast_to(x, (3, 2, *x.shape))).sum()
        return result

    check(at_once(repeated, x), 6 * np.array(case.gradient), dtype)
    check(recorded(repeated, x), 6 * np.array(case.gradient), dtype)


def test_a_broadcast_selection_by_a_mask() -> None:
    d = np.array([0.0, 1.0])
    mask = np.broadcast_to(d != 0, (3, 2))
    found = grad(lambda x: (broadcast_to(x / d, (3, 2)))[mask].sum())(np.array([3.0, 3.0]))
    check(found, [0, 3], float64)


def test_a_selection_by_a_mask_that_depends_on_the_input() -> None:
    d = np.array([0.0, 1.0])

    def function(x: Tensor) -> Any:
        product = d * x
        selected: Tensor = (product**0.5)[product > 0].sum()
        return selected

    check(grad(function)(np.array(1.0)), 0.5, float64)
    with pytest.raises(ValueUnknownError, match=r"cr\.where"):
        recorded(function, np.array(1.0))


# Row 18: softmax and attention with a fully masked row.

LOGITS = np.array([[1.0, 2.0, 3.0], [4.0, 1.0, -2.0], [0.5, 0.25, 1.0]])
MASK = np.array([[True, False, True], [False, False, False], [True, True, True]])
WEIGHTS = np.array([[0.5, -1.0, 2.0], [3.0, 1.0, -1.0], [-2.0, 0.75, 1.5]])
ALIVE = [0, 2]


def masked_softmax(x: Tensor, mask: Array) -> Any:
    return softmax(where(mask, x, -np.inf), axis=-1)


def attention(mask: Array, query: Tensor, key: Tensor, value: Tensor) -> Any:
    return matmul(masked_softmax(matmul(query, key.T), mask), value)


@pytest.mark.parametrize("dtype", [float32, float64], ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_a_masked_row_of_a_softmax(way: Way, dtype: DType) -> None:
    weights = WEIGHTS.astype(dtype)

    def function(x: Tensor, rows: Any = slice(None)) -> Any:
        return (masked_softmax(x, MASK[rows]) * weights[rows]).sum()

    found = np.asarray(way(function, LOGITS.astype(dtype)))
    assert not found[1].any()
    alone = way(lambda x: function(x, ALIVE), LOGITS[ALIVE].astype(dtype))
    check(found[ALIVE], np.asarray(alone), dtype)
    assert np.asarray(alone).any()


def test_a_masked_row_of_a_softmax_has_the_value_zero() -> None:
    found = np.asarray(masked_softmax(constant(LOGITS), MASK))
    assert not found[1].any()
    np.testing.assert_allclose(found[ALIVE].sum(-1), 1.0, rtol=1e-14)


@pytest.mark.parametrize("dtype", [float32, float64], ids=str)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_masked_row_of_attention(place: int, way: Way, dtype: DType) -> None:
    given = [LOGITS.astype(dtype), WEIGHTS.astype(dtype), (LOGITS @ WEIGHTS).astype(dtype)]

    def function(x: Tensor, query: Array, rows: Any) -> Any:
        arrays: list[Any] = [query, *given[1:]]
        arrays[place] = x
        return (attention(MASK[rows], *map(asarray, arrays)) ** 2).sum()

    whole = way(lambda x: function(x, given[0], slice(None)), given[place])
    point = given[0][ALIVE] if place == 0 else given[place]
    alone = np.asarray(way(lambda x: function(x, given[0][ALIVE], ALIVE), point))
    found = np.asarray(whole)
    if place == 0:
        assert not found[1].any()
        found = found[ALIVE]
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, alone, rtol=50 * TOLERANCE[dtype], atol=50 * TOLERANCE[dtype])


@pytest.mark.parametrize("way", WAYS)
def test_a_masked_row_of_a_log_softmax(way: Way) -> None:
    def function(x: Tensor) -> Any:
        scores = log_softmax(where(MASK, x, -np.inf), axis=-1)
        return where(MASK, scores * WEIGHTS, 0.0).sum()

    def without(x: Tensor) -> Any:
        scores = log_softmax(where(MASK[ALIVE], x, -np.inf), axis=-1)
        return where(MASK[ALIVE], scores * WEIGHTS[ALIVE], 0.0).sum()

    found = np.asarray(way(function, LOGITS))
    assert not found[1].any()
    check(found[ALIVE], np.asarray(way(without, LOGITS[ALIVE])), float64)


# Row 20: a loss masked over rows whose inputs are not numbers.

INPUTS = np.array([[1.0, 2.0], [np.nan, 1.0], [-1.0, 0.5], [np.inf, np.nan], [3.0, -np.inf]])
TARGETS = np.array([[1.0], [2.0], [3.0], [4.0], [np.nan]])
GOOD = np.array([True, False, True, False, False])


def masked_loss(weight: Tensor, inputs: Array, targets: Array, good: Array) -> Any:
    hidden = softmax(matmul(constant(inputs), weight), axis=-1)
    error = square(hidden.sum(axis=1, keepdims=True) * hidden[:, :1] - targets)
    return where(good[:, None], error, 0.0).sum() / float(good.sum())


@pytest.mark.parametrize("dtype", [float32, float64], ids=str)
@pytest.mark.parametrize("way", WAYS)
def test_a_loss_masked_over_rows_that_are_not_numbers(way: Way, dtype: DType) -> None:
    inputs, targets = INPUTS.astype(dtype), TARGETS.astype(dtype)
    weight = np.array([[0.5, -1.0, 0.2], [0.3, 0.1, 0.7]], dtype)
    found = way(lambda w: masked_loss(w, inputs, targets, GOOD), weight)
    rest = way(lambda w: masked_loss(w, inputs[GOOD], targets[GOOD], GOOD[GOOD]), weight)
    assert np.isfinite(np.asarray(found)).all()
    assert np.asarray(rest).any()
    check(found, np.asarray(rest), dtype)


class PlainRoot(Real, abstract=True):
    """y = √x with a plain product in its derivative."""

    def evaluate(self, x: Array) -> Array:
        return np.sqrt(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Multiply()(g, 0.5 / y),)


@pytest.mark.parametrize("way", WAYS[:-1])  # forward, the rule is the transpose of a plain product
def test_a_rule_without_the_absorbing_zero_is_found(way: Way) -> None:
    case = replace(CASES[0], function=lambda x: where(x > 0, PlainRoot()(asarray(x)), x))
    with pytest.raises(AssertionError, match="nan"):
        test_first_derivative(case, way, float64)
