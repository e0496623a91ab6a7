"""The trainer: the four steps, repeated over batches and epochs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.array.dtype import float32, is_floating
from chainrule.build.random import Generator, default_generator
from chainrule.build.record import trace
from chainrule.build.tensor import Spec, Tensor
from chainrule.errors import ChainruleError, DataError, OptionError
from chainrule.nn.module import Module
from chainrule.optim.optimizer import Optimizer
from chainrule.run.compile import compile
from chainrule.train.callback import BestWeights, Callback, EarlyStopping, Run
from chainrule.train.data import Data, as_data
from chainrule.train.history import History
from chainrule.train.metrics import Metric, Running, as_metrics
from chainrule.train.progress import Progress

Array = NDArray[Any]
Loss = Callable[[Any, Any], Any]

PREDICTION_BATCH = 1024


class Trainer:
    """Trains `model` to make `loss(model(x), y)` small.

    `loss` is any function of prediction and target that returns one number; `metrics` are names
    (`"accuracy"`, `"mse"`, `"rmse"`, `"mae"`, `"r2"`) or `Metric`s.

    >>> import numpy as np
    >>> from chainrule import nn, optim
    >>> x = np.linspace(-1, 1, 64, dtype=np.float32).reshape(-1, 1)
    >>> model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
    >>> trainer = Trainer(model, loss=nn.mse, optimizer=optim.Adam(model, learning_rate=0.03))
    >>> history = trainer.fit((x, x**2), epochs=100, progress=False)
    >>> history.best["loss"] < 0.01
    True
    """

    def __init__(
        self,
        model: Module,
        *,
        loss: Loss,
        optimizer: Optimizer,
        metrics: Sequence[str | Metric] = (),
    ) -> None:
        if not callable(loss):
            raise OptionError(f"loss is a function of prediction and target, got {loss!r}")
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.metrics = as_metrics(metrics)
        self.step = compile(self._four_steps)
        self._prediction = compile(self._forward)

    def _four_steps(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        prediction = self.model(x)
        loss = self.loss(prediction, y)
        gradients = loss.backward()
        self.optimizer.step(gradients)
        return loss, prediction

    def _forward(self, x: Tensor) -> Tensor:
        prediction: Tensor = self.model(x)
        return prediction

    def fit(
        self,
        train: Any,
        *,
        validation: Any = None,
        epochs: int = 10,
        batch_size: int = 32,
        patience: int | None = None,
        monitor: str | None = None,
        callbacks: Sequence[Callback] = (),
        generator: Generator | None = None,
        progress: bool = True,
    ) -> History:
        """Train for `epochs` passes over `train = (x, y)` and return the history.

        `validation` is a pair like `train`, or the fraction of it to hold out. After every epoch the
        weights are kept if `monitor` (the validation loss; without validation the training loss) is
        the best so far; in the end the best ones are put back. `patience` ends the run when that many
        epochs brought nothing better. Ctrl-C ends it too and keeps the best weights; the history
        says so. `generator` fixes the split and the order of the examples.

        Errors: `DataError` for empty or non-finite data and labels out of range, `ShapeError` where
        data, model and loss do not fit, `ChainruleError` when the loss stops being a finite number.
        """
        _check_counts(epochs=epochs, batch_size=batch_size)
        chance = generator or default_generator()
        data, held_out = self._data(train, validation, chance)
        history = History(monitor=monitor or ("validation_loss" if held_out else "loss"))
        run = Run(
            self.model, self.optimizer, history, epochs, math.ceil(len(data) / batch_size)
        )
        watchers = [
            BestWeights(history.monitor, self._larger_is_better(history.monitor)),
            *([EarlyStopping(patience)] if patience is not None else []),
            *callbacks,
            *([Progress()] if progress else []),
        ]
        self._run(run, data, held_out, batch_size, chance, watchers)
        return history

    def _run(
        self,
        run: Run,
        data: Data,
        held_out: Data | None,
        batch_size: int,
        chance: Generator,
        watchers: Sequence[Callback],
    ) -> None:
        for watcher in watchers:
            watcher.on_fit_begin(run)
        try:
            while run.reason is None and run.epoch < run.epochs:
                self._epoch(run, data, held_out, batch_size, chance, watchers)
        except KeyboardInterrupt:
            run.stop("interrupted")
        finally:
            self.model.evaluate()
            run.history.steps = run.step
            run.history.stopped = run.reason or run.history.stopped
            for watcher in watchers:
                watcher.on_fit_end(run)

    def _epoch(
        self,
        run: Run,
        data: Data,
        held_out: Data | None,
        batch_size: int,
        chance: Generator,
        watchers: Sequence[Callback],
    ) -> None:
        run.epoch += 1
        begun = time.perf_counter()
        row = self._pass(run, data, batch_size, chance, watchers)
        if held_out is not None:
            measured = self.evaluate(held_out)
            row |= {f"validation_{name}": value for name, value in measured.items()}
        row["seconds"] = time.perf_counter() - begun
        run.history.epochs.append(row)
        self.optimizer.observe(row[run.history.monitor])
        for watcher in watchers:
            watcher.on_epoch_end(run)

    def _pass(
        self,
        run: Run,
        data: Data,
        batch_size: int,
        chance: Generator,
        watchers: Sequence[Callback],
    ) -> dict[str, float]:
        """One pass over the data in random order; returns the means of loss and metrics."""
        self.model.train()
        order = np.asarray(chance.permutation(len(data)))
        running = [Running(metric) for metric in self.metrics]
        total, count = 0.0, 0
        for x, y in data.batches(batch_size, order):
            loss, prediction = self.step(x, y)
            run.step += 1
            total, count = total + self._finite(float(loss), run) * len(x), count + len(x)
            for metric in running:
                metric.update(np.asarray(prediction), y)
            run.loss = total / count
            run.metrics = {metric.metric.name: metric.value() for metric in running}
            for watcher in watchers:
                watcher.on_step_end(run)
        return {"loss": run.loss, **run.metrics}

    def _finite(self, loss: float, run: Run) -> float:
        if not math.isfinite(loss):
            raise ChainruleError(
                f"the loss became {loss} at step {run.step} (epoch {run.epoch}); the best weights "
                "before are kept. Lower the learning rate, clip the gradients, or look at the "
                "inputs of that step"
            )
        return loss

    def evaluate(self, data: Any) -> dict[str, float]:
        """Return loss and metrics of the model on `data = (x, y)`, in evaluation mode."""
        examples = as_data(data, "evaluation", self._dtype())
        prediction = self.predict(examples.x)
        running = [Running(metric) for metric in self.metrics]
        for metric in running:
            metric.update(prediction, examples.y)
        total = sum(
            float(self.loss(prediction[rows], examples.y[rows])) * len(examples.y[rows])
            for rows in _slices(len(examples))
        )
        return {"loss": total / len(examples)} | {m.metric.name: m.value() for m in running}

    def predict(self, x: Any) -> Array:
        """Return the model's outputs for the examples `x`, in evaluation mode."""
        self.model.evaluate()
        inputs = np.asarray(x)
        inputs = inputs.astype(self._dtype()) if is_floating(inputs.dtype) else inputs
        parts = [np.asarray(self._prediction(inputs[rows])) for rows in _slices(len(inputs))]
        return np.concatenate(parts) if parts else np.asarray(self._prediction(inputs))

    def _dtype(self) -> Any:
        return next((p.dtype for p in self.model.parameters()), float32)

    def _larger_is_better(self, monitor: str) -> bool:
        base = monitor.removeprefix("validation_")
        return any(metric.name == base and metric.larger_is_better for metric in self.metrics)

    def _data(self, train: Any, validation: Any, chance: Generator) -> tuple[Data, Data | None]:
        data = as_data(train, "training", self._dtype())
        held_out: Data | None = None
        if isinstance(validation, float):
            data, held_out = data.split(validation, chance)
        elif validation is not None:
            held_out = as_data(validation, "validation", self._dtype())
        for part, name in ((data, "training"), (held_out, "validation")):
            if part is not None:
                self._rehearse(part, name)
        return data, held_out

    def _rehearse(self, data: Data, name: str) -> None:
        """Find what does not fit, in shapes and labels, before the first step is taken."""
        x, y = (Spec((1, *array.shape[1:]), array.dtype) for array in (data.x, data.y))
        graph, _ = trace(lambda a, b: (out := self.model(a), self.loss(out, b)), [x, y])
        prediction = graph.outputs[0]
        if not is_floating(y.dtype) and prediction.ndim == len(y.shape) + 1:
            _check_labels(data.y, prediction.shape[-1], name)


def _slices(count: int) -> list[slice]:
    return [
        slice(start, min(start + PREDICTION_BATCH, count))
        for start in range(0, count, PREDICTION_BATCH)
    ]


def _check_counts(**counts: int) -> None:
    for name, count in counts.items():
        if not isinstance(count, int) or count < 1:
            raise OptionError(f"{name} is a whole number of at least 1, got {count!r}")


def _check_labels(labels: Array, classes: int, name: str) -> None:
    bad = np.flatnonzero((labels < 0) | (labels >= classes))
    if len(bad):
        raise DataError(
            f"{name} labels: row {bad[0]} has label {labels.flat[bad[0]]}, but the model has "
            f"{classes} outputs, for labels 0 to {classes - 1}; give the last layer "
            f"{int(labels.max()) + 1} outputs, or number the classes from 0"
        )
