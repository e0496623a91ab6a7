"""An epoch against the same function called on one batch after the other, bit for bit."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from threading import Timer
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.array.structure import flatten
from chainrule.errors import ChainruleError, DataError, OptionError
from chainrule.run.epoch import Part
from chainrule.run.native import Native
from chainrule.run.threads import set_threads
from tests.run.epochs import LABELS, X, by_calls, same, same_state, training

CHANCE = np.random.default_rng(6)


@pytest.fixture(params=["native", "numpy"])
def device(request: pytest.FixtureRequest) -> str:
    return str(request.param)


PERMUTED = CHANCE.permutation(50)
ORDERS = {
    "whole batches": (10, None),
    "a ragged last batch": (16, None),
    "one row at a time": (1, None),
    "more in a batch than there are": (64, None),
    "another order": (16, PERMUTED),
    "rows left out, and rows twice": (4, [49, 0, 0, 7, 7, 7, 31, 2, 49, 11]),
    "rows as small integers": (3, np.array([5, 4, 3, 2, 1], np.uint8)),
}


@pytest.mark.parametrize("name", ORDERS)
def test_an_epoch_is_its_calls(name: str, device: str) -> None:
    batch_size, order = ORDERS[name]
    one, other = training(device), training(device)
    for _ in range(2):
        found = one.step.epoch(X, LABELS, batch_size=batch_size, order=order)
        same(flatten(found)[0], by_calls(other.step, (X, LABELS), batch_size, order))
        same_state(one, other)
    assert isinstance(one.step.program.executor, Native) == (device == "native")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_an_epoch_is_its_calls_on_any_number_of_threads(count: int) -> None:
    one, other = training(width=200), training(width=200)
    order = CHANCE.integers(0, 50, 640)
    set_threads(count, exact=True)
    try:
        found = one.step.epoch(X, LABELS, batch_size=64, order=order)
    finally:
        set_threads(None)
    same(flatten(found)[0], by_calls(other.step, (X, LABELS), 64, order))
    same_state(one, other)


def test_a_whole_epoch_compiles_once() -> None:
    own = training()
    for _ in range(3):
        own.step.epoch(X, LABELS, batch_size=16, order=CHANCE.permutation(50))
    assert own.step.recordings == [
        "first call with (float32[16, 6], int64[16]) and first call with (float32[2, 6], int64[2])"
    ]
    by_calls(own.step, (X, LABELS), 16)
    assert len(own.step.recordings) == 1


def test_results_of_any_structure(device: str) -> None:
    def function(x: Any) -> Any:
        return None, {"number": cr.sum(x), "row": x[0], "all": [x, x > 0, 7]}, x[:, :0]

    compiled = cr.compile(function, device=device)
    x = np.arange(10, dtype=np.float32).reshape(5, 2)
    nothing, named, empty = compiled.epoch(x, batch_size=2)
    assert nothing is None
    np.testing.assert_array_equal(named["number"], [6.0, 22.0, 17.0])
    np.testing.assert_array_equal(named["row"], [0, 1, 4, 5, 8, 9])
    np.testing.assert_array_equal(named["all"][0], x)
    np.testing.assert_array_equal(named["all"][1], x > 0)
    np.testing.assert_array_equal(named["all"][2], [7, 7, 7])
    assert empty.shape == (5, 0)
    assert cr.compile(lambda x: None, device=device).epoch(x) is None


def test_results_are_nobody_elses_memory(device: str) -> None:
    compiled = cr.compile(lambda x: x, device=device)
    x = np.ones((5, 2), np.float32)
    found = compiled.epoch(x, batch_size=2)
    x[...] = 7.0
    compiled.epoch(x, batch_size=2)
    np.testing.assert_array_equal(found, np.ones((5, 2)))


KINDS: dict[str, Callable[[Any], Any]] = {
    "columns first": np.asfortranarray,
    "every other row": lambda x: np.repeat(x, 2, axis=0)[::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "not aligned": lambda x: np.frombuffer(b"-" + x.tobytes(), x.dtype, -1, 1).reshape(x.shape),
    "read only": lambda x: np.broadcast_to(x, x.shape),
    "of other bytes": lambda x: x.astype(x.dtype.newbyteorder()),
    "a tensor": cr.asarray,
    "a variable": cr.Variable,
    "lists": lambda x: x.tolist(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_data_may_lie_in_memory_as_it_likes(kind: str, device: str) -> None:
    compiled = cr.compile(lambda x, y: (x, y + 1), device=device)
    found = compiled.epoch(*map(KINDS[kind], (X, LABELS)), batch_size=16, order=PERMUTED)
    same(found, [X[PERMUTED], LABELS[PERMUTED] + 1])


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "uint32", "int64", "float64"])
def test_rows_of_any_type_and_shape(dtype: str, device: str) -> None:
    x = CHANCE.integers(0, 2, (13, 3, 2)).astype(dtype)
    one = np.arange(13).astype(dtype)
    compiled = cr.compile(lambda a, b: (a, b, a[:, 0, 0] == b), device=device)
    order = CHANCE.permutation(13)
    found = compiled.epoch(x, one, batch_size=5, order=order)
    same(found, [x[order], one[order], (x[:, 0, 0] == one)[order]])


def test_a_step_without_arguments_for_its_rows(device: str) -> None:
    count = cr.Variable(0)

    step = cr.compile(lambda x: count.assign(count + 1), device=device)
    step.epoch(np.ones((7, 0), np.float32), batch_size=2)
    assert int(count) == 4


def test_what_python_changes_between_parts_counts_from_the_next_part(device: str) -> None:
    one, other = training(device), training(device)
    order = PERMUTED[:48]
    for number, part in enumerate(one.step.parts(X, LABELS, batch_size=8, order=order, longest=1)):
        rows = order[8 * number : 8 * number + 8]
        same(flatten(part.results)[0], by_calls(other.step, (X[rows], LABELS[rows]), 8))
        assert part[:2] == (1, 8)
        for own in (one, other):
            if number == 1:
                own.model.evaluate()
            if number == 3:
                own.model.train()
                own.model.parameters()[0].assign(np.ones((8, 6), np.float32))
    same_state(one, other)
    assert number == 5
    assert one.step.recordings[1:] == ["layers.2, Dropout(0.3): training was True, is False"]


def test_parts_are_the_epoch_and_not_longer_than_wanted(device: str) -> None:
    one, other = training(device), training(device)
    parts = list(one.step.parts(X, LABELS, batch_size=3, longest=4))
    assert sum(part.steps for part in parts) == 17
    assert sum(part.rows for part in parts) == 50
    assert max(part.steps for part in parts) <= 4
    whole = flatten(other.step.epoch(X, LABELS, batch_size=3))[0]
    joined = zip(*(flatten(part.results)[0] for part in parts), strict=True)
    same([np.concatenate(column) for column in joined], whole)
    same_state(one, other)


def test_parts_that_nobody_takes_are_not_done(device: str) -> None:
    count = cr.Variable(0)
    step = cr.compile(lambda x: count.assign(count + 1), device=device)
    taken = step.parts(X, batch_size=5, longest=2)
    assert int(count) == 0
    assert [next(taken).steps, next(taken).steps, int(count)] == [1, 2, 3]
    step.epoch(X, batch_size=5)
    assert int(count) == 13


REFUSED: dict[str, tuple[tuple[Any, ...], dict[str, Any], type[Exception], str]] = {
    "rows differ": ((X, LABELS[:49]), {}, DataError, r"same number of rows, .*\(50, 6\), \(49,\)"),
    "a number": ((X, 3.0), {}, DataError, r"got shapes \(50, 6\), \(\)"),
    "no data": ((), {}, DataError, "arrays with rows, got nothing"),
    "no rows": ((X[:0], LABELS[:0]), {}, DataError, "at least one row"),
    "text": (("rows", LABELS), {}, cr.DTypeError, "no data type"),
    "too far": ((X, LABELS), {"order": [0, 50]}, DataError, "names row 50, .* rows 0 to 49"),
    "negative": ((X, LABELS), {"order": [-1]}, DataError, "names row -1"),
    "nothing to do": ((X, LABELS), {"order": []}, DataError, "order names no row"),
    "fractions": ((X, LABELS), {"order": [0.0]}, DataError, "line of row numbers, got float64"),
    "a mask": ((X, LABELS), {"order": X[:, 0] > 0}, DataError, "line of row numbers, got bool"),
    "a table": ((X, LABELS), {"order": [[0]]}, DataError, r"of shape \(1, 1\)"),
    "batches of none": ((X, LABELS), {"batch_size": 0}, OptionError, "from 1 up, got 0"),
    "half a batch": ((X, LABELS), {"batch_size": 0.5}, OptionError, "from 1 up, got 0.5"),
    "truth": ((X, LABELS), {"batch_size": True}, OptionError, "from 1 up, got True"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_before_the_first_step(name: str) -> None:
    data, options, error, message = REFUSED[name]
    own = training()
    with pytest.raises(error, match=message):
        own.step.epoch(*data, **options)
    assert own.step.recordings == []


@pytest.mark.parametrize("longest", [0, -1, 1.5, True])
def test_the_longest_part_has_a_step(longest: Any) -> None:
    own = training()
    with pytest.raises(OptionError, match=f"longest is a number of steps .* got {longest}"):
        own.step.parts(X, LABELS, longest=longest)
    assert own.step.recordings == []


def test_an_epoch_has_no_derivative_and_no_recording() -> None:
    double = cr.compile(lambda x: 2.0 * x)
    with pytest.raises(ChainruleError, match="not part of a derivative"):
        cr.grad(lambda x: cr.sum(double.epoch(x)))(np.ones(3))
    with pytest.raises(ChainruleError, match="inside a recording, write the calls"):
        cr.compile(double.epoch)(np.ones(3))


def test_a_label_out_of_range_stops_the_epoch_at_its_step(device: str) -> None:
    labels = LABELS.copy()
    labels[37] = 3
    one, other, alone = (training(device) for _ in range(3))
    with pytest.raises(DataError) as error:
        one.step.epoch(X, labels, batch_size=4)
    by_calls(other.step, (X[:36], labels[:36]), 4)
    same_state(one, other)
    with pytest.raises(DataError) as expected:
        alone.step(X[36:40], labels[36:40])
    assert str(error.value) == str(expected.value)
    assert "3" in str(error.value)
    one.step.epoch(X, LABELS, batch_size=4)
    by_calls(other.step, (X, LABELS), 4)
    same_state(one, other)


def test_data_that_changes_meanwhile_is_found_out() -> None:
    labels = np.where(np.arange(4) == 2, 9, 0)
    own = training()
    own.step.epoch(X[:4], labels % 3, batch_size=1)
    native = own.step.program.executor
    assert isinstance(native, Native)
    native._interpreted = lambda rows: []  # it finds the label as it should be
    with pytest.raises(ChainruleError, match=r"step 2 found an index .* do not write to data"):
        own.step.epoch(X[:4], labels, batch_size=1)


def interrupted(parts: Iterator[Part]) -> Iterator[Part]:
    """The parts, and Ctrl-C a little later than the first."""
    yield next(parts)
    Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    yield from parts


def test_ctrl_c_ends_an_epoch_and_what_was_done_is_known() -> None:
    total, count = cr.Variable(np.zeros((64, 64), np.float32)), cr.Variable(0)

    @cr.compile
    def step(x: Any) -> None:
        total.assign(cr.tanh(total @ total + x))
        count.assign(count + 1)

    x = np.ones((4, 64), np.float32)
    step.epoch(x, batch_size=1)
    order = np.zeros(4_000_000, np.int64)
    parts = interrupted(step.parts(x, batch_size=1, order=order))
    seen: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(int(count) for _ in parts)
    done = int(count)
    assert 4 < done < len(order)
    step.epoch(x, batch_size=1, order=order[:5])
    assert int(count) == done + 5
