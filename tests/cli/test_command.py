"""The command as such: version, help, errors in one block, and how fast it can be there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import chainrule as cr
from chainrule.cli import main
from chainrule.cli.command import sizes
from chainrule.errors import OptionError
from tests.cli.conftest import Command, Program, environment, fruits

COMMANDS = ("train", "predict", "evaluate", "walkthrough")


def test_the_version(chainrule: Command) -> None:
    result = chainrule("--version")
    assert (result.exit_code, result.stdout) == (0, f"chainrule {cr.__version__}\n")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_the_commands(chainrule: Command, flag: str) -> None:
    result = chainrule(flag)
    assert result.exit_code == 0
    assert all(f"│ {command} " in result.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_fits(chainrule: Command, command: str) -> None:
    result = chainrule(command, "--help")
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_help_and_version_need_no_numpy() -> None:
    code = "import sys, chainrule.cli; print(*{'numpy', 'polars', 'matplotlib'} & {*sys.modules})"
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert answer.stdout == "\n"


def test_training_on_a_table_needs_no_matplotlib(tmp_path: Path) -> None:
    fruits(tmp_path / "fruits.csv", count=20)
    code = (
        "import sys; from chainrule.cli.command import app;"
        "app(['train', 'fruits.csv', '--target', 'fruit', '--epochs', '1'], standalone_mode=False);"
        "assert 'polars' in sys.modules; assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(), cwd=tmp_path, check=True)


def test_an_unknown_command_is_answered_with_the_nearest(chainrule: Command) -> None:
    result = chainrule("trian")
    assert result.exit_code == 2
    assert "No such command 'trian'. Did you mean 'train'?" in result.stderr


def test_an_error_is_one_line_on_standard_error(chainrule: Command) -> None:
    result = chainrule("evaluate", "nowhere", "table.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Error: the model folder nowhere does not exist; give the folder that train has written\n"
    )


@pytest.mark.parametrize("place", [0, 1, 3])
def test_debug_shows_where_an_error_arose(chainrule: Command, place: int) -> None:
    arguments = ["evaluate", "nowhere", "table.csv"]
    result = chainrule(*arguments[:place], "--debug", *arguments[place:])
    assert result.exit_code == 2
    assert result.stderr.startswith("Traceback (most recent call last):")
    assert "in load_folder" in result.stderr
    assert result.stderr.endswith("give the folder that train has written\n")


def test_an_error_of_the_system_is_told_like_ours(
    chainrule: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refuse)
    result = chainrule("evaluate", "secret", "table.csv")
    assert result.exit_code == 2
    assert result.stderr == "Error: [Errno 13] Permission denied: 'secret'\n"


def test_ctrl_c_outside_of_training_ends_without_a_trace(
    chainrule: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(path: Path) -> bool:
        raise KeyboardInterrupt(path)

    monkeypatch.setattr(Path, "is_dir", interrupt)
    result = chainrule("evaluate", "model", "table.csv")
    assert (result.exit_code, result.stderr) == (130, "Interrupted.\n")


def test_on_a_terminal_an_error_has_a_frame(
    chainrule: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    result = chainrule("evaluate", "[red]nowhere", "table.csv")
    text = re.sub(r"\x1b\[[0-9;]*m", "", result.stderr)
    assert result.stderr != text
    first, second, *_, last = text.splitlines()
    assert (first[:9], last[0], last[-1]) == ("╭─ Error ", "╰", "╯")
    assert second.startswith("│ the model folder [red]nowhere does not exist; give")


def test_the_program_starts_and_tells_its_mistakes(program: Program) -> None:
    assert program("--version").stdout == f"chainrule {cr.__version__}\n"
    answer = program("evaluate", "nowhere", "table.csv")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("Error: the model folder nowhere does not exist")


def test_main_lets_numpy_count_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    monkeypatch.setattr(sys, "argv", ["chainrule", "--version"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 0
    assert environment()["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.parametrize("text", ["8", "256,128", " 4 , 3 "])
def test_sizes_are_read(text: str) -> None:
    assert sizes(text) == tuple(int(part) for part in text.split(","))


@pytest.mark.parametrize("text", ["a", "8,,8", "8.5", "8 8"])
def test_other_sizes_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="--hidden takes whole numbers"):
        sizes(text)
