"""The trainer: against a loop written out in NumPy, and what it does when things go wrong."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import chainrule as cr
from chainrule import nn, optim
from chainrule.build.random import Generator
from chainrule.errors import ChainruleError, DataError, DTypeError, OptionError, ShapeError
from chainrule.train.callback import Callback, Run
from chainrule.train.data import Data
from chainrule.train.history import History
from chainrule.train.trainer import Trainer

Array = NDArray[Any]
CHANCE = np.random.default_rng(0)
X = CHANCE.normal(size=(50, 3))
Y = X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3
LABELS = (X[:, 0] > 0).astype(np.int64)


def quiet(trainer: Trainer, *data: Any, **options: Any) -> History:
    return trainer.fit(*data, progress=False, generator=Generator(7), **options)


def line(dtype: Any = np.float64) -> nn.Linear:
    model = nn.Linear(3, 1, dtype=dtype)
    model.weight.assign(np.zeros((1, 3), dtype))
    return model


def linear_trainer(rate: float = 0.1, **options: Any) -> Trainer:
    model = line()
    optimizer = optim.SGD(model, learning_rate=rate)
    return Trainer(model, loss=nn.mse, optimizer=optimizer, **options)


def classifier(outputs: int = 2, **options: Any) -> Trainer:
    cr.seed(1)
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, outputs))
    optimizer = optim.Adam(model, learning_rate=0.02)
    options = {"metrics": ["accuracy"], **options}
    return Trainer(model, loss=nn.cross_entropy, optimizer=optimizer, **options)


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


@pytest.mark.parametrize(
    ("make", "data", "error", "message"),
    [
        (linear_trainer, (X, Y[:, 0]), ShapeError, r"write target\.reshape\(-1, 1\)"),
        (linear_trainer, (X[:, :2], Y), ShapeError, "takes 3 features"),
        (linear_trainer, (X, Y[:-1]), ShapeError, "50 inputs but 49 targets"),
        (linear_trainer, (X * np.nan, Y), DataError, r"training inputs\[0, 0\] is nan"),
        (linear_trainer, (X[:0], Y[:0]), DataError, "training data is empty"),
        (linear_trainer, 3, OptionError, "is a pair"),
        (classifier, (X, Y), DTypeError, "labels"),
        (classifier, (X, LABELS + 1), DataError, r"targets\[\d+\] is the label 2, but the model"),
        (classifier, (X, LABELS - 1), DataError, "give the last layer 1 outputs, or number"),
    ],
)
def test_what_does_not_fit_is_found_before_the_first_step(
    make: Callable[[], Trainer], data: Any, error: type[Exception], message: str
) -> None:
    trainer = make()
    before = trainer.model.state()
    with pytest.raises(error, match=f"(?i){message}"):
        quiet(trainer, data)
    assert trainer.step.recordings == []
    for name, array in trainer.model.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_validation_data_is_checked_beforehand_too() -> None:
    with pytest.raises(DataError, match=r"validation targets\[2\] is the label 5"):
        quiet(classifier(), (X, LABELS), validation=(X[:3], np.array([0, 1, 5])))


def test_labels_that_the_loss_ignores_are_taken() -> None:
    trainer = classifier()
    trainer.loss = lambda logits, labels: nn.cross_entropy(logits, labels, ignore_index=-1)
    labels = np.where(np.arange(50) % 5, LABELS, -1)
    assert quiet(trainer, (X, labels), epochs=1).steps == 2


@pytest.mark.parametrize("name", ["epochs", "batch_size", "patience"])
@pytest.mark.parametrize("value", [0, -1, 2.5, True, "3"])
def test_counts_are_whole_numbers(name: str, value: Any) -> None:
    with pytest.raises(OptionError, match=f"{name} must be a whole number of at least 1"):
        quiet(linear_trainer(), (X, Y), **{name: value})


def test_evaluation_data_is_checked() -> None:
    trainer = classifier()
    with pytest.raises(DataError, match="evaluation targets"):
        trainer.evaluate((X, LABELS + 5))
    with pytest.raises(ShapeError, match="evaluation data has"):
        trainer.evaluate((X, LABELS[:3]))


def test_data_that_was_checked_can_be_given_again() -> None:
    data = Data(X, Y)
    assert len(quiet(linear_trainer(), data, validation=data, epochs=2)) == 2


def test_a_loss_must_be_a_function() -> None:
    model = line()
    with pytest.raises(OptionError, match="loss is a function of prediction and target, got 'mse'"):
        Trainer(model, loss="mse", optimizer=optim.SGD(model))  # type: ignore[arg-type]
