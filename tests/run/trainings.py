"""Training steps whose bits must not depend on how they are driven, and how to drive them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import pairwise
from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn, optim
from chainrule.run.compile import Compiled

Model = Callable[[Any], Any]


@dataclass(frozen=True)
class Workload:
    """A model on batches of rows: its `inputs` are numbers, or words of a language of so many."""

    inputs: int
    classes: int
    batch: int
    model: Callable[[], Any]
    optimizer: Callable[[Any], optim.Optimizer]
    words: int = 0

    def rows(self, count: int, seed: int = 0) -> np.ndarray:
        """Rows for the model, the same for the same seed."""
        rng = np.random.default_rng(seed)
        if self.words:
            return rng.integers(0, self.words, (count, self.inputs))
        return rng.normal(size=(count, self.inputs)).astype(np.float32)

    def labels(self, count: int) -> np.ndarray:
        return np.random.default_rng(1).integers(0, self.classes, count)


class Training:
    """A workload's step, compiled once; every course of training begins where the first did."""

    def __init__(self, workload: Workload) -> None:
        cr.seed(0)
        self.workload, model = workload, workload.model()
        optimizer = workload.optimizer(model)

        def step(x: Any, y: Any) -> Any:
            loss = nn.cross_entropy(model(x), y)
            optimizer.step(loss.backward())
            return loss

        self.model, self.step = model, cr.compile(step, device="native")
        self.step(workload.rows(workload.batch), workload.labels(workload.batch))
        recording = self.step.program.recording
        self.cells = list(dict.fromkeys((*recording.reads, *recording.writes)))
        self.start = [np.array(cell) for cell in self.cells]

    def batches(self, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows, labels, and the order in which the steps take them."""
        count = 4 * self.workload.batch + 3
        order = np.random.default_rng(2).integers(0, count, steps * self.workload.batch)
        return self.workload.rows(count), self.workload.labels(count), order

    def _begin(self) -> None:
        for cell, value in zip(self.cells, self.start, strict=True):
            cell.assign(value)

    def by_step(self, steps: int) -> str:
        """Train by one call a step; return the hash of weights, moments and losses."""
        x, y, order = self.batches(steps)
        self._begin()
        taken = order.reshape(steps, -1)
        losses = [np.asarray(self.step(x[rows], y[rows])) for rows in taken]
        return self._hash(np.stack(losses))

    def by_epoch(self, steps: int) -> str:
        """Train in one call; return the hash of weights, moments and losses."""
        x, y, order = self.batches(steps)
        self._begin()
        losses = self.step.epoch(x, y, batch_size=self.workload.batch, order=order)
        return self._hash(np.asarray(losses))

    def _hash(self, losses: np.ndarray) -> str:
        assert np.isfinite(losses).all()
        found = sha256(losses.tobytes())
        for cell, before in zip(self.cells, self.start, strict=True):
            after = np.asarray(cell)
            assert after.size == 0 or not np.array_equal(after, before) or cell.name == CONSTANT
            found.update(after.tobytes())
        return found.hexdigest()


CONSTANT = "learning_rate"


def predictions(model: Any) -> Compiled:
    """The model as a program that predicts."""
    model.evaluate()
    return cr.compile(model, device="native")


def mlp(*sizes: int, activation: Callable[[], Any] = nn.ReLU) -> nn.Sequential:
    """Linear layers with an activation between."""
    layers: list[Any] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


class Normalized(nn.Module):
    """Each row less its mean, over its standard deviation; and tanh."""

    def forward(self, x: Any) -> Any:
        centered = x - cr.mean(x, axis=-1, keepdims=True)
        return cr.tanh(centered * cr.rsqrt(cr.var(x, axis=-1, keepdims=True) + 1e-5))


class Words(nn.Module):
    """Each word becomes `width` numbers; the words of a row side by side."""

    def __init__(self, words: int, width: int) -> None:
        drawn = np.random.default_rng(3).normal(size=(words, width))
        self.table = cr.Variable(drawn.astype(np.float32), trainable=True)

    def forward(self, x: Any) -> Any:
        found = cr.take(self.table, x, axis=0)
        return cr.reshape(found, (found.shape[0], -1))


def _dropout() -> nn.Sequential:
    return nn.Sequential(
        *(nn.Linear(30, 100), nn.ReLU(), nn.Dropout(0.3)),
        *(nn.Linear(100, 65), nn.ReLU(), nn.Dropout(0.5), nn.Linear(65, 3)),
    )


def _attention() -> nn.Sequential:
    return nn.Sequential(Words(50, 12), nn.Linear(96, 70), nn.GELU(), nn.Linear(70, 50))


adam = partial(optim.Adam, learning_rate=1e-3)
clipped = partial(
    optim.AdamW,
    learning_rate=1e-3,
    weight_decay=0.1,
    gradient_transform=partial(optim.clip_by_global_norm, limit=0.5),
)
WORKLOADS = {
    "W1": Workload(20, 2, 32, lambda: mlp(20, 64, 64, 2), adam),
    "W2": Workload(784, 10, 128, lambda: mlp(784, 512, 512, 10), adam),
    "dropout": Workload(30, 3, 50, _dropout, partial(optim.SGD, learning_rate=0.1, momentum=0.9)),
    "normalized": Workload(17, 5, 64, lambda: mlp(17, 100, 63, 5, activation=Normalized), adam),
    "clipped": Workload(20, 7, 100, lambda: mlp(20, 96, 33, 7, activation=nn.Tanh), clipped),
    "words": Workload(8, 50, 33, _attention, partial(optim.RMSprop, learning_rate=1e-3), words=50),
}
