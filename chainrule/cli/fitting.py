"""Training: schema, examples and options become a trained model and its history."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from chainrule.build.random import seed
from chainrule.build.variable import Variable
from chainrule.cli.model import TableModel
from chainrule.cli.options import Options
from chainrule.errors import OptionError
from chainrule.nn.losses.classification import cross_entropy
from chainrule.nn.losses.regression import mse
from chainrule.optim.any_optimizer import Stepping
from chainrule.optim.by_name import by_name
from chainrule.optim.check import fraction, positive, whole
from chainrule.optim.parameters import Parameters
from chainrule.optim.schedules.plateau import Plateau
from chainrule.table.prepare import Examples
from chainrule.table.schema import Schema
from chainrule.table.target import Amount, Target
from chainrule.train.callback import Callback, Run
from chainrule.train.data import Data
from chainrule.train.decisions import accuracy
from chainrule.train.history import History
from chainrule.train.metric import Metric
from chainrule.train.metrics import rmse
from chainrule.train.trainer import Trainer

HALVED_AFTER = 5
NEXT_TO_NOTHING = 1e-3


class Enough(Callback):
    """Ends the run when the validation loss says that there is nothing left to learn.

    A cross-entropy can fall for hundreds of epochs more, and the network only grows surer.
    """

    def on_epoch_end(self, run: Run) -> None:
        if run.history.epochs[-1][run.history.monitor] < NEXT_TO_NOTHING:
            run.stop("the validation loss is next to nothing")


def check(options: Options) -> None:
    """Raise OptionError for an option out of its range, before any file is read."""
    whole("--epochs", options.epochs)
    whole("--batch-size", options.batch(1))
    whole("--patience", options.patience)
    whole("--seed", options.seed, least=0)
    positive("--learning-rate", options.rate())
    fraction("--dropout", options.dropout)
    for size in options.hidden:
        whole("a size in --hidden", size)
    if not 0 < options.validation < 1:
        raise OptionError(
            f"--validation is the share of rows held out, between 0 and 1; got {options.validation}"
        )
    optimizer([Variable(0.0, trainable=True)], options)


def optimizer(parameters: Parameters, options: Options) -> Stepping:
    """Return the optimizer of these options, its rate halved where the validation loss stalls."""
    rate = Plateau(options.rate(), factor=0.5, patience=HALVED_AFTER)
    return by_name(options.optimizer, parameters, learning_rate=rate)


def untrained(schema: Schema, options: Options) -> TableModel:
    """Return a new model, its weights determined by the seed of the options."""
    seed(options.seed)
    return TableModel.new(schema, options.hidden, options.dropout)


def fit(model: TableModel, training: Examples, held_out: Examples, options: Options) -> History:
    """Train `model`, with the progress on standard error; it ends with its best weights.

    Errors: as `Trainer.fit`.
    """
    target = model.schema.target
    trainer = Trainer(
        model.network,
        loss=mse if isinstance(target, Amount) else cross_entropy,
        optimizer=optimizer(model.network, options),
        metrics=[metric(target)],
    )
    return trainer.fit(
        data(training),
        validation=data(held_out),
        epochs=options.epochs,
        batch_size=options.batch(len(training.rows)),
        patience=options.patience,
        callbacks=[] if isinstance(target, Amount) else [Enough()],
    )


def metric(target: Target) -> Metric:
    """Return what is shown beside the loss: the accuracy, or the RMSE in the target's units."""
    if isinstance(target, Amount):
        deviation = target.deviation
        return replace(rmse, finish=lambda sums: rmse.finish(sums) * deviation)
    return accuracy


def data(examples: Examples) -> Data:
    """Return examples as the network takes them: an amount is a column of one output."""
    is_amount = examples.target.dtype.kind == "f"
    target: Any = examples.target
    return Data(examples.features, target[:, np.newaxis] if is_amount else target)


def record_of(options: Options, history: History, source: str) -> dict[str, Any]:
    """Return how a model was trained, as what JSON can hold."""
    chosen = {**asdict(options), "learning_rate": options.rate()}
    return {"source": source, "options": chosen, "history": history.to_record()}
