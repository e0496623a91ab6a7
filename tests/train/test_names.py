"""Names: letters as numbers, the published split; and the example that learns them, for a while."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import FileError, OptionError
from chainrule.train import names
from examples.makemore import CONTEXT, Letters, loss_on, made, train

TEXT = "emma\nolivia\nava\nmia\namelia\nharper\nevelyn\nemily\nella\nluna\n"


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(names, "CHECKSUM", hashlib.sha256(TEXT.encode()).hexdigest())
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path))
    (tmp_path / "names").mkdir()
    (tmp_path / "names" / "names.txt").write_text(TEXT, encoding="utf-8")


@pytest.mark.usefixtures("_small")
def test_names_are_split_and_shuffled() -> None:
    parts = names.load_names()
    assert [len(part) for part in parts] == [8, 1, 1]
    assert sorted(name for part in parts for name in part) == sorted(TEXT.split())
    assert parts == names.load_names()


@pytest.mark.usefixtures("_small")
def test_other_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "names" / "names.txt").write_text("another", encoding="utf-8")
    with pytest.raises(FileError, match="not the known names file"):
        names.load_names()


def test_other_letters_are_refused() -> None:
    with pytest.raises(OptionError, match="letters a to z, got 'Zoë'"):
        names.contexts(["anna", "Zoë"], 3)


def test_no_names_have_no_places() -> None:
    before, letters = names.contexts([], 3)
    assert (before.shape, letters.shape) == ((0, 3), (0,))


def test_the_published_places(monkeypatch: pytest.MonkeyPatch) -> None:
    data = os.environ.get("CHAINRULE_DATA") or Path(__file__).parents[3] / "shared" / "data"
    if not (Path(data) / "names").is_dir():
        pytest.skip("needs the folder names in CHAINRULE_DATA")
    monkeypatch.setenv("CHAINRULE_DATA", str(data))
    counts = [len(names.contexts(part, 3).letters) for part in names.load_names()]
    assert counts == [182_625, 22_655, 22_866]


def test_the_example_learns(capsys: pytest.CaptureFixture[str]) -> None:
    cr.seed(0)
    generator = np.random.default_rng(0)
    data = names.contexts(TEXT.split(), CONTEXT)
    model = Letters()
    before = loss_on(model, data)
    train(model, data, 300, generator)
    assert before > 5.0
    assert loss_on(model, data) < 1.0
    assert capsys.readouterr().out.startswith("step    300  loss ")
    assert len(made(model, 3, generator)) == 3
