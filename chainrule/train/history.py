"""The record of a training run: a row of numbers for every epoch, and its picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chainrule.errors import ChainruleError, OptionError


@dataclass
class History:
    """What `Trainer.fit` returns.

    `epochs` holds one dictionary an epoch: `loss` and the metrics on the training data, the same with
    the prefix `validation_`, and `seconds`. `best_epoch` counts from 1.
    """

    epochs: list[dict[str, float]] = field(default_factory=list)
    monitor: str = "loss"
    best_epoch: int = 0
    steps: int = 0
    stopped: str = "all epochs done"

    def __getitem__(self, name: str) -> list[float]:
        """Return the values of one number over the epochs."""
        names = sorted({key for row in self.epochs for key in row})
        if name not in names:
            raise OptionError(f"the history has no {name!r}; it has {', '.join(names)}")
        return [row[name] for row in self.epochs]

    def __len__(self) -> int:
        return len(self.epochs)

    @property
    def best(self) -> dict[str, float]:
        """The numbers of the best epoch."""
        if not self.best_epoch:
            raise ChainruleError("the history is empty: no epoch was finished")
        return self.epochs[self.best_epoch - 1]

    def plot(self, path: str | Path | None = None) -> Any:
        """Draw loss and metrics over the epochs; write the picture to `path` if one is given.

        Returns the matplotlib figure. Needs the extra `plot`.
        """
        if not self.epochs:
            raise ChainruleError("nothing to plot: no epoch was finished")
        return _draw(self, path)


def _draw(history: History, path: str | Path | None) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ChainruleError(
            'history.plot() needs matplotlib: pip install "chainrule[plot]"'
        ) from None
    names = [key for key in history.epochs[0] if key in _curves(history)]
    figure = Figure(figsize=(5.5 * len(names), 3.8), layout="constrained")
    for panel, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        _draw_panel(panel, history, name)
    if path is not None:
        figure.savefig(path, dpi=150)
    return figure


def _curves(history: History) -> list[str]:
    prefixed = "validation_"
    return [
        key for key in history.epochs[0] if key != "seconds" and not key.startswith(prefixed)
    ]


def _draw_panel(panel: Any, history: History, name: str) -> None:
    numbers = range(1, len(history) + 1)
    panel.plot(numbers, history[name], label="training", color="#4c72b0")
    if f"validation_{name}" in history.epochs[0]:
        panel.plot(numbers, history[f"validation_{name}"], label="validation", color="#dd8452")
    if history.best_epoch:
        panel.axvline(history.best_epoch, color="#999999", linewidth=0.8, linestyle=":")
        panel.annotate(
            f" best: epoch {history.best_epoch}",
            (history.best_epoch, 1.0),
            xycoords=("data", "axes fraction"),
            va="top",
            fontsize=8,
            color="#666666",
        )
    panel.set_xlabel("epoch")
    panel.set_title(name)
    panel.legend(frameon=False)
    panel.spines[["top", "right"]].set_visible(False)
