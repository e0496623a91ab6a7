"""Small tables, the command in this process and in one of its own, and a model trained once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from chainrule.cli.command import app

ROOT = Path(__file__).parents[2]
FAST = ("--epochs", "12", "--hidden", "8", "--batch-size", "16", "--learning-rate", "0.02")

Command = Callable[..., Result]
Program = Callable[..., subprocess.CompletedProcess[str]]


def write(path: Path, head: str, rows: Sequence[str]) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def fruits(path: Path, count: int = 120, seed: int = 0) -> Path:
    """Figs are small or light; one weight in ten is missing, and one column is always the same."""
    chance = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        size, weight = chance.uniform(0, 4), chance.uniform(20, 80)
        fruit = "fig, fresh" if size + weight / 20 < 4.5 else "plum"
        shown = "" if chance.random() < 0.1 else f"{weight:.1f}"
        rows.append(f'{size:.3f},{shown},{chance.choice(["red", "blue"])},Peru,"{fruit}"')
    return write(path, "size,weight,color,country,fruit", rows)


def prices(path: Path, count: int = 120, seed: int = 0) -> Path:
    """The price is 1000 + 500 size, and half of it in the south."""
    chance = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        size, side = chance.uniform(0, 4), chance.choice(["north", "south"])
        price = (1000 + 500 * size) * (0.5 if side == "south" else 1)
        rows.append(f"{size:.3f},{side},{price:.2f}")
    return write(path, "size,side,price", rows)


@pytest.fixture
def chainrule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, called in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


def environment(**changes: str) -> dict[str, str]:
    """The environment for a process of its own: this checkout, and no habits of the terminal."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "TERM"}}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **changes}


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command as a process of its own."""

    def call(*arguments: str | Path, folder: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "chainrule", *map(str, arguments)],
            cwd=folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return call


@pytest.fixture(scope="session")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tables and a model of each; tests read it and leave it as it is."""
    folder = tmp_path_factory.mktemp("orchard")
    for name, make, target in (("fruits", fruits, "fruit"), ("prices", prices, "price")):
        table = make(folder / f"{name}.csv")
        make(folder / f"{name}-new.csv", count=40, seed=1)
        arguments = ["train", str(table), "--target", target, "--output", str(folder / name)]
        result = CliRunner().invoke(app, [*arguments, *FAST])
        assert result.exit_code == 0, result.output
    return folder
