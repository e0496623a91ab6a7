"""A small training step to look into."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn, optim

BATCH, INPUTS, HIDDEN, CLASSES = 16, 20, 32, 4


def training_step(
    device: str = "native", batch: int = BATCH, hidden: int = HIDDEN
) -> tuple[Any, np.ndarray, np.ndarray]:
    """A compiled step that has run once, with its arguments."""
    cr.seed(0)
    model = nn.Sequential(nn.Linear(INPUTS, hidden), nn.ReLU(), nn.Linear(hidden, CLASSES))
    optimizer = optim.Adam(model)

    def step(x: Any, y: Any) -> Any:
        loss = nn.cross_entropy(model(x), y)
        optimizer.step(loss.backward())
        return loss

    compiled = cr.compile(step, device=device)
    random = np.random.default_rng(0)
    x = random.standard_normal((batch, INPUTS), np.float32)
    y = random.integers(0, CLASSES, batch)
    compiled(x, y)
    return compiled, x, y


@cache
def shown() -> Any:
    """A step to look at, the same for all: who profiles or calls one makes another."""
    return training_step()[0]
