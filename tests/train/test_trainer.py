"""The trainer: against a loop written out in NumPy, and what it does when things go wrong."""

from __future__ import annotations

import os
import signal
from threading import Timer
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.random import Generator
from chainrule.errors import ChainruleError, OptionError
from chainrule.train.callback import Callback, Run
from chainrule.train.data import Data
from chainrule.train.trainer import Trainer
from tests.train.makers import LABELS, Array, X, Y, classifier, line, linear_trainer, quiet


def test_it_takes_the_steps_of_gradient_descent() -> None:
    trainer = linear_trainer(metrics=["mae"])
    history = quiet(trainer, (X, Y), epochs=3, batch_size=16)
    chance, w, b = Generator(7), np.zeros((3, 1)), np.zeros(1)
    for epoch in range(3):
        order, losses, errors = np.asarray(chance.permutation(50)), [], []
        for start in range(0, 50, 16):
            x, y = X[order[start : start + 16]], Y[order[start : start + 16]]
            error = x @ w + b - y
            losses.append(np.sum(error**2))
            errors.append(np.sum(np.abs(error)))
            w, b = w - 0.1 * 2 * x.T @ error / len(x), b - 0.1 * 2 * error.mean(axis=0)
        np.testing.assert_allclose(history["loss"][epoch], np.sum(losses) / 50, rtol=1e-12)
        np.testing.assert_allclose(history["mae"][epoch], np.sum(errors) / 50, rtol=1e-12)
    assert history.steps == 3 * 4
    assert history.best_epoch == 3
    np.testing.assert_allclose(trainer.model.parameters()[0], w.T, rtol=1e-12)


def test_it_learns_and_judges_what_it_has_learnt() -> None:
    trainer = classifier()
    history = quiet(trainer, (X[:40], LABELS[:40]), validation=(X[40:], LABELS[40:]), epochs=40)
    assert set(history.epochs[0]) == {
        *("loss", "accuracy", "validation_loss", "validation_accuracy", "seconds")
    }
    assert history.monitor == "validation_loss"
    assert history.best["validation_accuracy"] >= 0.9
    prediction = trainer.predict(X[40:])
    found = trainer.evaluate((X[40:], LABELS[40:]))
    assert found["accuracy"] == np.mean(prediction.argmax(axis=1) == LABELS[40:])
    np.testing.assert_allclose(
        found["loss"], float(nn.cross_entropy(prediction, LABELS[40:])), rtol=1e-6
    )
    np.testing.assert_allclose(found["loss"], history.best["validation_loss"], rtol=1e-6)


def test_a_fraction_is_held_out() -> None:
    seen: list[int] = []

    class Count(Callback):
        def on_fit_begin(self, run: Run) -> None:
            seen.append(run.steps_per_epoch)

    history = quiet(linear_trainer(), (X, Y), validation=0.2, batch_size=10, callbacks=[Count()])
    assert seen == [4]
    assert "validation_loss" in history.epochs[0]


def test_the_seed_fixes_everything() -> None:
    def losses(seed: int) -> list[float]:
        cr.seed(seed)
        model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 1))
        trainer = Trainer(model, loss=nn.mse, optimizer=optim.Adam(model))
        found: list[float] = trainer.fit((X, Y), validation=0.2, epochs=2, progress=False)["loss"]
        return found

    assert losses(3) == losses(3) != losses(4)


def test_predictions_of_many_and_of_no_examples() -> None:
    trainer, many = linear_trainer(), np.repeat(X, 50, axis=0)
    np.testing.assert_array_equal(trainer.predict(many)[::50], trainer.predict(X))
    assert trainer.predict(np.empty((0, 3))).shape == (0, 1)


def test_dropout_acts_in_training_alone() -> None:
    model = nn.Sequential(nn.Dropout(0.5))
    trainer = Trainer(
        nn.Sequential(model, line()),
        loss=nn.mse,
        optimizer=optim.SGD(line(), learning_rate=0.1),
    )
    modes: list[bool] = []

    class Watch(Callback):
        def on_step_end(self, run: Run) -> None:
            modes.append(run.model.training)

    trainer.optimizer = optim.SGD(trainer.model, learning_rate=0.1)
    quiet(trainer, (X, Y), validation=0.2, epochs=2, callbacks=[Watch()])
    assert all(modes)
    assert not model.training
    np.testing.assert_array_equal(trainer.predict(X), trainer.predict(X))


