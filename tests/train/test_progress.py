"""The progress of a run: lines where nobody watches, a bar that moves on a terminal."""

from __future__ import annotations

import builtins
import io
from typing import Any

import pytest

from chainrule import nn
from chainrule.train.callback import Run
from chainrule.train.history import History
from chainrule.train.progress import Progress, clock, readable

ROW = {"loss": 0.5, "accuracy": 0.75, "validation_loss": 0.625, "seconds": 0.1}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(progress: Progress, *, interrupted: bool = False) -> None:
    """Two epochs of four steps."""
    run = Run(nn.Linear(1, 1), None, History(), epochs=2, steps_per_epoch=4, patience=1)
    progress.on_fit_begin(run)
    for epoch in (1, 2):
        run.epoch = epoch
        for _ in range(4):
            run.step += 1
            run.loss, run.metrics = 0.5, {"accuracy": 0.75}
            progress.on_step_end(run)
        run.history.epochs.append(ROW)
        progress.on_epoch_end(run)
    if interrupted:
        run.stop("interrupted")
    progress.on_fit_end(run)


def test_elsewhere_than_on_a_terminal_an_epoch_is_a_line() -> None:
    stream = io.StringIO()
    show(Progress(stream))
    first, second, third = stream.getvalue().splitlines()
    assert first == "training for up to 2 epochs of 4 steps"
    assert second.startswith("epoch 1/2  loss 0.5000  accuracy 0.7500  validation loss 0.6250  ")
    assert second.endswith("steps/s  ≤ 0:00 left")
    assert third.endswith("steps/s  in 0:00")


def on_terminal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"COLUMNS": "80", "TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    show(Progress(stream))
    return stream.getvalue()


def test_on_a_terminal_a_bar_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    text = on_terminal(monkeypatch)
    assert "epoch 2/2" in text
    assert "━" in text
    assert "loss 0.5000  accuracy 0.7500  validation loss 0.6250" in text
    assert "\x1b[?25h" in text  # the cursor is shown again


def test_without_colors_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[3" in on_terminal(monkeypatch) or "\x1b[9" in on_terminal(monkeypatch)
    plain = on_terminal(monkeypatch, NO_COLOR="1")
    assert "\x1b[3" not in plain
    assert "\x1b[9" not in plain


def test_a_terminal_without_a_cursor_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    text = on_terminal(monkeypatch, TERM="dumb")
    assert text.startswith("training for up to 2 epochs")
    assert "\x1b" not in text


def test_without_rich_there_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("rich"):
            raise ImportError(name)
        return found(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    assert on_terminal(monkeypatch).startswith("training for up to 2 epochs")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.98765, "0.9877"),
        (-12.5, "-12.5000"),
        (0.00012345, "0.000123"),
        (47632.5, "47,632"),
        (float("nan"), "nan"),
        (1e-9, "1e-09"),
    ],
)
def test_numbers_are_readable(value: float, text: str) -> None:
    assert readable(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (3599.0, "59:59"), (3600.0, "1:00:00")]
)
def test_durations_are_a_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text
