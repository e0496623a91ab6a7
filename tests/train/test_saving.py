"""Saving and loading weights: the same numbers back, or an error and nothing changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
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
