"""The progress of a run in the terminal: a live bar, or a line an epoch where nobody watches."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TextIO

from chainrule.train.callback import Callback, Run
from chainrule.train.history import VALIDATION

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

BAR_WIDTH = 28


class Progress(Callback):
    """Shows loss, metrics, steps per second and the time left, on standard error.

    On a terminal with the package rich (extra `cli`) it is a bar that moves by itself, ten times a
    second, whatever the length of a step; elsewhere a line an epoch.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self._live: Live | None = None
        self._begun = 0.0

    def on_fit_begin(self, run: Run) -> None:
        self._begun = time.perf_counter()
        self._live = _live(self, run) if self.stream.isatty() else None
        if self._live is not None:
            self._live.start()
        else:
            self._print(f"training for up to {run.epochs} epochs of {run.steps_per_epoch} steps")

    def on_epoch_end(self, run: Run) -> None:
        if self._live is None:
            parts = (f"epoch {run.epoch}/{run.epochs}", *numbers(run), *self.pace(run))
            self._print("  ".join(parts))

    def on_fit_end(self, run: Run) -> None:
        if self._live is not None:
            self._live.stop()

    def pace(self, run: Run) -> tuple[str, str]:
        """Return steps per second and the time left, at most, or what it took once it is over."""
        seconds = max(time.perf_counter() - self._begun, 1e-9)
        rate = run.step / seconds
        missing = run.epochs * run.steps_per_epoch - run.step
        if run.reason is not None or not missing:
            return f"{rate:,.0f} steps/s", f"in {clock(seconds)}"
        bound = "" if run.patience is None else "≤ "
        left = clock(missing / rate) if rate else "…"
        return f"{rate:,.0f} steps/s", f"{bound}{left} left"

    def _print(self, line: str) -> None:
        print(line, file=self.stream, flush=True)


def numbers(run: Run) -> tuple[str, str]:
    """Return this epoch's loss and metrics so far, and the last epoch's on the validation data."""
    last = run.history.epochs[-1] if run.history.epochs else {}
    validated = {
        name.removeprefix(VALIDATION): value
        for name, value in last.items()
        if name.startswith(VALIDATION)
    }
    training = _listed({"loss": run.loss, **run.metrics})
    return training, f"validation {_listed(validated)}" if validated else ""


def _listed(values: dict[str, float]) -> str:
    return "  ".join(f"{name} {readable(value)}" for name, value in values.items())


def readable(value: float) -> str:
    """Return a measured number with as many digits as a person compares.

    >>> readable(0.98123), readable(47632.19), readable(0.0000123)
    ('0.9812', '47,632', '1.23e-05')
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4f}" if abs(value) >= 0.001 or value == 0 else f"{value:.3g}"


def clock(seconds: float) -> str:
    """Return a duration as a clock shows it.

    >>> clock(75), clock(7384)
    ('1:15', '2:03:04')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _live(progress: Progress, run: Run) -> Live | None:
    """Return the bar, or None without rich or on a terminal that cannot move its cursor."""
    try:
        from rich.console import Console
        from rich.live import Live
    except ImportError:
        return None
    console = Console(file=progress.stream)
    if not console.is_interactive:
        return None
    return Live(
        get_renderable=lambda: _drawn(progress, run), console=console, refresh_per_second=10
    )


def _drawn(progress: Progress, run: Run) -> RenderableType:
    """Two lines: the bar with its pace, and below it the numbers."""
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    total = run.epochs * run.steps_per_epoch
    bar = Table.grid(padding=(0, 1))
    bar.add_row(
        f"epoch {run.epoch}/{run.epochs}",
        ProgressBar(
            total, run.step, width=BAR_WIDTH, complete_style="cyan", finished_style="green"
        ),
        *progress.pace(run),
    )
    return Group(bar, Text("  ".join(numbers(run)), no_wrap=True, overflow="ellipsis"))