def test_the_best_weights_come_back() -> None:
    rates = iter([0.1, 0.1, 3.0, 3.0])
    trainer = linear_trainer(rate=0.1)

    class Spoil(Callback):
        def on_epoch_end(self, run: Run) -> None:
            run.optimizer.learning_rate = next(rates)

    history = quiet(trainer, (X, Y), validation=(X, Y), epochs=4, callbacks=[Spoil()])
    assert history.best_epoch == 3
    found = trainer.evaluate((X, Y))["loss"]
    np.testing.assert_allclose(found, history.best["validation_loss"], rtol=1e-12)
    assert found < history["validation_loss"][-1]


def test_patience_ends_the_run() -> None:
    trainer = linear_trainer(rate=0.0)
    history = quiet(trainer, (X, Y), validation=(X, Y), epochs=10, patience=3)
    assert (len(history), history.best_epoch) == (4, 1)
    assert history.stopped == "no better validation_loss for 3 epochs"
    assert not history.interrupted


def test_a_metric_that_is_better_when_larger_can_be_monitored() -> None:
    history = quiet(classifier(), (X, LABELS), epochs=5, monitor="accuracy")
    assert history.best["accuracy"] == max(history["accuracy"])


@pytest.mark.parametrize("validation", [None, 0.2])
def test_only_what_is_measured_can_be_monitored(validation: float | None) -> None:
    with pytest.raises(OptionError, match=r"monitor 'mae' is not measured; there are loss"):
        quiet(linear_trainer(), (X, Y), validation=validation, monitor="mae")


def test_a_plateau_observes_what_is_monitored() -> None:
    model = line()
    schedule = optim.Plateau(0.0, factor=0.5, patience=0)
    trainer = Trainer(model, loss=nn.mse, optimizer=optim.SGD(model, learning_rate=schedule))
    seen: list[float] = []
    schedule.observe = seen.append  # type: ignore[method-assign,assignment]
    history = quiet(trainer, (X, Y), validation=0.2, epochs=3)
    assert seen == history["validation_loss"]


class Fails(Callback):
    """Raises an error at the given step."""

    def __init__(self, error: type[BaseException], step: int) -> None:
        self.error, self.step = error, step

    def on_step_end(self, run: Run) -> None:
        if run.step == self.step:
            raise self.error


class Ends(Callback):
    """Notes the weights that it finds at the end."""

    def __init__(self) -> None:
        self.found: list[Array] = []

    def on_fit_end(self, run: Run) -> None:
        self.found.append(np.array(run.model.parameters()[0]))


def interrupting(step: int) -> Callback:
    class Interrupt(Callback):
        def on_step_end(self, run: Run) -> None:
            if run.step == step:
                signal.raise_signal(signal.SIGINT)

    return Interrupt()


def test_ctrl_c_keeps_the_best_weights() -> None:
    ends, trainer = Ends(), linear_trainer()
    history = quiet(trainer, (X, Y), epochs=9, batch_size=10, callbacks=[interrupting(13), ends])
    assert history.interrupted
    assert (len(history), history.best_epoch, history.steps) == (2, 2, 13)
    again = linear_trainer()
    quiet(again, (X, Y), epochs=2, batch_size=10)
    np.testing.assert_array_equal(trainer.model.parameters()[0], again.model.parameters()[0])
    np.testing.assert_array_equal(ends.found, [again.model.parameters()[0]])


def test_ctrl_c_in_the_first_epoch_keeps_the_weights_of_the_moment() -> None:
    trainer = linear_trainer()
    history = quiet(trainer, (X, Y), epochs=9, batch_size=10, callbacks=[interrupting(2)])
    assert (len(history), history.best_epoch, history.steps) == (0, 0, 2)
    assert np.asarray(trainer.model.parameters()[0]).any()


