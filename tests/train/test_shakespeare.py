"""Tiny Shakespeare: the text as numbers; and the example that learns it, on a small model."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import FileError
from chainrule.train import shakespeare
from examples.shakespeare import CONTEXT, GPT, loss_on, train, written

TEXT = "ab\nba" * 20


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shakespeare, "CHECKSUM", hashlib.sha256(TEXT.encode()).hexdigest())
    monkeypatch.setenv("CHAINRULE_DATA", str(tmp_path))
    (tmp_path / "tinyshakespeare").mkdir()
    (tmp_path / "tinyshakespeare" / "input.txt").write_text(TEXT, encoding="utf-8")


@pytest.mark.usefixtures("_small")
def test_characters_are_numbered_by_their_codes() -> None:
    learn, rest = shakespeare.load_shakespeare()
    assert learn.alphabet == rest.alphabet == "\nab"
    assert learn.numbers[:5].tolist() == [1, 2, 0, 2, 1]
    assert (len(learn.numbers), len(rest.numbers)) == (90, 10)
    assert learn.written(learn.numbers) + rest.written(rest.numbers) == TEXT


@pytest.mark.usefixtures("_small")
def test_another_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tinyshakespeare" / "input.txt").write_text("another", encoding="utf-8")
    with pytest.raises(FileError, match="not the known Tiny Shakespeare file"):
        shakespeare.load_shakespeare()


def test_the_real_text_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    data = os.environ.get("CHAINRULE_DATA") or Path(__file__).parents[3] / "shared" / "data"
    if not (Path(data) / "tinyshakespeare").is_dir():
        pytest.skip("needs the folder tinyshakespeare in CHAINRULE_DATA")
    monkeypatch.setenv("CHAINRULE_DATA", str(data))
    learn, rest = shakespeare.load_shakespeare()
    assert len(learn.alphabet) == 65
    assert (len(learn.numbers), len(rest.numbers)) == (1_003_854, 111_540)
    assert learn.written(learn.numbers[:14]) == "First Citizen:"


def test_the_example_learns_a_rhyme_by_heart() -> None:
    cr.seed(0)
    generator = np.random.default_rng(0)
    text = np.tile([0, 1, 2, 3, 0, 2], 100)
    model = GPT(4, CONTEXT, layers=1, heads=2, features=16)
    train(model, text, 150, generator)
    assert loss_on(model, text, 2, generator) < 0.7 < np.log(4)
    assert len(written(model, text[:3], 4, generator)) == 7


def test_a_tied_head_gets_both_gradients() -> None:
    model = GPT(4, CONTEXT, layers=1, heads=2, features=8)
    tokens = np.array([[0, 1, 2, 3]])
    weight = model.embedding.weight
    found = cr.sum(model(tokens) ** 2).backward()[weight]
    values, step = np.asarray(weight), 1e-2
    for place in ((0, 0), (3, 5)):
        sides = []
        for sign in (1, -1):
            moved = values.copy()
            moved[place] += sign * step
            weight.assign(moved)
            sides.append(float(cr.sum(model(tokens) ** 2)))
        slope = (sides[0] - sides[1]) / (2 * step)
        np.testing.assert_allclose(np.asarray(found)[place], slope, rtol=0.02, atol=1e-3)
