"""Small trainers: one that fits a plane by least squares, one that tells two classes apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.random import Generator
from chainrule.train.history import History
from chainrule.train.trainer import Trainer

Array = NDArray[Any]
CHANCE = np.random.default_rng(0)
X = CHANCE.normal(size=(50, 3))
Y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3
LABELS = (X[:, 0] > 0).astype(np.int64)


def quiet(trainer: Trainer, *data: Any, **options: Any) -> History:
    return trainer.fit(*data, progress=False, generator=Generator(7), **options)


def line(dtype: Any = np.float64) -> nn.Linear:
    model = nn.Linear(3, 1, dtype=dtype)
    model.weight.assign(np.zeros((1, 3), dtype))
    return model


def linear_trainer(rate: float = 0.1, **options: Any) -> Trainer:
    model = line()
    optimizer = optim.SGD(model, learning_rate=rate)
    return Trainer(model, loss=nn.mse, optimizer=optimizer, **options)


def classifier(outputs: int = 2, **options: Any) -> Trainer:
    cr.seed(1)
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, outputs))
    optimizer = optim.Adam(model, learning_rate=0.02)
    options = {"metrics": ["accuracy"], **options}
    return Trainer(model, loss=nn.cross_entropy, optimizer=optimizer, **options)
