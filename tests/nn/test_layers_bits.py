"""Layers keep their bits: for any number of threads, and for a row alone or in a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from tests.run.compared import exactly, least_work

IMAGES = np.random.default_rng(1).standard_normal((5, 6, 4, 4)).astype(np.float32)
ROWS = np.random.default_rng(2).standard_normal((5, 7, 8)).astype(np.float32)

MODELS: dict[str, tuple[Callable[[], nn.Module], Any]] = {
    "normalization": (
        lambda: nn.Sequential(
            nn.BatchNorm2d(6),
            nn.GroupNorm(2, 6),
            nn.LayerNorm((6, 4, 4)),
            nn.RMSNorm(4),
            nn.LocalResponseNorm(3),
        ),
        IMAGES,
    ),
    "attention": (lambda: nn.TransformerEncoderLayer(8, 2, 16, norm_first=True), ROWS),
}


@pytest.mark.parametrize("name", MODELS)
def test_any_number_of_threads(name: str) -> None:
    make, x = MODELS[name]
    cr.seed(0)
    model = make()
    optimizer = optim.SGD(model, learning_rate=0.1)
    start = {variable: np.array(variable) for variable in model.variables()}

    @cr.compile
    def step(x: Any) -> Any:
        y = model(x)
        loss = cr.mean((y - x[:, ::-1]) ** 2)
        optimizer.step(loss.backward())
        return loss

    found = []
    for threads in (1, 2, 3):
        for variable, value in start.items():
            variable.assign(value)
        with exactly(threads), least_work(1):
            step(x)
        found.append([np.asarray(variable).tobytes() for variable in start])
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("name", MODELS)
def test_alone_or_in_a_batch(name: str) -> None:
    make, x = MODELS[name]
    cr.seed(0)
    predict = cr.compile(make().evaluate())
    whole = np.asarray(predict(x))
    assert np.asarray(predict(x[1:2])).tobytes() == whole[1:2].tobytes()
    assert np.asarray(predict(x[:3])).tobytes() == whole[:3].tobytes()
