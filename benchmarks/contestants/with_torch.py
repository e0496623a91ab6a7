"""PyTorch: eager, and with model, loss and optimizer through torch.compile."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks.contestants.contestant import Contestant, Make, Stepwise, split, threads
from benchmarks.contestants.torch_models import made
from benchmarks.workload import Workload

VERSION = str(torch.__version__)


def _contestant(workload: Workload, *, compiled: bool) -> Contestant:
    torch.set_num_threads(threads())
    model, optimizer = made(workload)

    def forward(x: Any, y: Any) -> Any:
        return torch.nn.functional.cross_entropy(model(x).flatten(0, -2), y.flatten())

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
