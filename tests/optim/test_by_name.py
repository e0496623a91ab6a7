"""Optimizers by name, and what a wrong name gets."""

from __future__ import annotations

import pytest

from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim import (
    LAMB,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Muon,
    NAdam,
    RMSprop,
    ScheduleFreeAdamW,
    Stepping,
    by_name,
)
from chainrule.optim.by_name import OPTIMIZERS


def parameters() -> list[Variable]:
    return [Variable([[1.0]], trainable=True, name="w")]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sgd", SGD),
        ("SGD", SGD),
        ("rmsprop", RMSprop),
        ("RMSprop", RMSprop),
        ("adagrad", Adagrad),
        ("adam", Adam),
        ("Adam", Adam),
        ("adamw", AdamW),
        ("lamb", LAMB),
        ("Muon", Muon),
        ("nadam", NAdam),
        ("ScheduleFreeAdamW", ScheduleFreeAdamW),
    ],
)
def test_every_name(name: str, kind: type[Stepping]) -> None:
    assert type(by_name(name, parameters())) is kind


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_all_take_a_rate_and_move(name: str) -> None:
    (w,) = parameters()
    optimizer = by_name(name, [w], learning_rate=0.125)
    assert optimizer.rate() == 0.125
    optimizer.step({w: w * 2.0})
    assert -0.5 < float(w) < 1.0


def test_options_arrive() -> None:
    optimizer = by_name("sgd", parameters(), learning_rate=0.5, momentum=0.9)
    assert optimizer.rate() == 0.5
    assert "w.velocity" in dict(optimizer.named_variables())


@pytest.mark.parametrize(
    ("name", "near"),
    [("adamm", "adam"), ("RMSProp2", "rmsprop"), ("sdg", "sgd"), ("agrad", "adagrad")],
)
def test_an_unknown_name_gets_the_nearest(name: str, near: str) -> None:
    message = (
        f"unknown optimizer: .*; did you mean '{near}'\\? there are adadelta, adafactor, adagrad, "
    )
    with pytest.raises(OptionError, match=message):
        by_name(name, parameters())


def test_a_name_like_none_gets_the_list() -> None:
    with pytest.raises(OptionError, match=r"unknown optimizer: 'xyz'; there are adadelta, .*sgd"):
        by_name("xyz", parameters())


def test_an_unknown_option_gets_the_nearest() -> None:
    with pytest.raises(OptionError, match="unknown option of adam: 'beta_1'; did you mean 'beta1'"):
        by_name("adam", parameters(), beta_1=0.5)


def test_bad_values_are_found_as_ever() -> None:
    with pytest.raises(OptionError, match="learning_rate must not be negative"):
        by_name("adam", parameters(), learning_rate=-1.0)
