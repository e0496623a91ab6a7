"""The trainer with accumulation, averages, groups and SAM, and a run that goes on from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule import nn, optim
from chainrule.errors import OptionError
from chainrule.train.callback import Callback, Run
from chainrule.train.folder import load_folder, save_folder
from chainrule.train.trainer import Trainer
from tests.train.makers import X, Y, line, linear_trainer, quiet

Making = Callable[[nn.Module], optim.AnyOptimizer]


def by_kind(model: nn.Module) -> optim.Groups:
    """Weights and biases at rates of their own."""
    named = dict(model.named_parameters())
    return optim.Groups(
        optim.SGD({"weight": named["weight"]}, 0.1), optim.Adam({"bias": named["bias"]}, 0.05)
    )


OPTIMIZERS: dict[str, Making] = {
    "groups": by_kind,
    "accumulate": lambda model: optim.Accumulate(optim.SGD(model, 0.2), 2),
    "lookahead": lambda model: optim.Lookahead(optim.SGD(model, 0.2)),
    "sam": lambda model: optim.SAM(optim.SGD(model, 0.1), radius=0.01),
    "asgd": lambda model: optim.ASGD(model, 0.1, start=10),
    "schedule-free": lambda model: optim.ScheduleFreeAdamW(model, 0.1),
    "muon": lambda model: optim.Muon(model, 0.05, adam_rate=0.05),
}


def values(model: nn.Module) -> Any:
    return {name: value.tolist() for name, value in model.state().items()}


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_it_trains(make: Making) -> None:
    model = line()
    trainer = Trainer(model, loss=nn.mse, optimizer=make(model))
    history = quiet(trainer, (X, Y), epochs=40, batch_size=10, validation=0.2)
    assert history.best["validation_loss"] < 0.02
    assert trainer.evaluate((X, Y))["loss"] < 0.05


@pytest.mark.parametrize("make", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_run_goes_on_from_files(make: Making, tmp_path: Path) -> None:
    whole, first, second = line(), line(), line()
    optimizers = [make(model) for model in (whole, first, second)]
    trainers = [
        Trainer(model, loss=nn.mse, optimizer=optimizer)
        for model, optimizer in zip((whole, first, second), optimizers, strict=True)
    ]
    order = np.arange(50)
    trainers[0].step.epoch(X, Y, batch_size=10, order=np.tile(order, 4))
    trainers[1].step.epoch(X, Y, batch_size=10, order=np.tile(order, 2))
    save_folder(tmp_path / "model", first.state(), {})
    save_folder(tmp_path / "optimizer", optimizers[1].state(), {})
    second.load_state(load_folder(tmp_path / "model").arrays)
    optimizers[2].load_state(load_folder(tmp_path / "optimizer").arrays)
    trainers[2].step.epoch(X, Y, batch_size=10, order=np.tile(order, 2))
    assert values(second) == values(whole)
    np.testing.assert_equal(optimizers[2].state(), optimizers[0].state())


def test_accumulated_batches_are_larger_ones() -> None:
    small, large = linear_trainer(accumulate=5), linear_trainer()
    for trainer, size in ((small, 10), (large, 50)):
        trainer.step.epoch(X, Y, batch_size=size, order=np.tile(np.arange(50), 3))
    found, expected = (trainer.model.state()["weight"] for trainer in (small, large))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_what_is_validated_and_kept_are_the_averages() -> None:
    model = line()
    average = optim.EMA(model, decay=0.8)
    optimizer = optim.SGD(model, learning_rate=0.05)
    trainer = Trainer(model, loss=nn.mse, optimizer=optimizer, average=average)
    seen: list[Any] = []

    class Watch(Callback):
        def on_epoch_end(self, run: Run) -> None:
            with average.applied():
                expected = values(run.model)
            seen.append((values(run.model) == expected, values(run.model)))

    history = quiet(trainer, (X, Y), validation=(X, Y), epochs=3, callbacks=[Watch()])
    assert [same for same, _ in seen] == [True] * 3
    assert values(model) == seen[history.best_epoch - 1][1]
    assert trainer.evaluate((X, Y))["loss"] == history.best["validation_loss"]


def test_an_optimizer_that_averages_is_its_own_average() -> None:
    model = line()
    optimizer = optim.ASGD(model, 0.05, decay=0.0, start=0)
    trainer = Trainer(model, loss=nn.mse, optimizer=optimizer)
    quiet(trainer, (X, Y), epochs=1, batch_size=10)
    average = np.asarray(dict(optimizer.named_variables())["weight.average"])
    np.testing.assert_array_equal(model.state()["weight"], average)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"accumulate": 0}, "accumulate must be a whole number of at least 1"),
        ({"average": "ema"}, r"average is one of the model, such as optim.EMA\(model\)"),
        ({"optimizer": "adam"}, r"optimizer is one made for the model"),
        ({"optimizer": optim.LBFGS(line())}, r"optimizer is one made for the model"),
        ({"optimizer": optim.SAM(optim.SGD(line())), "accumulate": 2}, "put Accumulate inside"),
    ],
    ids=["accumulate", "average", "name", "lbfgs", "sam"],
)
def test_bad_arguments(options: Any, message: str) -> None:
    model = line()
    given = {"optimizer": optim.SGD(model), **options}
    with pytest.raises(OptionError, match=message):
        Trainer(model, loss=nn.mse, **given)
