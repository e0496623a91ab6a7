"""Weights and predictions have the same bits whatever the threads, the batch and the driving."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.run.native import Native
from tests.run.compared import exactly
from tests.run.trainings import WORKLOADS, Training, predictions

# The long version: CHAINRULE_STEPS=200.
STEPS = {name: int(os.environ.get("CHAINRULE_STEPS", "20")) for name in WORKLOADS}
STEPS |= {"W1": 200, "W2": int(os.environ.get("CHAINRULE_STEPS", "10"))}
THREADS = (1, 2, 3, 5, 8)
BATCHES = (1, 2, 3, 17, 64, 100)


@cache
def training(name: str) -> Training:
    return Training(WORKLOADS[name])


@pytest.mark.parametrize("name", WORKLOADS)
def test_any_number_of_threads_gives_the_same_weights(name: str) -> None:
    own = training(name)
    hashes = {}
    for count in THREADS:
        with exactly(count):
            hashes[count] = own.by_step(STEPS[name])
    assert len(set(hashes.values())) == 1, hashes
    assert isinstance(own.step.program.executor, Native)
    assert own.by_step(STEPS[name]) == hashes[1]


@pytest.mark.parametrize("name", WORKLOADS)
def test_an_epoch_gives_the_same_weights_as_its_steps(name: str) -> None:
    own = training(name)
    expected = own.by_step(STEPS[name])
    hashes = {}
    for count in THREADS:
        with exactly(count):
            hashes[count] = own.by_epoch(STEPS[name])
    assert set(hashes.values()) == {expected}, hashes


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_new_training_gives_the_same_weights(name: str) -> None:
    assert Training(WORKLOADS[name]).by_step(5) == training(name).by_step(5)


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_row_has_one_prediction_in_any_batch(name: str) -> None:
    predict = predictions(training(name).model)
    x = WORKLOADS[name].rows(max(BATCHES))
    whole = np.asarray(predict(x))
    assert isinstance(predict.program.executor, Native)
    for count in BATCHES:
        for first in range(0, len(x) - count + 1, max(count, 25)):
            rows = slice(first, first + count)
            found = np.asarray(predict(x[rows]))
            assert found.tobytes() == whole[rows].tobytes(), (count, first)


MOVED: dict[str, Callable[[Any], Any]] = {
    "as it is": lambda h: h,
    "an axis more, then less": lambda h: cr.reshape(h[:, :, None], (h.shape[0], -1)),
    "another axis in front": lambda h: cr.permute_dims(h[None], (2, 0, 1))[:, 0, :].mT,
    "backwards": lambda h: h[:, ::-1],
}


@pytest.mark.parametrize("moved", MOVED)
@pytest.mark.parametrize("turned", [False, True])
def test_a_row_of_moved_values_is_reduced_in_one_order(moved: str, turned: bool) -> None:
    drawn = np.random.default_rng(0).normal(size=(37, 20)).astype(np.float32)
    weights = cr.Variable(drawn if turned else drawn.T.copy())

    def row(x: Any) -> Any:
        return cr.softmax(MOVED[moved](x @ (weights.mT if turned else weights)), axis=-1)

    predict = cr.compile(row, device="native")
    x = np.random.default_rng(1).normal(size=(64, 20)).astype(np.float32)
    whole = np.asarray(predict(x))
    for count in (1, 2, 17):
        assert np.asarray(predict(x[:count])).tobytes() == whole[:count].tobytes(), count
