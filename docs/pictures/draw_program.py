"""Draws `program.svg`: one training step of a small network as the native program that it becomes.

    .venv/bin/python docs/pictures/draw_program.py      # after ./run has made .venv

The times in it are measured on the machine that draws it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn, optim

HERE = Path(__file__).resolve().parent

model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
optimizer = optim.Adam(model, learning_rate=1e-3)


@cr.compile
def step(x: Any, y: Any) -> Any:
    """Train on one batch."""
    prediction = model(x)
    loss = nn.cross_entropy(prediction, y)
    gradients = loss.backward()
    optimizer.step(gradients)
    return loss


if __name__ == "__main__":
    random = np.random.default_rng(0)
    step(random.standard_normal((32, 20), np.float32), random.integers(0, 2, 32))
    step.profile()
    step.plot(HERE / "program.svg")
