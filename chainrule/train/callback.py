"""Callbacks: what happens beside the training itself, at set moments of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import OptionError
from chainrule.nn.module import Module
from chainrule.train.history import History


@dataclass
class Run:
    """The state of a run as callbacks see it; `stop(reason)` ends it after the current epoch."""

    model: Module
    optimizer: Any
    history: History
    epochs: int
    steps_per_epoch: int
    epoch: int = 0
    step: int = 0
    loss: float = float("nan")
    metrics: dict[str, float] = field(default_factory=dict)
    reason: str | None = None

    def stop(self, reason: str) -> None:
        """End the run after the current epoch."""
        self.reason = reason


class Callback:
    """Called at set moments of a run; override the ones you need."""

    def on_fit_begin(self, run: Run) -> None:
        """Called before the first step."""

    def on_step_end(self, run: Run) -> None:
        """Called after every step; `run.loss` and `run.metrics` are running means of the epoch."""

    def on_epoch_end(self, run: Run) -> None:
        """Called after every epoch; its numbers are `run.history.epochs[-1]`."""

    def on_fit_end(self, run: Run) -> None:
        """Called after the last step, also when the run was interrupted."""


class BestWeights(Callback):
    """Keeps the weights of the best epoch by `monitor` and puts them back in the end."""

    def __init__(self, monitor: str, larger_is_better: bool) -> None:
        self.monitor = monitor
        self.sign = -1.0 if larger_is_better else 1.0
        self.lowest = float("inf")
        self.weights: dict[str, NDArray[Any]] = {}

    def on_epoch_end(self, run: Run) -> None:
        value = self.sign * run.history.epochs[-1][self.monitor]
        if value < self.lowest:
            self.lowest = value
            self.weights = {name: np.array(array) for name, array in run.model.state().items()}
            run.history.best_epoch = len(run.history)

    def on_fit_end(self, run: Run) -> None:
        if self.weights:
            run.model.load_state(self.weights)


class EarlyStopping(Callback):
    """Ends the run when the best epoch lies `patience` epochs back."""

    def __init__(self, patience: int) -> None:
        if patience < 1:
            raise OptionError(f"patience counts epochs, at least 1; got {patience}")
        self.patience = patience

    def on_epoch_end(self, run: Run) -> None:
        since = len(run.history) - run.history.best_epoch
        if since >= self.patience:
            run.stop(f"no better {run.history.monitor} for {since} epochs")
