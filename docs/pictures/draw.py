"""Draws the pictures of the documents anew, from real runs.

    .venv/bin/python docs/pictures/draw.py      # after ./run has made .venv; takes half a minute

`run.svg` is what `./run` leaves on a terminal 80 columns wide, caught by a pseudo-terminal;
`curves.svg` is what `history.plot()` draws of a training on the same digits.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios
from pathlib import Path

import matplotlib as mpl
from rich.console import Console
from rich.text import Text

import chainrule as cr
from chainrule import nn, optim
from chainrule.table import load_digits

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COLUMNS, ROWS = 80, 40
CONTROL = re.compile(r"\x1b\[\??(\d*)([A-Za-z])|\r|\n")
COLOR = re.compile(r"\x1b\[[\d;]*m")
FONT_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def terminal_output(command: list[str], folder: Path) -> str:
    """Return everything that a command writes to the terminal that it believes to have."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    plain = {name: value for name, value in os.environ.items() if name not in {"CI", "NO_COLOR"}}
    environment = plain | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    ends = {"stdin": slave, "stdout": slave, "stderr": slave}
    with subprocess.Popen(command, cwd=folder, env=environment, **ends) as process:
        os.close(slave)
        parts = [*iter(lambda: _read(master), b"")]
    os.close(master)
    if process.returncode:
        raise SystemExit(b"".join(parts).decode())
    return b"".join(parts).decode()


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # what Linux says when the other end is closed
        return b""


def screen(output: str) -> list[str]:
    """Return the lines that stand on the screen in the end, with their colors.

    Knows what rich uses to redraw: to the line's start, up, and erase the line.
    """
    lines, row, start = [""], 0, 0
    for match in CONTROL.finditer(output):
        if match.group(2) == "m":
            continue
        lines[row] += output[start : match.start()]
        start = match.end()
        if match.group() == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        elif match.group(2) == "A":
            row = max(row - int(match.group(1) or 1), 0)
        elif match.group(2) == "K":
            lines[row] = ""
    lines[row] += output[start:]
    return lines


def draw_run(path: Path) -> None:
    """Draw the run of the command without arguments."""
    # An installation that is due prints what nobody wants in the picture, paths of the machine too.
    subprocess.run(["./run", "--version"], cwd=ROOT, check=True, capture_output=True)
    lines = screen(terminal_output(["./run"], ROOT))
    while lines and not COLOR.sub("", lines[-1]).strip():
        lines.pop()
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi("\n".join(lines)))
    picture = FONT_FACE.sub("", console.export_svg(title="./run", unique_id="run"))
    path.write_text(picture, encoding="utf-8")


def draw_curves(path: Path) -> None:
    """Draw the curves of a training on the digits."""
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # the same file for the same run
    mpl.rcParams["svg.hashsalt"] = "chainrule"
    cr.seed(0)
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 10))
    optimizer = optim.Adam(model, learning_rate=0.005)
    trainer = cr.Trainer(model, loss=nn.cross_entropy, optimizer=optimizer, metrics=["accuracy"])
    trainer.fit(load_digits(), validation=0.2, epochs=40).plot(path)


if __name__ == "__main__":
    draw_curves(HERE / "curves.svg")
    draw_run(HERE / "run.svg")
