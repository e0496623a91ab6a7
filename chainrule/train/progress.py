"""The progress of a run in the terminal: a live bar, or a line an epoch where nobody watches."""

from __future__ import annotations

import sys
from typing import Any, TextIO

from chainrule.train.callback import Callback, Run


class Progress(Callback):
    """Shows loss, metrics, steps per second and the time left, on standard error.

    On a terminal with the package rich (extra `cli`) it is one bar that moves; elsewhere, one line
    an epoch.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self._bar: Any = None
        self._task: Any = None

    def on_fit_begin(self, run: Run) -> None:
        self._bar = _live_bar(self.stream) if self.stream.isatty() else None
        if self._bar is not None:
            self._bar.start()
            total = run.epochs * run.steps_per_epoch
            self._task = self._bar.add_task("", total=total, epoch="epoch 1", numbers="")

    def on_step_end(self, run: Run) -> None:
        if self._bar is not None:
            self._bar.update(
                self._task,
                completed=run.step,
                epoch=f"epoch {run.epoch}/{run.epochs}",
                numbers=_numbers(_shown(run)),
            )

    def on_epoch_end(self, run: Run) -> None:
        if self._bar is None:
            row = run.history.epochs[-1]
            rate = run.steps_per_epoch / max(row["seconds"], 1e-9)
            numbers = {key: value for key, value in row.items() if key != "seconds"}
            line = f"epoch {run.epoch}/{run.epochs}  {_numbers(numbers)}  {rate:,.0f} steps/s"
            print(line, file=self.stream, flush=True)

    def on_fit_end(self, run: Run) -> None:
        if self._bar is not None:
            self._bar.stop()


def _shown(run: Run) -> dict[str, float]:
    """The running means of this epoch, and the last epoch's validation numbers."""
    last = run.history.epochs[-1] if run.history.epochs else {}
    measured = {key: value for key, value in last.items() if key.startswith("validation_")}
    return {"loss": run.loss, **run.metrics, **measured}


def _numbers(values: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4f}" for name, value in values.items())


def _live_bar(stream: TextIO) -> Any:
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress as Bar,
            ProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text
    except ImportError:
        return None

    class Speed(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:,.0f} steps/s")

    return Bar(
        TextColumn("{task.fields[epoch]}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[numbers]}"),
        Speed(),
        TimeRemainingColumn(compact=True),
        console=Console(file=stream),
    )
