"""What epochs are tried on: some rows, a training of which every step is random, and its calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

import chainrule as cr
from chainrule import nn, optim
from chainrule.array.structure import flatten
from chainrule.run.compile import Compiled

CHANCE = np.random.default_rng(5)
X = CHANCE.normal(size=(50, 6)).astype(np.float32)
LABELS = CHANCE.integers(0, 3, 50)


class Training(NamedTuple):
    """A network with dropout, Adam and a schedule; and its step, compiled."""

    model: nn.Sequential
    optimizer: optim.Optimizer
    step: Compiled

    def state(self) -> dict[str, np.ndarray]:
        """Weights, moments, random counters."""
        return {**self.model.state(), **self.optimizer.state()}


def training(device: str = "native", width: int = 8) -> Training:
    cr.seed(3)
    model = nn.Sequential(nn.Linear(6, width), nn.ReLU(), nn.Dropout(0.3), nn.Linear(width, 3))
    optimizer = optim.Adam(model, learning_rate=optim.Cosine(0.05, steps=100))

    def step(x: Any, y: Any) -> Any:
        prediction = model(x)
        loss = nn.cross_entropy(prediction, y)
        optimizer.step(loss.backward())
        return {"loss": loss, "more": (prediction, [cr.sum(prediction, axis=0)])}

    return Training(model, optimizer, cr.compile(step, device=device))


def by_calls(step: Compiled, data: Sequence[Any], batch_size: int, order: Any = None) -> list[Any]:
    """The results of one call a batch: numbers stacked, arrays joined."""
    rows = np.arange(len(data[0])) if order is None else np.asarray(order)
    batches = [rows[first : first + batch_size] for first in range(0, len(rows), batch_size)]
    taken = [flatten(step(*(np.asarray(x)[batch] for x in data)))[0] for batch in batches]
    return [
        np.concatenate([np.atleast_1d(np.asarray(part)) for part in parts])
        for parts in zip(*taken, strict=True)
    ]


def same(found: Sequence[Any], expected: Sequence[Any]) -> None:
    for a, b in zip(found, expected, strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_array_equal(a, b)


def same_state(one: Training, other: Training) -> None:
    for name, value in one.state().items():
        np.testing.assert_array_equal(value, other.state()[name], err_msg=name)
