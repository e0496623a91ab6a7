"""The loop: epochs over the data, a step a batch, callbacks at their moments."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass

import numpy as np

from chainrule.build.random import Generator
from chainrule.build.tensor import Array
from chainrule.errors import ChainruleError
from chainrule.optim.averaging import Averages
from chainrule.run.compile import Compiled
from chainrule.run.epoch import Part
from chainrule.train.callback import Callback, Run
from chainrule.train.data import Data
from chainrule.train.history import INTERRUPTED
from chainrule.train.metric import Metric, Running

Measure = Callable[[Data], dict[str, float]]


@dataclass(frozen=True)
class Judge:
    """What an epoch's weights are judged by: `measure` on data held out, on averages if any."""

    measure: Measure
    held_out: Data | None
    average: Averages | None

    def weights(self) -> AbstractContextManager[None]:
        """Give the model the weights to be judged in the `with` block."""
        return nullcontext() if self.average is None else self.average.applied()

    def __call__(self) -> dict[str, float]:
        """Return what is measured on the data held out, if there is any."""
        measured = {} if self.held_out is None else self.measure(self.held_out)
        return {f"validation_{name}": value for name, value in measured.items()}


@dataclass(frozen=True)
class Loop:
    """One run of training; `step(x, y)` returns loss and prediction."""

    step: Compiled
    judge: Judge
    metrics: Sequence[Metric]
    data: Data
    batch_size: int
    generator: Generator

    def run(self, run: Run, callbacks: Sequence[Callback]) -> None:
        """Train until all epochs are done, a callback stops the run, or Ctrl-C does."""
        with ExitStack() as ends:
            # Every end is called, in the order of the callbacks, even where one of them fails.
            for callback in reversed(callbacks):
                ends.callback(callback.on_fit_end, run)
            ends.callback(_close, run)
            for callback in callbacks:
                callback.on_fit_begin(run)
            try:
                while run.reason is None and run.epoch < run.epochs:
                    self._epoch(run, callbacks)
            except KeyboardInterrupt:
                run.stop(INTERRUPTED)

    def _epoch(self, run: Run, callbacks: Sequence[Callback]) -> None:
        run.epoch += 1
        begun = time.perf_counter()
        row = self._pass(run, callbacks)
        with self.judge.weights():
            row |= self.judge()
            row["seconds"] = time.perf_counter() - begun
            run.history.epochs.append(row)
            run.optimizer.observe(row[run.history.monitor])
            for callback in callbacks:
                callback.on_epoch_end(run)

    def _pass(self, run: Run, callbacks: Sequence[Callback]) -> dict[str, float]:
        """Go once through the data in random order; return the means of loss and metrics."""
        run.model.train()
        order = np.asarray(self.generator.permutation(len(self.data)))
        running = [Running(metric) for metric in self.metrics]
        total, count = 0.0, 0
        for part in self._parts(order, callbacks):
            losses, prediction = (np.asarray(result) for result in part.results)
            _check_finite(losses, run)
            run.step += part.steps
            rows = order[count : count + part.rows]
            count += part.rows
            total += float(losses.sum(dtype=np.float64)) * (part.rows // part.steps)
            for metric in running:
                metric.update(prediction, self.data.y[rows])
            run.loss = total / count
            run.metrics = {metric.metric.name: metric.value() for metric in running}
            for callback in callbacks:
                callback.on_step_end(run)
        return {"loss": run.loss, **run.metrics}

    def _parts(self, order: Array, callbacks: Sequence[Callback]) -> Iterator[Part]:
        """The steps, many at once where no callback wants to see each."""
        each = any(type(c).on_step_end is not Callback.on_step_end for c in callbacks)
        data = self.data.x, self.data.y
        longest = 1 if each else None
        return self.step.parts(*data, batch_size=self.batch_size, order=order, longest=longest)


def _close(run: Run) -> None:
    run.model.evaluate()
    run.history.steps = run.step
    run.history.stopped = run.reason or run.history.stopped


def _check_finite(losses: Array, run: Run) -> None:
    for place in np.flatnonzero(~np.isfinite(losses))[:1]:
        raise ChainruleError(
            f"the loss became {losses[place]} at step {run.step + place + 1} (epoch {run.epoch}); "
            "lower the learning rate, clip the gradients, or look at the inputs of that step"
        )
