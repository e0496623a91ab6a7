"""`backward()`: gradients as values, for the variables that a loss depends on."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from chainrule.build.functions.detach import stop_gradient
from chainrule.build.functions.exponential import exp
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.reduction import argmax
from chainrule.build.graph import sort
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import alias, constant
from chainrule.build.record import record
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.derive.grad import grad
from chainrule.derive.reverse import gradients, reads_of
from chainrule.errors import ChainruleError, DTypeError, ShapeError

X = np.array([0.5, -1.0, 2.0])


def parameter(value: Any = X, name: str = "weight") -> Variable:
    return Variable(value, trainable=True, name=name)


def close(found: Any, expected: Any) -> None:
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-12, atol=1e-14)


def size_of_history(tensor: Tensor) -> int:
    return len(sort([tensor], lambda node: node.inputs))


def test_the_gradient_of_each_parameter() -> None:
    w, b = parameter(), parameter(2.0, "bias")
    found = ((w * w).sum() * b).backward()
    assert set(found) == {w, b}
    close(found[w], 4 * X)
    close(found[b], (X * X).sum())


def test_calling_twice_gives_the_same() -> None:
    w = parameter()
    loss = (w * w * w).sum()
    first, second = loss.backward()[w], loss.backward()[w]
    assert np.array_equal(first, second)
    close(first, 3 * X * X)


def test_a_parameter_read_twice_gets_both_contributions() -> None:
    w = parameter()
    close(((w * X).sum() + (w * w).sum()).backward()[w], X + 2 * X)


def test_a_parameter_that_the_loss_does_not_reach_is_absent() -> None:
    w, other = parameter(), parameter(name="other")
    assert set(((w * w).sum() + (stop_gradient(other) * 2.0).sum()).backward()) == {w}
    assert set(((w * w).sum() + argmax(other * 1.0) * 0.0).backward()) == {w}


def test_a_variable_that_is_not_trained_is_absent() -> None:
    w, mean = parameter(), Variable(X, name="mean")
    assert set(((w - mean) ** 2).sum().backward()) == {w}


def test_a_loss_of_nothing_trained_is_refused() -> None:
    with pytest.raises(ChainruleError, match=r"test_reverse.py:\d+ depends on no trainable"):
        (Variable(X) * 2.0).sum().backward()


def test_a_loss_that_is_no_number_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"got shape \(3,\)"):
        (parameter() * 2.0).backward()


def test_an_integer_loss_is_refused() -> None:
    with pytest.raises(DTypeError, match="int64 has no gradient"):
        argmax(parameter() * 1.0).backward()


def test_an_integer_cannot_be_trained() -> None:
    with pytest.raises(DTypeError, match="count cannot be trained"):
        Variable(3, trainable=True, name="count")


def test_a_loss_remembers_the_parameter_that_it_was_computed_with() -> None:
    w = parameter()
    loss = (w * w).sum()
    w.assign(X + 1.0)
    close(loss.backward()[w], 2 * X)


def test_nothing_is_differentiated_through_an_assignment() -> None:
    w, copy = parameter(), parameter(name="copy")
    copy.assign(w * 3.0)
    assert set((copy * copy).sum().backward()) == {copy}


def test_a_loss_before_and_after_an_assignment_sums_both() -> None:
    w = parameter()
    before = (w * 2.0).sum()
    w.assign(X + 1.0)
    close((before + (w * w).sum()).backward()[w], 2.0 + 2 * (X + 1.0))


def test_recorded_assignments_have_the_same_meaning() -> None:
    def step(x: Tensor) -> Any:
        w = parameter()
        w.assign(np.asarray(X))
        before = (w * x).sum()
        w.assign(w + x)
        loss = before + (w * w).sum()
        (gradient,) = loss.backward().values()
        return gradient

    x = constant(X)
    eager = step(x)
    close(eager, X + 4 * X)
    close(Interpreter(record(step, [x.spec]).graph)([X])[0], X + 4 * X)


def test_a_gradient_can_be_differentiated_again() -> None:
    w = parameter()
    gradient = (exp(w) * w).sum().backward()[w]
    second = (gradient * gradient).sum().backward()[w]
    first, slope = np.exp(X) * (X + 1), np.exp(X) * (X + 2)
    close(second, 2 * first * slope)


def test_a_backward_pass_inside_a_differentiated_function() -> None:
    w = parameter()

    def function(x: Tensor) -> Any:
        return ((w * w * x).sum()).backward()[w].sum()

    close(grad(function)(X), 2 * X)


def test_gradients_stop_at_each_of_the_places() -> None:
    x = alias(constant(X))
    y = alias(x * x)
    dx, dy = gradients([(y * y).sum()], [constant(np.ones(()))], [x, y])
    close(dy, 2 * X * X)
    assert dx is None


def test_cotangents_of_several_results_add_up() -> None:
    x = alias(constant(X))
    (dx,) = gradients([x * 2.0, x * x], [constant(np.ones(3)), constant(X)], [x])
    close(dx, 2.0 + 2 * X * X)


def test_only_parameters_count_as_reads() -> None:
    w, mean = parameter(), Variable(X)
    loss = (w * mean).sum() + (w * 2.0).sum()
    assert [read.primitive.variable for read in reads_of(loss)] == [w]  # type: ignore[attr-defined]


def test_a_plain_loop_keeps_no_history() -> None:
    x = constant(X)
    for _ in range(1000):
        x = x * 0.5 + 1.0
    assert size_of_history(x) == 1


def test_a_training_loop_keeps_no_history() -> None:
    w, velocity = parameter(), Variable(np.zeros(3))
    losses = []
    for _ in range(100):
        loss = ((w - 1.0) ** 2).sum()
        velocity.assign(velocity * 0.9 + loss.backward()[w])
        w.assign(w - velocity * 0.01)
        losses.append(stop_gradient(loss))
    assert size_of_history(w.content()) == size_of_history(velocity.content()) == 1
    assert all(size_of_history(loss) == 1 for loss in losses)
    assert float(losses[-1]) < float(losses[0])


def test_a_history_is_freed_with_its_last_user() -> None:
    w = parameter()
    gc.disable()  # no cycles: counting references is enough
    try:
        middle = exp(w)
        loss = (middle * middle).sum()
        loss.backward()
        alive = weakref.ref(middle)
        del middle
        assert alive() is not None
        del loss
        assert alive() is None
    finally:
        gc.enable()


def test_a_value_that_is_not_trained_is_freed_at_once() -> None:
    x = constant(X)
    inner = x * 2.0
    alive = weakref.ref(inner)
    y = inner + 1.0
    del inner
    assert alive() is None
    close(y, 2 * X + 1)


def test_a_history_of_many_operations_does_not_exhaust_the_stack() -> None:
    w = parameter(1.0)
    y: Any = w + 0.0
    for _ in range(5000):
        y = y + 1e-3
    assert float(y.backward()[w]) == 1.0
    del y


def test_a_parameter_of_many_uses() -> None:
    w = parameter(2.0)
    total: Any = w * 0.0
    for _ in range(500):
        total = total + w * w
    assert float(total.backward()[w]) == pytest.approx(2000.0)


def test_the_gradient_of_a_matrix_product_in_a_batch() -> None:
    w = parameter(np.ones((3, 2)))
    xs = np.arange(12.0).reshape(4, 3)
    close(matmul(xs, w).sum().backward()[w], np.tile(xs.sum(0)[:, None], (1, 2)))
