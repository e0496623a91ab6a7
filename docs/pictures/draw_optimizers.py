"""Draws `optimizers.svg`: the paths of eight optimizers down Rosenbrock's valley.

.venv/bin/python docs/pictures/draw_optimizers.py      # after ./run has made .venv
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

import chainrule as cr
from chainrule import optim

HERE = Path(__file__).resolve().parent
START, STEPS = (-1.5, 1.6), 60
INK, GRAY, PATH = "#1f2933", "#7b8794", "#c2410c"

MAKERS: dict[str, Callable[[list[cr.Variable]], optim.AnyOptimizer]] = {
    "SGD": lambda at: optim.SGD(at, 0.02),
    "SGD, momentum 0.9": lambda at: optim.SGD(at, 0.01, momentum=0.9),
    "RMSprop": lambda at: optim.RMSprop(at, 0.05),
    "Adam": lambda at: optim.Adam(at, 0.2),
    "Lion": lambda at: optim.Lion(at, 0.06),
    "Rprop": lambda at: optim.Rprop(at, 0.1),
    "Schedule-free AdamW": lambda at: optim.ScheduleFreeAdamW(at, 0.3),
}


def valley(x: Any, y: Any) -> Any:
    """Return Rosenbrock's function (1960) with walls less steep; the minimum is at (1, 1)."""
    return (1 - x) ** 2 + 5 * (y - x**2) ** 2


def path(make: Callable[[list[cr.Variable]], optim.AnyOptimizer]) -> np.ndarray:
    """Return where an optimizer goes from the start, a row a step."""
    x, y = (cr.Variable(np.float64(value), trainable=True) for value in START)
    optimizer = make([x, y])
    rows = [START]
    for _ in range(STEPS):
        optimizer.descend(lambda: valley(x, y))
        rows.append((float(x), float(y)))
    return np.array(rows)


def newton_path() -> np.ndarray:
    """Return where L-BFGS goes, after each of its steps."""
    rows = [START]
    for steps in range(1, STEPS + 1):
        x, y = (cr.Variable(np.float64(value), trainable=True) for value in START)
        found = optim.LBFGS([x, y]).minimize(lambda x=x, y=y: valley(x, y), steps=steps)
        rows.append((float(x), float(y)))
        if found.converged:
            break
    return np.array(rows)


def draw(axes: Axes, name: str, way: np.ndarray) -> None:
    """Draw one path over the lines of equal height."""
    x, y = np.meshgrid(np.linspace(-2, 2, 52), np.linspace(-1, 3, 52))
    levels = np.geomspace(0.3, 150, 5)
    axes.contour(
        x, y, valley(x, y), levels, cmap="Blues_r", norm=LogNorm(0.02, 500), linewidths=0.7
    )
    axes.plot(*way.T, color=PATH, linewidth=1.2, marker="o", markersize=2)
    axes.plot(*START, marker="s", color=INK, markersize=5)
    axes.plot(1, 1, marker="*", color=INK, markersize=9)
    axes.set_title(name, fontsize=10, color=INK)
    axes.set(xlim=(-2, 2), ylim=(-1, 3), xticks=[], yticks=[], aspect="equal")
    height = valley(*way[-1])
    shown = f"{len(way) - 1} steps, {height:.1g}" if height > 1e-12 else f"{len(way) - 1} steps, 0"
    axes.text(0, -0.85, shown, ha="center", fontsize=8, color=GRAY)


if __name__ == "__main__":
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # the same file for the same run
    mpl.rcParams["svg.hashsalt"] = "chainrule"
    figure, grid = pyplot.subplots(2, 4, figsize=(10, 5.4), layout="constrained")
    ways = {name: path(make) for name, make in MAKERS.items()} | {"L-BFGS": newton_path()}
    for axes, (name, way) in zip(grid.flat, ways.items(), strict=True):
        draw(axes, name, way)
    figure.savefig(HERE / "optimizers.svg")