def test_ctrl_c_ends_a_long_epoch_of_native_code() -> None:
    trainer, steps = linear_trainer(rate=1e-6), 3_000_000
    many = np.broadcast_to(X[0], (steps, 3)), np.broadcast_to(Y[0], (steps, 1))

    class Soon(Callback):
        def on_fit_begin(self, run: Run) -> None:
            Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()

    history = quiet(trainer, many, epochs=9, batch_size=1, callbacks=[Soon()])
    assert history.interrupted
    assert len(history) == 0
    done = int(trainer.optimizer.state()["step"])
    assert history.steps <= done < steps
    weights = np.array(trainer.model.parameters()[0])
    trainer.step(X[:1], Y[:1])
    assert int(trainer.optimizer.state()["step"]) == done + 1
    np.testing.assert_allclose(trainer.model.parameters()[0], weights, atol=1e-4)


def test_a_failing_callback_ends_the_run_in_order() -> None:
    ends, trainer = Ends(), linear_trainer()
    with pytest.raises(ZeroDivisionError):
        quiet(trainer, (X, Y), epochs=9, callbacks=[Fails(ZeroDivisionError, 5), ends])
    assert len(ends.found) == 1
    assert not trainer.model.training


def test_a_loss_that_is_no_number_is_reported_and_the_best_weights_kept() -> None:
    trainer = linear_trainer(rate=0.1)

    class Explode(Callback):
        def on_epoch_end(self, run: Run) -> None:
            if run.epoch == 2:
                run.optimizer.learning_rate = 1e200

    with pytest.raises(ChainruleError, match=r"the loss became (inf|nan) at step \d+ \(epoch 3"):
        quiet(trainer, (X, Y), epochs=9, callbacks=[Explode()])
    again = linear_trainer()
    quiet(again, (X, Y), epochs=2)
    np.testing.assert_array_equal(trainer.model.parameters()[0], again.model.parameters()[0])


@pytest.mark.parametrize("name", ["epochs", "batch_size", "patience"])
@pytest.mark.parametrize("value", [0, -1, 2.5, True, "3"])
def test_counts_are_whole_numbers(name: str, value: Any) -> None:
    with pytest.raises(OptionError, match=f"{name} must be a whole number of at least 1"):
        quiet(linear_trainer(), (X, Y), **{name: value})


def test_data_that_was_checked_can_be_given_again() -> None:
    data = Data(X, Y)
    assert len(quiet(linear_trainer(), data, validation=data, epochs=2)) == 2


def test_a_loss_must_be_a_function() -> None:
    model = line()
    with pytest.raises(OptionError, match="loss is a function of prediction and target, got 'mse'"):
        Trainer(model, loss="mse", optimizer=optim.SGD(model))  # type: ignore[arg-type]


def test_a_whole_fit_compiles_twice() -> None:
    cr.seed(0)
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))
    optimizer = optim.Adam(model, learning_rate=optim.Cosine(0.05, steps=40))
    trainer = Trainer(model, loss=nn.mse, optimizer=optimizer, metrics=["mae"])

    class Judge(Callback):
        def on_epoch_end(self, run: Run) -> None:
            trainer.evaluate((X, Y))

    validation = np.repeat(X, 6, axis=0), np.repeat(Y, 6, axis=0)
    for _ in range(2):
        quiet(trainer, (X, Y), validation=validation, epochs=4, batch_size=16, callbacks=[Judge()])
    assert len(trainer.step.recordings) + len(trainer._prediction.recordings) == 2
    assert "float32[16, 3]" in trainer.step.recordings[0]
    assert "float32[2, 3]" in trainer.step.recordings[0]


def test_a_callback_that_looks_at_each_step_sees_each_and_changes_nothing() -> None:
    seen: list[tuple[int, float]] = []

    class Watch(Callback):
        def on_step_end(self, run: Run) -> None:
            seen.append((run.step, run.loss))

    watched, alone = linear_trainer(), linear_trainer()
    history = quiet(watched, (X, Y), epochs=3, batch_size=16, callbacks=[Watch()])
    other = quiet(alone, (X, Y), epochs=3, batch_size=16)
    assert [step for step, _ in seen] == list(range(1, 13))
    assert [seen[end][1] for end in (3, 7, 11)] == history["loss"]
    np.testing.assert_allclose(history["loss"], other["loss"], rtol=1e-12)
    np.testing.assert_array_equal(watched.model.parameters()[0], alone.model.parameters()[0])
