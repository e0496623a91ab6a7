"""Saving and loading weights: the same numbers back, or an error and nothing changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn, optim
from chainrule.errors import DataError, FileError, OptionError
from chainrule.train.folder import save_folder


def network(width: int = 4) -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, width), nn.ReLU(), nn.Dropout(0.5), nn.Linear(width, 2))


def test_every_number_comes_back(tmp_path: Path) -> None:
    cr.seed(1)
    model, other = network(), network()
    cr.save(model, tmp_path / "model")
    assert cr.load(other, tmp_path / "model") is other
    for name, array in model.state().items():
        np.testing.assert_array_equal(other.state()[name], array)
    x = np.ones((5, 3), np.float32)
    np.testing.assert_array_equal(other.evaluate()(x), model.evaluate()(x))


def test_another_network_is_refused_and_unchanged(tmp_path: Path) -> None:
    cr.save(network(4), tmp_path / "model")
    other = network(5)
    before = other.state()
    with pytest.raises(DataError, match=r"0\.weight"):
        cr.load(other, tmp_path / "model")
    for name, array in before.items():
        np.testing.assert_array_equal(other.state()[name], array)


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    save_folder(tmp_path / "table", {"a": np.zeros(2)}, {"kind": "table"})
    with pytest.raises(FileError, match="was not written by save"):
        cr.load(network(), tmp_path / "table")


def test_only_models_are_saved(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="save takes a model"):
        cr.save({"weight": np.zeros(2)}, tmp_path / "model")  # type: ignore[arg-type]
    assert not (tmp_path / "model").exists()


def trained(steps: int) -> tuple[nn.Sequential, optim.Accumulate, optim.EMA]:
    """A model after some steps, its optimizer, and the average of its weights."""
    cr.seed(1)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    optimizer, average = optim.Accumulate(optim.Adam(model, 0.1), 2), optim.EMA(model, 0.5)
    on(model, optimizer, average, steps)
    return model, optimizer, average


def on(model: nn.Sequential, optimizer: optim.Accumulate, average: optim.EMA, steps: int) -> None:
    x = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
    for _ in range(steps):
        optimizer.step(nn.cross_entropy(model(x), np.arange(8) % 2).backward())
        average.update()


def test_a_run_goes_on_with_optimizer_and_average(tmp_path: Path) -> None:
    whole, again = trained(6), trained(0)
    model, optimizer, average = trained(3)
    cr.save(model, tmp_path / "model", optimizer=optimizer, average=average)
    cr.load(again[0], tmp_path / "model", optimizer=again[1], average=again[2])
    on(*again, steps=3)
    for part in range(3):
        np.testing.assert_equal(again[part].state(), whole[part].state())


def test_the_weights_alone_can_be_taken(tmp_path: Path) -> None:
    model, optimizer, _ = trained(3)
    cr.save(model, tmp_path / "model", optimizer=optimizer)
    np.testing.assert_equal(cr.load(trained(0)[0], tmp_path / "model").state(), model.state())


def test_what_was_not_saved_is_asked_for(tmp_path: Path) -> None:
    model, optimizer, _ = trained(1)
    cr.save(model, tmp_path / "model")
    with pytest.raises(FileError, match="holds no optimizer; it was saved without optimizer="):
        cr.load(model, tmp_path / "model", optimizer=optimizer)


def test_where_one_part_does_not_fit_nothing_changes(tmp_path: Path) -> None:
    model, optimizer, _ = trained(3)
    cr.save(model, tmp_path / "model", optimizer=optimizer)
    other, _, _ = trained(0)
    with pytest.raises(OptionError, match="another optimizer's state"):
        cr.load(other, tmp_path / "model", optimizer=optim.SGD(other))
    wide, fitting = network(5), trained(1)[1]
    before = other.state(), wide.state(), fitting.state()
    with pytest.raises(DataError, match=r"0\.weight"):
        cr.load(wide, tmp_path / "model", optimizer=fitting)
    np.testing.assert_equal((other.state(), wide.state(), fitting.state()), before)


def test_only_what_has_a_state_is_kept_beside(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="optimizer has no state to be kept"):
        cr.save(network(), tmp_path / "model", optimizer="adam")  # type: ignore[arg-type]
