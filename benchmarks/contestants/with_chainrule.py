"""chainrule: the four steps as one program, driven by step, by epoch, and by the Trainer.

How many threads it may use, it learns from the environment, as set by the parent.
"""

from __future__ import annotations

import chainrule as cr
from benchmarks.contestants.chainrule_models import made
from benchmarks.contestants.contestant import Contestant, Epochwise, Make, Stepwise, split
from benchmarks.workload import Workload
from chainrule import nn
from chainrule.run.compile import Compiled

VERSION = cr.__version__


def _step(workload: Workload) -> Compiled:
    model, optimizer = made(workload)

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
    model, optimizer = made(workload)
    trainer = cr.Trainer(model, loss=nn.cross_entropy, optimizer=optimizer)
    data = workload.data()

    def epoch() -> None:
        trainer.fit(data, epochs=1, batch_size=workload.batch, progress=False)

    return Epochwise(epoch, workload.batches)


WAYS: dict[str, Make] = {"call": by_step, "epoch": by_epoch, "fit": by_fit}
