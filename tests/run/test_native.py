"""What a native program promises beside the numbers: nothing half-written, shared, kept alive."""

from __future__ import annotations

import gc
import weakref
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.primitives.elementwise import Real
from chainrule.errors import DataError
from chainrule.run.native import Native
from tests.derive.dead_branches import CASES, Case
from tests.derive.test_dead_branches import TOLERANCE, check, gradient_summed, summed

Pair = tuple[np.ndarray, np.ndarray]


def native(function: Any) -> Any:
    return cr.compile(function, device="native")


def is_native(compiled: Any) -> bool:
    return isinstance(compiled.program.executor, Native)


def network(*lengths: int, activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    cr.seed(0)
    layers: list[Any] = []
    for inputs, outputs in pairwise(lengths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def batch(rows: int, inputs: int, classes: int) -> Pair:
    rng = np.random.default_rng(0)
    return rng.normal(size=(rows, inputs)).astype(np.float32), rng.integers(0, classes, rows)


def trained(model: Any, optimizer: Any, rows: int, device: str) -> tuple[list[np.ndarray], Any]:
    """The parameters and the losses of 20 steps on one batch."""

    def step(x: Any, y: Any) -> Any:
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    compiled = cr.compile(step, device=device)
    first, *_, last = model.parameters()
    x, y = batch(rows, first.shape[1], last.shape[0])
    losses = [float(compiled(x, y)) for _ in range(20)]
    assert is_native(compiled) == (device == "native")
    return [np.asarray(parameter) for parameter in model.parameters()], losses


def close(found: np.ndarray, expected: np.ndarray) -> None:
    largest = float(np.abs(expected).max())
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * largest)


SMALL, LARGE = (20, 64, 64, 2), (784, 512, 512, 10)


# A pre-activation that rounding carries over the kink of a ReLU changes that unit's gradient, and
# Adam makes steps of full size of the smallest gradients: the large network is smooth, under SGD.
@pytest.mark.parametrize(
    ("lengths", "rows", "activation", "optimizer"),
    [
        (SMALL, 32, nn.ReLU, lambda m: optim.Adam(m, learning_rate=1e-3)),
        (LARGE, 128, nn.Tanh, lambda m: optim.SGD(m, learning_rate=0.05, momentum=0.9)),
    ],
)
def test_training_follows_the_interpreter(
    lengths: tuple[int, ...], rows: int, activation: Any, optimizer: Any
) -> None:
    models = [network(*lengths, activation=activation) for _ in range(2)]
    expected, losses = trained(models[0], optimizer(models[0]), rows, "numpy")
    found, others = trained(models[1], optimizer(models[1]), rows, "native")
    np.testing.assert_allclose(others, losses, rtol=1e-4)
    for a, b in zip(expected, found, strict=True):
        close(b, a)


@pytest.mark.parametrize(("lengths", "rows"), [(SMALL, 32), (LARGE, 128)])
def test_training_repeats_itself_bit_for_bit(lengths: tuple[int, ...], rows: int) -> None:
    runs = []
    for _ in range(2):
        model = network(*lengths)
        runs.append(trained(model, optim.Adam(model, learning_rate=1e-3), rows, "native"))
    assert runs[0][1] == runs[1][1]
    for a, b in zip(runs[0][0], runs[1][0], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("lengths", [SMALL, LARGE, (7, 13, 3)])
def test_a_row_alone_is_the_row_in_a_batch(lengths: tuple[int, ...]) -> None:
    model = network(*lengths)
    predict = native(model)
    x, _ = batch(128, lengths[0], lengths[-1])
    whole = np.asarray(predict(x))
    assert is_native(predict)
    for row in (0, 1, 64, 127):
        np.testing.assert_array_equal(np.asarray(predict(x[row : row + 1]))[0], whole[row])
    np.testing.assert_array_equal(np.asarray(predict(x[3:36])), whole[3:36])


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_dead_branches(case: Case, dtype: Any) -> None:
    gradient = native(cr.grad(summed(case)))
    check(gradient(case.point(dtype)), case.gradient, dtype)
    assert is_native(gradient) or case.name == "sinc", gradient.kernels


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("case", [case for case in CASES if case.second is not None], ids=str)
def test_dead_branches_to_the_second_order(case: Case, dtype: Any) -> None:
    gradient = native(cr.grad(gradient_summed(case)))
    check(gradient(case.point(dtype)), case.second, dtype)
    assert is_native(gradient), gradient.kernels


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_dead_branches_in_a_training_step(case: Case, dtype: Any) -> None:
    x = case.point(dtype)
    weight, scale = cr.Variable(x, trainable=True), cr.Variable(np.array(2, dtype), trainable=True)
    used = cr.Variable(np.zeros_like(x))

    @native
    def step(offset: Any) -> Any:
        loss = summed(case)(weight) + cr.square(scale * offset)
        gradients = loss.backward()
        used.assign(gradients.get(weight, np.zeros_like(x)))
        scale.assign(scale - 0.1 * gradients[scale])
        return loss

    step(np.array(3, dtype))
    check(used, case.gradient, dtype)
    assert float(scale) == pytest.approx(2.0 - 0.1 * 36.0)
    assert is_native(step) or case.name == "sinc", step.kernels


def test_rows_that_are_not_numbers_leave_no_trace() -> None:
    rng = np.random.default_rng(0)
    x, target = rng.normal(size=(9, 5)), rng.normal(size=(9, 37))
    x[3], x[7, 2] = np.nan, np.inf
    kept = np.array([0, 1, 2, 4, 5, 6, 8])
    mask = np.isin(np.arange(9), kept)
    weight = cr.Variable(rng.normal(size=(5, 37)), trainable=True)

    def gradient(x: Any, target: Any, mask: Any) -> Any:
        error = cr.where(mask[:, None], cr.square(cr.tanh(x @ weight) - target), 0.0)
        return cr.sum(error).backward()[weight]

    compiled = native(gradient)
    found = np.asarray(compiled(x, target, mask))
    rest = gradient(cr.asarray(x[kept]), cr.asarray(target[kept]), cr.asarray(mask[kept]))
    np.testing.assert_allclose(found, np.asarray(rest), rtol=1e-12, atol=1e-12)
    assert is_native(compiled)


@pytest.mark.parametrize("label", [10, -1, 2**40])
def test_a_label_out_of_range_is_named_and_nothing_is_written(label: int) -> None:
    model = network(20, 16, 10)
    optimizer = optim.Adam(model, learning_rate=1e-3)

    @native
    def step(x: Any, y: Any) -> Any:
        seen.assign(seen + 1)
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    seen = cr.Variable(0)
    x, y = batch(8, 20, 10)
    step(x, y)
    cells = [seen, *step.program.recording.writes]
    before = [np.asarray(cell) for cell in cells]
    y[5] = label
    with pytest.raises(DataError, match=str(label)):
        step(x, y)
    for cell, old in zip(cells, before, strict=True):
        np.testing.assert_array_equal(np.asarray(cell), old)
    assert is_native(step)
    y[5] = 0
    step(x, y)
    assert int(seen) == 2


def test_labels_of_every_integer_type_are_checked() -> None:
    pick = native(lambda x, i: cr.take(x, i, axis=0))
    x = np.arange(5.0)
    for dtype in (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64):
        np.testing.assert_array_equal(np.asarray(pick(x, np.array([4, 0], dtype))), [4.0, 0.0])
        with pytest.raises(DataError, match="is outside axis"):
            pick(x, np.array([0, np.iinfo(dtype).max], dtype))
    np.testing.assert_array_equal(np.asarray(pick(x, np.array([-1, -5], np.int8))), [4.0, 0.0])
    with pytest.raises(DataError, match="is outside axis"):
        pick(np.zeros(0), np.array([0]))
    assert is_native(pick)


@pytest.mark.parametrize("count", [511, 8192, 16384, 16385, 1_000_003])
def test_a_long_sum_does_not_lose_small_numbers(count: int) -> None:
    x = np.full(count, 0.1, np.float32)
    x[count // 2] = 5.0
    exact = float(x.sum(dtype=np.float64))
    compiled = native(lambda x: (cr.sum(x), cr.max(x)))
    total, largest = compiled(x)
    assert float(total) == pytest.approx(exact, rel=2e-5)
    assert float(largest) == 5.0


def test_results_that_are_inputs_or_constants() -> None:
    table = np.arange(6.0).reshape(2, 3)
    compiled = native(lambda x: (x, table, 3.0, x.T, x))
    x = np.ones((2, 3), np.float32)
    found = [np.asarray(value) for value in compiled(x)]
    for value, expected in zip(found, (x, table, 3.0, x.T, x), strict=True):
        np.testing.assert_array_equal(value, expected)
        assert not np.shares_memory(value, x)
        assert not np.shares_memory(value, table)


def test_arrays_that_do_not_lie_in_rows() -> None:
    compiled = native(lambda x: x * 2.0)
    x = np.arange(24.0, dtype=np.float32).reshape(4, 6)
    shifted = np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view(np.float32).reshape(4, 6)
    for given in (x[::2, ::-1], x[:2].T.reshape(6, 2).T, shifted[:2]):
        np.testing.assert_array_equal(np.asarray(compiled(given)), given * 2)


def test_an_operation_without_a_kernel_is_interpreted_and_says_so() -> None:
    class Halved(Real, abstract=True):
        def evaluate(self, x: Any) -> Any:
            return x / 2

    compiled = native(lambda x: Halved()(x) + 1)
    np.testing.assert_array_equal(np.asarray(compiled(np.array([3.0, 1.0]))), [2.5, 1.5])
    assert not is_native(compiled)
    assert "Halved has no native kernel yet" in str(compiled.kernels)


def test_a_program_goes_when_its_function_goes() -> None:
    weight = cr.Variable(np.full(1000, 0.001, np.float32), trainable=True)
    compiled = native(lambda x: cr.sum(cr.exp(x @ weight)).backward()[weight])
    result = compiled(np.ones((3, 1000), np.float32))
    executor = compiled.program.executor
    held = [weakref.ref(x) for x in (executor, executor.code, executor._memory)]
    del compiled, executor
    gc.collect()
    assert [reference() for reference in held] == [None, None, None]
    assert np.isfinite(np.asarray(result)).all()
