"""Callbacks: what happens beside the training itself, at set moments of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from chainrule.errors import OptionError
from chainrule.nn.module import Module
from chainrule.optim.check import whole
from chainrule.train.history import History


@dataclass
class Run:
    """The state of a run as callbacks see it; `stop(reason)` ends it after the current epoch.

    `patience` is None where the run goes on however long nothing gets better.
    """

    model: Module
    optimizer: Any
    history: History
    epochs: int
    steps_per_epoch: int
    patience: int | None = None
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
        """Called after every step; `run.loss` and `run.metrics` are running means of the epoch.

        Where no callback overrides it, many steps run in one call of native code.
        """

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
            # In this order, so that Ctrl-C in between leaves a whole set of weights.
            self.weights = run.model.state()
            self.lowest = value
            run.history.best_epoch = len(run.history)

    def on_fit_end(self, run: Run) -> None:
        if self.weights:
            run.model.load_state(self.weights)


class EarlyStopping(Callback):
    """Ends the run when the best epoch lies `patience` epochs back.

    Errors: `OptionError` for a patience that is no whole number of at least 1.
    """

    def __init__(self, patience: int) -> None:
        self.patience = whole("patience", patience)

    def on_epoch_end(self, run: Run) -> None:
        since = len(run.history) - run.history.best_epoch
        if since >= self.patience:
            run.stop(f"no better {run.history.monitor} for {since} epochs")


def check_callbacks(callbacks: Sequence[Callback]) -> None:
    """Raise `OptionError` for a callback that is none."""
    for callback in callbacks:
        if not isinstance(callback, Callback):
            raise OptionError(
                f"a callback is an object of a class derived from cr.Callback, got {callback!r}"
            )
