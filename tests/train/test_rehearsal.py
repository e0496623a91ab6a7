"""The rehearsal: what does not fit is found before the first step is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule import nn
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError
from chainrule.train.trainer import Trainer
from tests.train.makers import LABELS, X, Y, classifier, linear_trainer, quiet


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


def test_evaluation_data_is_checked() -> None:
    trainer = classifier()
    with pytest.raises(DataError, match="evaluation targets"):
        trainer.evaluate((X, LABELS + 5))
    with pytest.raises(ShapeError, match="evaluation data has"):
        trainer.evaluate((X, LABELS[:3]))
