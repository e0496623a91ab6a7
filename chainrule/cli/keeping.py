"""Keeping what was trained: the model folder, and the learning curves in it."""

from __future__ import annotations

from pathlib import Path

from chainrule.cli.fitting import record_of
from chainrule.cli.model import TableModel
from chainrule.cli.options import Options
from chainrule.cli.screen import GOOD, output
from chainrule.train.history import History

MODELS = Path("models")
CURVES = "learning-curves.png"


def keep(model: TableModel, folder: Path, options: Options, history: History, source: str) -> None:
    """Save a model and say where; the learning curves of an older one go."""
    model.save(folder, record_of(options, history, source))
    (folder / CURVES).unlink(missing_ok=True)
    output().print(f"Model saved in {folder}", style=GOOD, soft_wrap=True)


def draw(history: History, path: Path) -> None:
    """Draw the learning curves and say where."""
    history.plot(path)
    output().print(f"Learning curves in {path}", soft_wrap=True)
