"""Best weights and early stopping, fed with epochs by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.errors import OptionError
from chainrule.train.callback import BestWeights, Callback, EarlyStopping, Run
from chainrule.train.history import History


def run_of(model: nn.Module, monitor: str = "loss") -> Run:
    return Run(model, None, History(monitor=monitor), epochs=10, steps_per_epoch=1)


def weights(model: nn.Linear, value: float) -> None:
    model.weight.assign(np.full(model.weight.shape, value, np.float32))


def play(values: list[float], *callbacks: Callback, monitor: str = "loss") -> tuple[Run, nn.Linear]:
    """One epoch for each value, the weights equal to the number of the epoch."""
    model = nn.Linear(1, 1)
    run = run_of(model, monitor)
    for epoch, value in enumerate(values, start=1):
        weights(model, epoch)
        run.history.epochs.append({monitor: value})
        for callback in callbacks:
            callback.on_epoch_end(run)
    for callback in callbacks:
        callback.on_fit_end(run)
    return run, model


@pytest.mark.parametrize(
    ("values", "larger", "best"),
    [
        ([3.0, 1.0, 2.0], False, 2),
        ([3.0, 1.0, 2.0], True, 1),
        ([2.0, 2.0, 2.0], False, 1),
        ([float("nan"), 5.0, float("nan")], False, 2),
        ([-1.0, -3.0, -2.0], False, 2),
    ],
)
def test_the_best_weights_come_back(values: list[float], larger: bool, best: int) -> None:
    run, model = play(values, BestWeights("loss", larger))
    assert run.history.best_epoch == best
    assert float(np.asarray(model.weight).item()) == best


def test_without_a_best_epoch_the_last_weights_stay() -> None:
    run, model = play([float("nan"), float("inf")], BestWeights("loss", larger_is_better=False))
    assert run.history.best_epoch == 0
    assert float(np.asarray(model.weight).item()) == 2


def test_what_was_kept_does_not_change_with_the_model() -> None:
    model = nn.Linear(1, 1)
    keeper, run = BestWeights("loss", larger_is_better=False), run_of(model)
    weights(model, 1.0)
    run.history.epochs.append({"loss": 1.0})
    keeper.on_epoch_end(run)
    weights(model, 2.0)
    assert keeper.weights["weight"].item() == 1.0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([3.0, 2.0, 1.0, 0.5], None),
        ([3.0, 2.0, 2.0], None),
        ([3.0, 2.0, 2.0, 2.5], "no better validation_loss for 2 epochs"),
    ],
)
def test_patience_is_counted_from_the_best_epoch(values: list[float], reason: str | None) -> None:
    keeper = BestWeights("validation_loss", larger_is_better=False)
    run, _ = play(values, keeper, EarlyStopping(2), monitor="validation_loss")
    assert run.reason == reason


@pytest.mark.parametrize("patience", [0, -1, 1.5, None, True])
def test_patience_is_a_whole_number(patience: Any) -> None:
    with pytest.raises(OptionError, match="patience must be a whole number of at least 1"):
        EarlyStopping(patience)
