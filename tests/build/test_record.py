"""Recording: a function's graph, the variables that it reads and writes, what it looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from chainrule.array.dtype import float32, float64
from chainrule.build.interpret import Interpreter
from chainrule.build.leaf import Read, constant
from chainrule.build.record import looked_at, record, trace
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable, observer
from chainrule.derive.batch import vmap
from chainrule.derive.remember import checkpoint
from chainrule.errors import DTypeError, ShapeError, ValueUnknownError

SPEC = Spec((2,), float64)
X = np.array([1.0, 2.0])


def test_the_inputs_are_the_arguments_then_the_variables_read() -> None:
    weight, scale = Variable(X), Variable(2.0)
    recording = record(lambda x: x * weight * scale + weight, [SPEC])
    assert recording.reads == (weight, scale)
    assert [node.spec for node in recording.graph.inputs] == [SPEC, SPEC, Spec((), float32)]
    (found,) = Interpreter(recording.graph)([X, X, np.array(3.0, np.float32)])
    assert np.array_equal(found, X * X * 3.0 + X)


def test_the_outputs_are_the_results_then_the_new_contents() -> None:
    count = Variable(0.0)

    def function(x: Tensor) -> Any:
        count.assign(count + 1.0)
        return {"y": x * 2.0, "rest": [count * 1.0]}

    recording = record(function, [SPEC])
    assert recording.writes == (count,)
    y, seen, after = Interpreter(recording.graph)([X, np.array(5.0, np.float32)])
    assert np.array_equal(y, 2 * X)
    assert seen == after == 6.0
    assert float(count) == 0.0


def test_a_variable_read_after_it_was_written_has_the_new_content() -> None:
    cell = Variable(X)

    def function(x: Tensor) -> Any:
        before = cell * 1.0
        cell.assign(x)
        between = cell * 1.0
        cell.assign(cell + 1.0)
        return before, between, cell

    recording = record(function, [SPEC])
    before, between, after, content = Interpreter(recording.graph)([X + 5, X])
    assert np.array_equal(before, X)
    assert np.array_equal(between, X + 5)
    assert np.array_equal(after, X + 6)
    assert np.array_equal(content, X + 6)


def test_a_variable_written_before_it_was_read_is_no_input() -> None:
    cell = Variable(X)

    def function(x: Tensor) -> Any:
        cell.assign(x * 2.0)
        return cell + 1.0

    recording = record(function, [SPEC])
    assert recording.reads == ()
    assert recording.writes == (cell,)
    assert np.array_equal(Interpreter(recording.graph)([X])[0], 2 * X + 1)


def test_a_known_content_can_be_written() -> None:
    cell = Variable(X)

    def function(x: Tensor) -> Any:
        cell.assign(X * 3)
        return x

    recording = record(function, [SPEC])
    assert np.array_equal(Interpreter(recording.graph)([X])[1], 3 * X)
    assert np.array_equal(cell, X)


def test_writing_what_does_not_fit_is_refused_as_at_once() -> None:
    cell = Variable(X, name="cell")
    with pytest.raises(ShapeError, match="cell has shape"):
        record(cell.assign, [Spec((3,), float64)])
    with pytest.raises(DTypeError, match="cell holds float64"):
        record(cell.assign, [Spec((2,), float32)])


def test_one_read_stands_for_one_content() -> None:
    weight = Variable(X, trainable=True)

    def function(x: Tensor) -> Any:
        return (weight * x + weight).sum().backward()[weight]

    recording = record(function, [SPEC])
    assert np.array_equal(Interpreter(recording.graph)([X, X])[0], X + 1)
    assert [type(node.primitive) for node in recording.graph.inputs[1:]] == [Read]


def test_an_error_inside_ends_the_recording() -> None:
    weight = Variable(X)

    with pytest.raises(ZeroDivisionError):
        record(lambda x: x * (1 // 0), [SPEC])
    assert observer.get() is None
    assert (weight * 1.0).value is not None


def test_a_decision_on_numbers_is_refused_with_the_line() -> None:
    def function(x: Tensor) -> Any:
        return x if x.sum() > 0 else -x

    with pytest.raises(ValueUnknownError, match=r"made at test_record.py:\d+ .*cr\.where"):
        record(function, [SPEC])


def test_what_the_function_looked_at_guards_the_recording() -> None:
    mode = SimpleNamespace(training=True)

    def function(x: Tensor) -> Any:
        return x * 2.0 if looked_at(mode, "training", lambda: "mode") else x

    recording = record(function, [SPEC])
    assert recording.holds()
    assert recording.changes() == []
    mode.training = False
    assert not recording.holds()
    assert recording.changes() == ["mode: training was True, is False"]


def test_looking_outside_of_a_recording_is_free() -> None:
    assert looked_at(SPEC, "shape", lambda: "spec") == SPEC.shape


def test_switching_a_parameter_off_ends_the_recording() -> None:
    weight = Variable(X, trainable=True)
    recording = record(lambda x: x * weight, [SPEC])
    weight.trainable = False
    assert not recording.holds()


def test_a_trace_leaves_variables_outside() -> None:
    weight = Variable(X)
    graph, _ = trace(lambda x: x * weight, [SPEC])
    assert len(graph.inputs) == 1
    assert np.array_equal(Interpreter(graph)([X])[0], X * X)


def test_plain_results_are_constants() -> None:
    recording = record(lambda x: (1.0, np.ones(2), x), [SPEC])
    one, ones, x = Interpreter(recording.graph)([X])
    assert one == 1.0
    assert np.array_equal(ones, np.ones(2))
    assert np.array_equal(x, X)


def test_a_function_without_arguments() -> None:
    weight = Variable(X)
    recording = record(lambda: weight * 2.0, [])
    assert np.array_equal(Interpreter(recording.graph)([X])[0], 2 * X)


def test_a_function_may_return_nothing() -> None:
    cell = Variable(X)
    recording = record(cell.assign, [SPEC])
    assert len(recording.graph.outputs) == 1
    assert record(lambda x: {"loss": x, "rest": None}, [SPEC]).results.keys == ("loss", "rest")


@pytest.mark.parametrize("wrap", [vmap, checkpoint])
def test_what_a_transform_computes_gets_out_as_its_result_alone(wrap: Any) -> None:
    cell = Variable(X)

    def function(x: Tensor) -> Any:
        cell.assign(x * 2.0)
        return x

    recording = record(wrap(function), [Spec((2, 2), float64) if wrap is vmap else SPEC])
    with pytest.raises(ValueUnknownError, match=r"test_record.py:\d+ and computed from no input"):
        Interpreter(recording.graph)


def test_recording_changes_nothing() -> None:
    cell = Variable(X)
    content = cell.content()

    def function(x: Tensor) -> Any:
        cell.assign(x)
        return constant(X)

    record(function, [SPEC])
    assert cell.content() is content
