"""chainrule: the four steps as one program, driven by step, by epoch, and by the Trainer.

How many threads it may use, it learns from the environment, as set by the parent.
"""

from __future__ import annotations

from itertools import pairwise

import chainrule as cr
from benchmarks.contestants.contestant import Contestant, Epochwise, Make, Stepwise, split
from benchmarks.workloads import LEARNING_RATE, TAPS, Workload
from chainrule import nn, optim
from chainrule.run.compile import Compiled

VERSION = cr.__version__


class _MaxPool(nn.Module):
    """The largest of 2 × 2."""

    def forward(self, x: cr.Tensor) -> cr.Tensor:
        """Return y (n, c, h/2, w/2) for x (n, c, h, w)."""
        examples, channels, height, width = x.shape
        apart = cr.reshape(x, (examples, channels, height // 2, 2, width // 2, 2))
        return cr.max(apart, axis=(3, 5))


def _model(workload: Workload) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(workload.channels):
        layers += [nn.Conv2d(inputs, outputs, TAPS), nn.ReLU()]
    layers += [_MaxPool(), nn.Flatten()] if workload.filters else []
    for inputs, outputs in pairwise(workload.sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    values = [value for pair in workload.weights() for value in pair]
    for parameter, value in zip(model.parameters(), values, strict=True):
        parameter.assign(value)
    return model


def _step(workload: Workload) -> Compiled:
    model = _model(workload)
    optimizer = optim.Adam(model, learning_rate=LEARNING_RATE)

    def step(x: cr.Tensor, y: cr.Tensor) -> cr.Tensor:
        prediction = model(x)
        loss = nn.cross_entropy(prediction, y)
        gradients = loss.backward()
        optimizer.step(gradients)
        return loss

    return cr.compile(step)


def by_step(workload: Workload) -> Contestant:
    """One Python call a step."""
    return Stepwise(_step(workload), split(workload), float)


def by_epoch(workload: Workload) -> Contestant:
    """One native call an epoch."""
    step = _step(workload)
    x, y = workload.data()

    def epoch() -> float:
        return float(step.epoch(x, y, batch_size=workload.batch)[-1])

    return Epochwise(epoch, workload.batches)


def by_fit(workload: Workload) -> Contestant:
    """`Trainer.fit`, an epoch a call."""
    model = _model(workload)
    optimizer = optim.Adam(model, learning_rate=LEARNING_RATE)
    trainer = cr.Trainer(model, loss=nn.cross_entropy, optimizer=optimizer)
    data = workload.data()

    def epoch() -> None:
        trainer.fit(data, epochs=1, batch_size=workload.batch, progress=False)

    return Epochwise(epoch, workload.batches)


WAYS: dict[str, Make] = {"call": by_step, "epoch": by_epoch, "fit": by_fit}
