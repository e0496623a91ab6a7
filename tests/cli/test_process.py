"""The command as a process: interrupted while it trains, read by half, without a terminal."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chainrule.cli.model import load_model
from tests.cli.conftest import Command, Program, environment, fruits

FOREVER = ("--target", "fruit", "--epochs", "1000000", "--patience", "1000000", "--hidden", "4")


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "chainrule", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(process: subprocess.Popen[str], start: str) -> None:
    """Read its standard error to the first line that starts so."""
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(start):
            return
    pytest.fail(f"it ended without a line {start!r}")


def test_ctrl_c_saves_the_best_weights_and_says_where(tmp_path: Path, chainrule: Command) -> None:
    table = fruits(tmp_path / "fruits.csv")
    process = start(tmp_path, "train", table.name, *FOREVER)
    until(process, "epoch 3/")
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    text = " ".join(stdout.split())
    (done, best) = re.findall(
        r"Interrupted after (\d+) epochs; the best weights, of epoch (\d+), are kept", text
    )[0]
    assert 1 <= int(best) <= int(done)
    assert "Model saved in models/fruits" in text
    accuracy = re.findall(r"held out to validate accuracy ([\d.]+)%", text)
    assert len(accuracy) == 1
    result = chainrule("evaluate", "models/fruits", table)
    assert result.exit_code == 0


def test_ctrl_c_in_the_first_epoch_saves_the_weights_of_the_moment(tmp_path: Path) -> None:
    table = fruits(tmp_path / "fruits.csv", count=20_000)
    process = start(tmp_path, "train", table.name, *FOREVER, "--batch-size", "1")
    until(process, "training for")
    # The first of several thousand steps are being taken now, or about to be.
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    if "Model saved" in stdout:
        assert "no epoch was finished: the weights of step" in " ".join(stdout.split())
        load_model(tmp_path / "models" / "fruits")
    else:
        assert not (tmp_path / "models").exists()


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path, orchard: Path) -> None:
    table = fruits(tmp_path / "many.csv", count=3000)
    with start(tmp_path, "predict", str(orchard / "fruits"), table.name) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith("prediction,")
        process.stdout.close()
        assert process.stderr.read() == ""


def test_predictions_are_alone_on_standard_output(program: Program, orchard: Path) -> None:
    answer = program("predict", orchard / "fruits", orchard / "fruits-new.csv")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert len(answer.stdout.splitlines()) == 41


def on_terminal(folder: Path, *arguments: str, **changes: str) -> str:
    """Run the command on a terminal 80 wide, and return all that it wrote there."""
    mine, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "chainrule", *arguments],
        cwd=folder,
        env=environment(TERM="xterm-256color", **changes),
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    parts = []
    while part := read(mine):
        parts.append(part)
    os.close(mine)
    assert process.wait(timeout=60) == 0
    return b"".join(parts).decode().replace("\r\n", "\n")


def read(terminal: int) -> bytes:
    """Read what is there; nothing, or an error on Linux, is the end."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


COLOR = re.compile(r"\x1b\[[0-9;]*m")
TRAIN = ("train", "fruits.csv", "--target", "fruit", "--epochs", "5", "--hidden", "8")


def test_on_a_terminal_there_is_a_bar_and_color(tmp_path: Path) -> None:
    fruits(tmp_path / "fruits.csv")
    text = on_terminal(tmp_path, *TRAIN)
    assert "epoch 5/5" in text
    assert "━" in text
    assert COLOR.search(text)
    plain = [line for line in COLOR.sub("", text).splitlines() if "\x1b" not in line]
    assert max(map(len, plain)) <= 80


def test_no_color_is_heeded(tmp_path: Path) -> None:
    fruits(tmp_path / "fruits.csv")
    text = on_terminal(tmp_path, *TRAIN, NO_COLOR="1")
    assert "epoch 5/5" in text
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m|\x1b\[9[0-9]m", text)
