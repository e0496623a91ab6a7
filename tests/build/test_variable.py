"""Variables: cells of a fixed shape and type, whose content is replaced and never changed."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import float32, float64, int64
from chainrule.build.functions.arithmetic import add
from chainrule.build.leaf import constant
from chainrule.build.record import record
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import ChainruleError, DTypeError, ShapeError, ValueUnknownError

X = np.array([1.0, 2.0])


def deferred(initial: Any) -> Variable:
    return Variable(initial, spec=Spec((2,), float64), trainable=True, name="late")


def test_it_holds_what_it_was_given() -> None:
    weight = Variable(X, name="weight", trainable=True)
    assert (weight.shape, weight.dtype, weight.ndim) == ((2,), float64, 1)
    assert np.array_equal(weight, X)
    assert weight.trainable
    assert repr(weight) == "Variable(weight: float64[2])"


def test_it_does_not_share_the_array_it_was_given() -> None:
    array = X.copy()
    weight = Variable(array)
    array[:] = 7.0
    assert np.array_equal(weight, X)


def test_it_takes_part_in_arithmetic() -> None:
    weight = Variable(X)
    assert np.array_equal(add(weight, 1.0), X + 1)
    assert np.array_equal(2.0 * weight - X, X)
    assert np.array_equal(X * weight, X * X)
    assert len(weight) == 2
    assert [float(item) for item in weight] == [1.0, 2.0]
    assert float(Variable(3.0)) == 3.0
    assert int(Variable(3)) == 3
    assert not Variable(False)


def test_a_new_content_leaves_earlier_results_alone() -> None:
    weight = Variable(X)
    before = weight * 1.0
    held = np.asarray(weight)
    weight.assign(X + 1)
    assert np.array_equal(before, X)
    assert np.array_equal(held, X)
    assert np.array_equal(weight, X + 1)


@pytest.mark.parametrize("value", [np.zeros(3), np.zeros((1, 2)), 1.0, [[1.0, 2.0]]])
def test_another_shape_is_refused(value: Any) -> None:
    weight = Variable(X, name="weight")
    with pytest.raises(ShapeError, match=r"weight has shape \(2,\), cannot hold"):
        weight.assign(value)
    assert np.array_equal(weight, X)


@pytest.mark.parametrize("value", [X.astype(np.float32), np.array([1, 2])])
def test_another_type_is_refused(value: Any) -> None:
    weight = Variable(X, name="weight")
    with pytest.raises(DTypeError, match="weight holds float64, not"):
        weight.assign(value)
    assert np.array_equal(weight, X)


def test_a_python_number_takes_the_type_of_the_variable() -> None:
    cell = Variable(np.array(0.0))
    cell.assign(0.1)
    assert float(cell) == 0.1
    cell.assign(2)
    assert cell.content().dtype == float64


def test_a_python_number_of_a_higher_kind_is_refused() -> None:
    with pytest.raises(DTypeError, match="holds int64, not float32"):
        Variable(3, name="count").assign(2.5)


def test_the_initial_content_is_made_when_it_is_asked_for() -> None:
    calls = []

    def initial() -> Any:
        calls.append(1)
        return X

    weight = deferred(initial)
    assert weight.shape == (2,)
    assert not calls
    assert not weight.drawn
    assert np.array_equal(weight, X)
    assert np.array_equal(weight, X)
    assert len(calls) == 1
    assert weight.drawn


def test_a_content_given_first_is_kept() -> None:
    weight = deferred(lambda: pytest.fail("it was asked for"))
    weight.assign(X)
    assert np.array_equal(weight, X)


def test_an_initial_that_fails_is_asked_again() -> None:
    tries = iter([ZeroDivisionError("first"), None])

    def initial() -> Any:
        error = next(tries)
        if error:
            raise error
        return X

    weight = deferred(initial)
    with pytest.raises(ZeroDivisionError):
        weight.content()
    assert not weight.drawn
    assert np.array_equal(weight, X)


def test_an_initial_of_another_shape_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"late has shape \(2,\), cannot hold \(3,\)"):
        deferred(lambda: np.zeros(3)).content()


def test_an_integer_is_not_trained() -> None:
    count = Variable(3, name="count")
    with pytest.raises(DTypeError, match="count cannot be trained: int64 has no gradient"):
        count.trainable = True
    assert not count.trainable
    assert count.dtype == int64


def test_training_can_be_switched_off_and_on() -> None:
    weight = Variable(X, trainable=True)
    weight.trainable = False
    assert not (weight * 2.0).tracked
    weight.trainable = True
    assert set((weight * 2.0).sum().backward()) == {weight}


@pytest.mark.parametrize("ask", [np.asarray, float, bool, np.from_dlpack])
def test_its_numbers_are_not_to_be_had_while_recording(ask: Any) -> None:
    cell = Variable(1.0)

    def function(x: Tensor) -> Tensor:
        ask(cell)
        return x

    with pytest.raises(ValueUnknownError, match="is not known while"):
        record(function, [Spec((), float32)])


def test_a_copy_is_a_variable_of_its_own() -> None:
    weight = Variable(X, trainable=True)
    twin = copy.deepcopy(weight)
    twin.assign(X + 1)
    assert np.array_equal(weight, X)
    assert set((twin * 2.0).sum().backward()) == {twin}


def test_variables_are_told_apart_by_identity() -> None:
    one, other = Variable(X), Variable(X)
    assert len({one, other, one}) == 2


def test_a_content_that_is_not_known_cannot_be_kept() -> None:
    with pytest.raises(ValueUnknownError):
        record(Variable, [constant(X).spec])


def test_an_in_place_operator_is_refused_rather_than_lost() -> None:
    weight = Variable(1.0, name="weight")
    with pytest.raises(ChainruleError, match=r"leave weight as it is; write variable\.assign"):
        weight -= 0.5
    assert float(weight) == 1.0
