"""The trainer: the four steps, repeated over batches and epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from chainrule.array.dtype import DType, float32
from chainrule.build.random import Generator, default_generator
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.module import Module
from chainrule.optim.any_optimizer import AnyOptimizer, Stepping
from chainrule.optim.averaging import Averages
from chainrule.optim.check import whole
from chainrule.optim.wrappers import Accumulate
from chainrule.run.compile import compile
from chainrule.train.callback import (
    BestWeights,
    Callback,
    EarlyStopping,
    Run,
    check_callbacks,
)
from chainrule.train.data import Array, Data, as_data, as_inputs
from chainrule.train.history import History
from chainrule.train.loop import Judge, Loop
from chainrule.train.metric import Metric, Running
from chainrule.train.metrics import as_metrics
from chainrule.train.prediction import BATCH, batches, predicted
from chainrule.train.progress import Progress
from chainrule.train.rehearsal import Loss, rehearse


class Trainer:
    """Trains `model` to make `loss(model(x), y)` small.

    `loss` is any function of prediction and target that returns one number; `metrics` are names,
    such as `"accuracy"` or `"rmse"` (all are in `chainrule.train.metrics`), or `Metric`s. With
    `accumulate=k` the mean gradient of k batches makes a step (`optim.Accumulate`). `average` is an
    `optim.EMA` or `optim.SWA` of the model: it is updated after every batch, and what is validated
    and kept are the averaged weights; so are those of an optimizer that averages by itself, as
    `optim.ASGD`.

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
        optimizer: AnyOptimizer,
        metrics: Sequence[str | Metric] = (),
        accumulate: int = 1,
        average: Averages | None = None,
    ) -> None:
        if not callable(loss):
            raise OptionError(f"loss is a function of prediction and target, got {loss!r}")
        self.model = model
        self.loss = loss
        self.accumulate = whole("accumulate", accumulate)
        self.average = average
        self.optimizer = optimizer
        self.metrics = as_metrics(metrics)
        self.step = compile(self._four_steps)
        self._prediction = compile(self._forward)

    @property
    def optimizer(self) -> AnyOptimizer:
        """The optimizer as it was given; another one can take its place."""
        return self._optimizer

    @optimizer.setter
    def optimizer(self, optimizer: AnyOptimizer) -> None:
        if not isinstance(optimizer, AnyOptimizer):
            raise OptionError(
                f"optimizer is one made for the model, such as optim.Adam(model), got {optimizer!r}"
            )
        self._optimizer = optimizer
        self._descending = _accumulated(optimizer, self.accumulate)
        self._averages = _averages(self.average, optimizer)

    def _four_steps(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        def loss_and_prediction() -> tuple[Tensor, Tensor]:
            prediction = self.model(x)
            return self.loss(prediction, y), prediction

        result: tuple[Tensor, Tensor] = self._descending.descend(loss_and_prediction)
        if self._averages is not None:
            self._averages.update()
        return result

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

        `validation` is a pair like `train`, or the fraction of it to hold out. After every epoch
        the weights are kept if `monitor` (the validation loss; without validation the training
        loss) is the best so far; in the end the best ones are put back. `patience` ends the run
        when that many epochs brought nothing better. Ctrl-C ends it too and keeps the best weights;
        the history says so. `generator` fixes the split and the order of the examples.

        Errors: `DataError` for empty or non-finite data and labels out of range, `ShapeError` where
        data, model and loss do not fit, `OptionError` for an argument out of its range, all before
        the first step; `ChainruleError` when the loss stops being a finite number, with the best
        weights put back.
        """
        whole("epochs", epochs)
        whole("batch_size", batch_size)
        check_callbacks(callbacks)
        chance = generator or default_generator()
        data, held_out = self._data(train, validation, batch_size, chance)
        monitored = self._monitored(monitor, held_out is not None)
        watchers = [
            BestWeights(monitored, self._larger_is_better(monitored)),
            *([EarlyStopping(patience)] if patience is not None else []),
            *callbacks,
            *([Progress()] if progress else []),
        ]
        history = History(monitor=monitored)
        steps = math.ceil(len(data) / batch_size)
        judge = Judge(self._measure, held_out, self._averages)
        loop = Loop(self.step, judge, self.metrics, data, batch_size, chance)
        loop.run(Run(self.model, self.optimizer, history, epochs, steps, patience), watchers)
        return history

    def evaluate(self, data: Any) -> dict[str, float]:
        """Return loss and metrics of the model on `data = (x, y)`, in evaluation mode.

        Errors: as `fit`, for the data.
        """
        examples = as_data(data, "evaluation", self._dtype())
        rehearse(self.model, self.loss, examples, "evaluation", BATCH)
        return self._measure(examples)

    def predict(self, x: Any) -> Array:
        """Return the model's outputs for the examples `x` (n, …), in evaluation mode."""
        self.model.evaluate()
        return predicted(self._prediction, as_inputs(x, self._dtype()))

    def _measure(self, data: Data) -> dict[str, float]:
        prediction = self.predict(data.x)
        running = [Running(metric) for metric in self.metrics]
        for metric in running:
            metric.update(prediction, data.y)
        total = sum(
            float(self.loss(prediction[rows], data.y[rows])) * len(data.y[rows])
            for rows in batches(len(data))
        )
        measured = {metric.metric.name: metric.value() for metric in running}
        return {"loss": total / len(data), **measured}

    def _dtype(self) -> DType:
        return next((parameter.dtype for parameter in self.model.parameters()), float32)

    def _data(
        self, train: Any, validation: Any, batch_size: int, chance: Generator
    ) -> tuple[Data, Data | None]:
        data = as_data(train, "training", self._dtype())
        held_out: Data | None = None
        if isinstance(validation, float):
            data, held_out = data.split(validation, chance)
        elif validation is not None:
            held_out = as_data(validation, "validation", self._dtype())
        rehearse(self.model, self.loss, data, "training", batch_size)
        if held_out is not None:
            rehearse(self.model, self.loss, held_out, "validation", BATCH)
        return data, held_out

    def _monitored(self, name: str | None, validated: bool) -> str:
        measured = ["loss", *(metric.name for metric in self.metrics)]
        names = [*measured, *(f"validation_{each}" for each in measured if validated)]
        chosen = name or ("validation_loss" if validated else "loss")
        if chosen not in names:
            raise OptionError(f"monitor {chosen!r} is not measured; there are {', '.join(names)}")
        return chosen

    def _larger_is_better(self, monitor: str) -> bool:
        base = monitor.removeprefix("validation_")
        return any(metric.name == base and metric.larger_is_better for metric in self.metrics)


def _averages(given: Any, optimizer: AnyOptimizer) -> Averages | None:
    """The averages to judge by: those given, or the optimizer's own."""
    if given is None:
        return optimizer if isinstance(optimizer, Averages) else None
    if not isinstance(given, Averages):
        raise OptionError(f"average is one of the model, such as optim.EMA(model), got {given!r}")
    return given


def _accumulated(optimizer: AnyOptimizer, batches: int) -> AnyOptimizer:
    if batches == 1:
        return optimizer
    if not isinstance(optimizer, Stepping):
        raise OptionError(
            f"accumulate={batches} needs an optimizer that takes gradients; put Accumulate inside: "
            "optim.SAM(optim.Accumulate(optim.SGD(model), 4))"
        )
    return Accumulate(optimizer, batches)
