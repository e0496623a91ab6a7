"""Compiled functions against the same functions called plainly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.errors import ChainruleError, OptionError, ShapeError, ValueUnknownError


def network() -> tuple[nn.Sequential, Any]:
    cr.seed(0)
    model = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 3))
    return model, optim.Adam(model, learning_rate=0.01)


def training_step(model: Any, optimizer: Any) -> Any:
    def step(x: Any, y: Any) -> Any:
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    return step


def batches(count: int, rows: int = 16) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    return [
        (rng.normal(size=(rows, 5)).astype(np.float32), rng.integers(0, 3, rows))
        for _ in range(count)
    ]


def test_training_compiled_is_training_plain_bit_for_bit() -> None:
    plain, compiled = network(), network()
    one = training_step(*plain)
    other = cr.compile(training_step(*compiled), device="numpy")
    for x, y in batches(20):
        assert float(one(x, y)) == float(other(x, y))
    for a, b in zip(plain[0].parameters(), compiled[0].parameters(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert len(other.recordings) == 1


def test_a_new_shape_records_again_and_says_why() -> None:
    step = cr.compile(training_step(*network()))
    for x, y in [*batches(2), *batches(1, rows=7), *batches(1)]:
        step(x, y)
    assert len(step.recordings) == 2
    assert "float32[7, 5]" in step.recordings[1]


def test_switching_between_training_and_evaluation_keeps_both_recordings() -> None:
    cr.seed(0)
    model = nn.Sequential(nn.Linear(4, 50), nn.Dropout(0.5))
    predict = cr.compile(model)
    x = np.ones((3, 4), np.float32)
    noisy = np.asarray(predict(x))
    model.evaluate()
    quiet = np.asarray(predict(x))
    model.train()
    predict(x)
    assert np.mean(noisy == 0) > 0.2
    assert not np.any(quiet == 0)
    np.testing.assert_array_equal(quiet, model.evaluate()(x))
    assert predict.recordings[1:] == ["layers.1, Dropout(0.5): training was True, is False"]


def test_holding_a_parameter_fixed_is_noticed() -> None:
    model, optimizer = network()
    step = cr.compile(training_step(model, optimizer))
    ((x, y),) = batches(1)
    step(x, y)
    first = model.parameters()[0]
    first.trainable = False
    before = np.array(first)
    step(x, y)
    np.testing.assert_array_equal(first, before)


def test_structures_and_keywords_go_in_and_out() -> None:
    @cr.compile
    def swap(pair: Any, *, scale: Any, negative: bool) -> Any:
        sign = -1.0 if negative else 1.0
        return {"sum": pair["a"] + pair["b"], "rest": (sign * scale * pair["b"], [pair["a"]])}

    out = swap({"a": np.float32(1), "b": np.float32(2)}, scale=10.0, negative=True)
    assert float(out["sum"]) == 3.0
    assert float(out["rest"][0]) == -20.0
    assert float(out["rest"][1][0]) == 1.0
    assert (
        float(swap({"a": np.float32(1), "b": np.float32(2)}, scale=10.0, negative=False)["rest"][0])
        == 20.0
    )
    assert len(swap.recordings) == 2


def test_numbers_are_inputs_not_constants() -> None:
    double = cr.compile(lambda x, rate: x * rate)
    assert float(double(3.0, 2.0)) == 6.0
    assert float(double(3.0, 5.0)) == 15.0
    assert len(double.recordings) == 1


def test_derivatives_pass_through_a_compiled_function() -> None:
    cube = cr.compile(lambda x: x * x * x)
    assert float(cr.grad(cube)(2.0)) == 12.0
    assert float(cr.grad(cr.compile(cr.grad(cube)))(2.0)) == 12.0
    np.testing.assert_array_equal(cr.vmap(cube)(np.arange(3.0)), np.arange(3.0) ** 3)


def test_several_updates_in_one_step_see_each_other() -> None:
    weight = cr.Variable(1.0, trainable=True, name="weight")

    def twice(rate: Any) -> Any:
        for _ in range(2):
            loss = weight * weight
            weight.assign(weight - rate * loss.backward()[weight])
        return weight * 1.0

    compiled = cr.compile(twice)
    assert float(compiled(0.25)) == pytest.approx(0.25)
    assert float(weight) == pytest.approx(0.25)


def test_asking_for_a_number_while_recording_names_the_line() -> None:
    @cr.compile
    def undecided(x: Any) -> Any:
        return x if x > 0 else -x

    with pytest.raises(ValueUnknownError, match=r"test_compile\.py:\d+.*use cr\.where"):
        undecided(1.0)


def test_an_error_while_recording_leaves_nothing_behind() -> None:
    model, _ = network()
    predict = cr.compile(model)
    before = [np.array(p) for p in model.parameters()]
    with pytest.raises(ShapeError):
        predict(np.ones((2, 6), np.float32))
    for array, parameter in zip(before, model.parameters(), strict=True):
        np.testing.assert_array_equal(array, parameter)
    assert predict(np.ones((2, 5), np.float32)).shape == (2, 3)


def test_the_graph_can_be_read() -> None:
    step = cr.compile(training_step(*network()))
    with pytest.raises(ChainruleError, match="has not been called yet"):
        _ = step.graph
    step(*batches(1)[0])
    text = str(step.graph)
    assert "MatMul" in text
    assert "test_compile.py" in text
    assert "Linear(5, 8)" in text


def test_something_that_cannot_be_called_is_refused() -> None:
    with pytest.raises(OptionError, match="compile takes a function"):
        cr.compile(3)  # type: ignore[arg-type]


def test_python_numbers_take_the_type_of_what_they_meet() -> None:
    product = cr.compile(lambda x, k: x * k)
    assert float(product(np.ones(1), 0.1)[0]) == 0.1
    assert product(np.ones(1, np.int32), 2).dtype == np.int32
    assert product(np.ones(1, np.float32), 2).dtype == np.float32
    alone = cr.compile(lambda k: (cr.exp(k), cr.reshape(k, (1,))))
    assert [y.dtype for y in alone(0.5)] == [np.float32, np.float32]


def test_a_tensor_with_gradients_is_no_constant_of_a_compiled_function() -> None:
    held: dict[str, Any] = {}
    compiled = cr.compile(lambda x: x * held["weight"])

    def loss(weight: Any) -> Any:
        held["weight"] = weight
        return compiled(3.0)

    with pytest.raises(ChainruleError, match="give it to the function as an argument"):
        cr.grad(loss)(2.0)


def test_a_method_is_compiled_for_each_instance() -> None:
    class Scale:
        def __init__(self, factor: float) -> None:
            self.factor = factor

        @cr.compile
        def times(self, x: Any) -> Any:
            return x * self.factor

    two, three = Scale(2.0), Scale(3.0)
    assert [float(scale.times(1.0)) for scale in (two, three, two)] == [2.0, 3.0, 2.0]
    assert two.times.recordings == two.times.recordings[:1]


def test_an_error_while_running_names_the_line() -> None:
    pick = cr.compile(cr.take)
    with pytest.raises(cr.DataError, match=r"outside axis 0.*\(at "):
        pick(np.ones(3), np.array([5]))


def test_each_reason_for_recording_again_is_named() -> None:
    model, optimizer = network()
    step = cr.compile(training_step(model, optimizer))
    ((x, y),) = batches(1)
    step(x, y)
    model.parameters()[1].trainable = False
    step(x, y)
    optimizer.learning_rate = optim.Constant(0.25)
    step(x, y)
    step(x, y)
    first, frozen, schedule = step.recordings
    assert first.startswith("first call with (float32[16, 5]")
    assert frozen.endswith("bias: trainable was True, is False")
    assert schedule.startswith("Adam: schedule was None, is Constant(")


def test_keywords_are_told_from_a_dictionary_and_from_each_other() -> None:
    difference = cr.compile(lambda a, b=None, **rest: a - (b["c"] if rest == {} else rest["c"]))
    assert float(difference(3.0, {"c": 1.0})) == 2.0
    assert float(difference(3.0, c=2.0)) == 1.0
    minus = cr.compile(lambda a, b: a - b)
    assert [float(minus(5.0, 2.0)), float(minus(b=5.0, a=2.0)), float(minus(a=5.0, b=2.0))] == [
        *(3.0, -3.0, 3.0)
    ]


@pytest.mark.parametrize("device", ["numpy", "native"])
@pytest.mark.parametrize("rows", [3, 5000])
def test_an_argument_is_only_looked_at(device: str, rows: int) -> None:
    cell = cr.Variable(np.zeros((rows, 4), np.float32))

    def function(x: Any) -> Any:
        cell.assign(x)
        return x, cr.reshape(x, (-1,)), x[1:], x + 1.0

    compiled = cr.compile(function, device=device)
    x = np.arange(rows * 4, dtype=np.float32).reshape(rows, 4)
    for offset in (0.0, 7.0):
        expected = np.arange(rows * 4, dtype=np.float32).reshape(rows, 4) + np.float32(offset)
        x[...] = expected
        same, flat, tail, more = compiled(x)
        assert x.flags.writeable
        x[...] = -1.0
        np.testing.assert_array_equal(same, expected)
        np.testing.assert_array_equal(flat, expected.ravel())
        np.testing.assert_array_equal(tail, expected[1:])
        np.testing.assert_array_equal(more, expected + 1)
        np.testing.assert_array_equal(cell, expected)


@pytest.mark.parametrize("device", ["numpy", "native"])
@pytest.mark.parametrize("rows", [3, 5000])
def test_an_argument_may_lie_in_memory_as_it_likes(device: str, rows: int) -> None:
    double = cr.compile(lambda x: x * 2.0, device=device)
    x = np.arange(rows * 4, dtype=np.float32).reshape(rows, 4)
    fixed = x.copy()
    fixed.flags.writeable = False
    misaligned = np.frombuffer(b"-" + x.tobytes(), np.float32, rows * 4, 1).reshape(rows, 4)
    apart = np.repeat(x, 2, axis=1)[:, ::2]
    kinds = [x, fixed, misaligned, apart, np.asfortranarray(x), x.astype(">f4"), cr.asarray(x)]
    for like in (*kinds, x.view(np.ma.MaskedArray)):
        result = np.asarray(double(like))
        np.testing.assert_array_equal(result, x * 2)
        assert not result.flags.writeable
    assert len(double.recordings) == 1
    with pytest.raises(cr.DTypeError, match="no data type complex"):
        double(x.astype(complex))


def test_a_number_too_large_is_refused() -> None:
    double = cr.compile(lambda x: x * 2, device="native")
    assert int(double(3)) == 6
    with pytest.raises(cr.DTypeError, match="does not fit"):
        double(2**70)


def test_a_result_comes_from_the_line_that_made_it() -> None:
    double = cr.compile(lambda x: x * 2.0)
    line = double.function.__code__.co_firstlineno
    assert (double(1.0).source.line, double(1.0).source.layers) == (line, ())
