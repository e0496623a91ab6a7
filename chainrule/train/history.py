"""The record of a training run: a row of numbers for every epoch, and its picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chainrule.errors import ChainruleError, FileError, OptionError
from chainrule.train.folder import PathLike, reason, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VALIDATION = "validation_"
INTERRUPTED = "interrupted"
COLORS = {"training": "#3b6fb6", "validation": "#e07b39"}
FEW_EPOCHS = 20
WIDE_RANGE = 30.0


@dataclass(repr=False)
class History:
    """What `Trainer.fit` returns.

    `epochs` holds one dictionary an epoch: `loss` and the metrics on the training data, the same
    with the prefix `validation_`, and `seconds`. `best_epoch` counts from 1, 0 is none; `stopped`
    says why the run ended.

    >>> History([{"loss": 0.5}, {"loss": 0.25}])["loss"]
    [0.5, 0.25]
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    monitor: str = "loss"
    best_epoch: int = 0
    steps: int = 0
    stopped: str = "all epochs done"

    def __getitem__(self, name: str) -> list[float]:
        """Return the values of one number over the epochs."""
        names = self.epochs[0] if self.epochs else {}
        if name not in names:
            raise OptionError(
                f"the history has no {name!r}; it has {', '.join(names) or 'no epoch'}"
            )
        return [row[name] for row in self.epochs]

    def __len__(self) -> int:
        return len(self.epochs)

    def __repr__(self) -> str:
        done = f"{len(self)} epoch{'' if len(self) == 1 else 's'}, {self.stopped}"
        if not self.best_epoch:
            return f"History({done})"
        numbers = ", ".join(
            f"{name} {value:.4g}" for name, value in self.best.items() if name != "seconds"
        )
        return f"History({done}; best epoch {self.best_epoch}: {numbers})"

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the run."""
        return self.stopped == INTERRUPTED

    @property
    def best(self) -> dict[str, float]:
        """The numbers of the best epoch."""
        if not self.best_epoch:
            raise ChainruleError("the history has no best epoch: none was finished")
        return self.epochs[self.best_epoch - 1]

    def to_record(self) -> dict[str, Any]:
        """Return the history as what JSON can hold; a number that is not finite becomes None."""
        rows = [{name: _finite(value) for name, value in row.items()} for row in self.epochs]
        return {
            "monitor": self.monitor,
            "best_epoch": self.best_epoch,
            "steps": self.steps,
            "stopped": self.stopped,
            "epochs": rows,
        }

    def plot(self, path: PathLike | None = None) -> Figure:
        """Draw loss and metrics over the epochs; write the picture to `path` if one is given.

        Returns the matplotlib figure. Needs the extra `plot`.

        Errors: `ChainruleError` without matplotlib or without an epoch; `FileError` where the
        picture cannot be written.
        """
        if not self.epochs:
            raise ChainruleError("nothing to plot: no epoch was finished")
        figure = _figure(self)
        if path is not None:
            _save(figure, Path(path))
        return figure


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _figure(history: History) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ChainruleError(
            'history.plot() needs matplotlib: pip install "chainrule[plot]"'
        ) from None
    names = [
        name for name in history.epochs[0] if name != "seconds" and not name.startswith(VALIDATION)
    ]
    figure = Figure(figsize=(5.0 * len(names), 3.6), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        _draw(axes, history, name)
    return figure


def _draw(axes: Axes, history: History, name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    numbers = range(1, len(history) + 1)
    marker = "." if len(history) <= FEW_EPOCHS else ""
    measured = {"training": history[name]}
    if VALIDATION + name in history.epochs[0]:
        measured["validation"] = history[VALIDATION + name]
    for label, values in measured.items():
        axes.plot(numbers, values, marker=marker, label=label, color=COLORS[label])
    if _spread([value for values in measured.values() for value in values]) > WIDE_RANGE:
        axes.set_yscale("log")
    _mark_best(axes, history.best_epoch)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.set(xlabel="epoch", title=name)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e8e8e8", linewidth=0.8)
    axes.legend(frameon=False)


def _spread(values: list[float]) -> float:
    """Return how many times the largest value is the smallest; 1 where one is not positive."""
    return max(values) / min(values) if min(values) > 0 else 1.0


def _mark_best(axes: Axes, epoch: int) -> None:
    if epoch:
        axes.axvline(
            epoch, color="#888888", linewidth=0.9, linestyle=":", label=f"best epoch: {epoch}"
        )


def _save(figure: Figure, path: Path) -> None:
    picture = BytesIO()
    try:
        figure.savefig(picture, dpi=150, format=path.suffix.removeprefix(".") or "png")
    except ValueError as error:
        raise FileError(f"cannot draw {path}: {error}") from error
    try:
        write_whole(path, picture.getvalue())
    except OSError as error:
        raise FileError(f"cannot write the picture to {path}: {reason(error)}") from error
