"""PyTorch: eager, and with model, loss and optimizer through torch.compile."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch

from benchmarks.contestants.contestant import Contestant, Make, Stepwise, split, threads
from benchmarks.workloads import LEARNING_RATE, TAPS, Workload

VERSION = str(torch.__version__)


def _model(workload: Workload) -> Any:
    layers: list[Any] = []
    for inputs, outputs in pairwise(workload.channels):
        layers += [torch.nn.Conv2d(inputs, outputs, TAPS), torch.nn.ReLU()]
    layers += [torch.nn.MaxPool2d(2), torch.nn.Flatten()] if workload.filters else []
    for inputs, outputs in pairwise(workload.sizes):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
    values = [value for pair in workload.weights() for value in pair]
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(torch.from_numpy(value))
    return model


def _contestant(workload: Workload, *, compiled: bool) -> Contestant:
    torch.set_num_threads(threads())
    model = _model(workload)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)

    def forward(x: Any, y: Any) -> Any:
        return torch.nn.functional.cross_entropy(model(x), y)

    update = optimizer.step
    if compiled:
        forward, update = torch.compile(forward), torch.compile(update)

    def step(x: Any, y: Any) -> Any:
        optimizer.zero_grad(set_to_none=True)
        loss = forward(x, y)
        loss.backward()
        update()
        return loss

    batches = [(torch.from_numpy(x), torch.from_numpy(y)) for x, y in split(workload)]
    return Stepwise(step, batches, lambda loss: float(loss.detach()))


def eager(workload: Workload) -> Contestant:
    """One operation after the other."""
    return _contestant(workload, compiled=False)


def compiled(workload: Workload) -> Contestant:
    """Forward pass with loss, backward pass, and update: each compiled."""
    return _contestant(workload, compiled=True)


WAYS: dict[str, Make] = {"eager": eager, "compile": compiled}
