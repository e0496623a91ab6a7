"""The history: its numbers, its record, its picture."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import matplotlib.image
import pytest

from chainrule.errors import ChainruleError, FileError, OptionError
from chainrule.train.history import History

ROWS = [
    {"loss": 2.0 / epoch**3, "accuracy": 1 - 0.5 / epoch, "seconds": 0.1}
    | {"validation_loss": 2.1 / epoch, "validation_accuracy": 0.9 - 0.5 / epoch}
    for epoch in range(1, 31)
]
HISTORY = History(ROWS, monitor="validation_loss", best_epoch=20, steps=300)


def test_numbers_by_name() -> None:
    assert HISTORY["loss"][:2] == [2.0, 0.25]
    assert len(HISTORY) == 30
    assert HISTORY.best == ROWS[19]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(OptionError, match="has no 'mse'; it has loss, accuracy, seconds"):
        HISTORY["mse"]
    with pytest.raises(OptionError, match="it has no epoch"):
        History()["loss"]


def test_without_an_epoch_there_is_no_best_and_nothing_to_plot() -> None:
    with pytest.raises(ChainruleError, match="no best epoch"):
        _ = History().best
    with pytest.raises(ChainruleError, match="nothing to plot"):
        History().plot()


def test_the_record_is_json_whatever_the_numbers_are() -> None:
    history = History([{"loss": float("inf"), "r2": float("nan"), "seconds": 0.5}], best_epoch=1)
    record = json.loads(json.dumps(history.to_record(), allow_nan=False))
    assert record["epochs"] == [{"loss": None, "r2": None, "seconds": 0.5}]
    assert record["best_epoch"] == 1


def test_the_picture_shows_a_panel_a_number_and_a_line_a_part() -> None:
    loss, accuracy = HISTORY.plot().axes
    assert [axes.get_title() for axes in (loss, accuracy)] == ["loss", "accuracy"]
    lines = {str(line.get_label()): line for line in loss.get_lines()}
    assert [*lines["validation"].get_ydata()] == HISTORY["validation_loss"]  # type: ignore[misc]
    assert [*lines["best epoch: 20"].get_xdata()] == [20, 20]  # type: ignore[misc]
    assert loss.get_yscale() == "log"  # over three powers of ten
    assert accuracy.get_yscale() == "linear"


def test_without_validation_there_is_one_line() -> None:
    (axes,) = History([{"loss": 0.0}, {"loss": -1.0}]).plot().axes
    assert len(axes.get_lines()) == 1
    assert axes.get_yscale() == "linear"


def test_the_picture_is_written(tmp_path: Path) -> None:
    HISTORY.plot(tmp_path / "curves.png")
    height, width, _ = matplotlib.image.imread(tmp_path / "curves.png").shape
    assert (width, height) == (1500, 540)


@pytest.mark.parametrize(
    ("name", "message"), [("nowhere/curves.png", "No such file"), ("curves.docx", "cannot draw")]
)
def test_a_picture_that_cannot_be_written(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(FileError, match=message):
        HISTORY.plot(tmp_path / name)
    assert not any(tmp_path.iterdir())


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return found(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ChainruleError, match=r'pip install "chainrule\[plot\]"'):
        HISTORY.plot()


def test_it_shows_itself_in_one_line() -> None:
    rows = [{"loss": 0.5, "seconds": 1.0}, {"loss": 0.25, "seconds": 1.0}]
    assert repr(History(rows, best_epoch=2)) == (
        "History(2 epochs, all epochs done; best epoch 2: loss 0.25)"
    )
    assert repr(History(stopped="interrupted")) == "History(0 epochs, interrupted)"
