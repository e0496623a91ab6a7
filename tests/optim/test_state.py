"""What an optimizer remembers: saved, loaded whole or not at all, and gone on with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.errors import DTypeError, OptionError, ShapeError
from chainrule.optim import SGD, Adam, RMSprop, StepDecay
from chainrule.train.folder import load_folder, save_folder
from tests.optim.makers import Maker, every_stepping, number, scalar, values
from tests.optim.problems import loss, variables


@every_stepping
def test_a_saved_run_goes_on_to_the_last_bit(make: Maker) -> None:
    at = variables("logistic")
    optimizer = make(at, StepDecay(0.1, every=3))
    for _ in range(4):
        optimizer.step(loss("logistic", at).backward())
    again = variables("logistic")
    resumed = make(again, StepDecay(0.1, every=3))
    resumed.load_state(optimizer.state())
    for name, variable in again.items():
        variable.assign(np.array(at[name]))
    for _ in range(3):
        optimizer.step(loss("logistic", at).backward())
        resumed.step(loss("logistic", again).backward())
    assert values(at) == values(again)
    np.testing.assert_equal(optimizer.state(), resumed.state())


@every_stepping
def test_a_state_in_a_file_is_the_same(make: Maker, tmp_path: Path) -> None:
    at = variables("logistic")
    optimizer = make(at, 0.1)
    for _ in range(4):
        optimizer.step(loss("logistic", at).backward())
    path = save_folder(tmp_path / "state", optimizer.state(), {})
    again = make(variables("logistic"), 0.1)
    again.load_state(load_folder(path).arrays)
    np.testing.assert_equal(again.state(), optimizer.state())


def test_names_are_the_parameters_and_the_moments() -> None:
    model = {"layer.w": scalar(), "layer.b": scalar()}
    optimizer = RMSprop(model, centered=True, momentum=0.5)
    moments = {"mean", "variance", "velocity"}
    expected = {f"{name}.{moment}" for name in model for moment in moments}
    found = dict(optimizer.named_variables())
    assert set(found) == {"step", "learning_rate", *expected}
    assert list(map(id, optimizer.variables())) == list(map(id, found.values()))


def test_state_is_a_copy() -> None:
    optimizer = SGD([scalar()], 0.25)
    optimizer.state()["learning_rate"][...] = 7.0
    assert optimizer.rate() == 0.25


def test_the_rate_is_part_of_the_state() -> None:
    optimizer = SGD([scalar()], 0.25)
    optimizer.load_state(SGD([scalar()], 0.5).state())
    assert optimizer.rate() == 0.5


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"x.mean": None}, OptionError, r"missing \['x.mean'\], unknown \[\]"),
        ({"x.velocity": np.float64(0.0)}, OptionError, r"unknown \['x.velocity'\]"),
        ({"x.mean": np.zeros(2)}, ShapeError, r"x.mean has shape \(2,\), expected \(\)"),
        ({"x.mean": np.float32(0.0)}, DTypeError, "x.mean is float32, expected float64"),
    ],
)
def test_a_foreign_state_changes_nothing(
    change: dict[str, Any], kind: type[Exception], message: str
) -> None:
    x = scalar()
    optimizer = Adam([x], 0.1)
    optimizer.step({x: number(1.0)})
    before = optimizer.state()
    state = {name: value * 0 for name, value in before.items()} | change
    with pytest.raises(kind, match=message):
        optimizer.load_state({name: state[name] for name in state if state[name] is not None})
    np.testing.assert_equal(optimizer.state(), before)


def test_the_state_of_another_optimizer() -> None:
    with pytest.raises(OptionError, match=r"another optimizer's state: missing .*x.mean"):
        Adam([scalar()]).load_state(SGD([scalar()]).state())
