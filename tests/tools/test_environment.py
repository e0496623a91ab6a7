"""The folder .venv is believed only when its installation was carried to the end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.environment import Environment, take, update

WANTED = b"what pyproject.toml says today"
REFUSED = subprocess.CalledProcessError(1, "pip")


@dataclass(frozen=True)
class Rehearsed(Environment):
    """Writes its commands down instead of running them, and fails where it is told to."""

    commands: list[str] = field(default_factory=list)
    failing: str = "nothing fails"

    def call(self, *command: str | Path) -> None:
        line = " ".join(map(str, command))
        self.commands.append(line)
        if self.failing in line:
            raise REFUSED
        if "venv" in command:
            self.python.parent.mkdir()
            self.python.symlink_to(sys.executable)

    def failing_at(self, text: str) -> Rehearsed:
        return Rehearsed(self.root, self.lock, failing=text)


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Rehearsed]:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(WANTED)
    with path.open("r+b") as lock:
        yield Rehearsed(tmp_path, lock)


def kinds(environment: Rehearsed) -> list[str]:
    """What the commands were for."""
    words = {"--dry-run": "rehearse", "pip": "install", "venv": "make"}
    return [
        next(kind for word, kind in words.items() if word in line.split())
        for line in environment.commands
    ]


def test_what_is_missing_is_made(environment: Rehearsed) -> None:
    update(environment, "cli", WANTED)
    assert kinds(environment) == ["make", "install"]
    assert environment.commands[1].endswith("--editable .[cli]")
    assert environment.holds("cli", WANTED)


def test_what_is_current_is_left_alone(environment: Rehearsed) -> None:
    update(environment, "cli", WANTED)
    environment.commands.clear()
    update(environment, "cli", WANTED)
    assert environment.commands == []


@pytest.mark.parametrize(("extras", "wanted"), [("test", WANTED), ("cli", b"changed")])
def test_what_is_stale_is_rehearsed_and_kept(
    environment: Rehearsed, extras: str, wanted: bytes
) -> None:
    update(environment, "cli", WANTED)
    environment.commands.clear()
    update(environment, extras, wanted)
    assert kinds(environment) == ["rehearse", "install"]
    assert environment.holds(extras, wanted)


def test_an_environment_made_by_others_is_kept(environment: Rehearsed) -> None:
    environment.make()
    environment.mark.unlink()
    theirs = environment.folder / "theirs"
    theirs.touch()
    update(environment, "cli", WANTED)
    assert theirs.exists()


@pytest.mark.parametrize("failing", ["venv", "pip"])
def test_what_failed_is_not_believed(environment: Rehearsed, failing: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        update(environment.failing_at(failing), "cli", WANTED)
    assert not environment.is_sound()


@pytest.mark.parametrize("failing", ["venv", "pip"])
def test_what_failed_is_made_anew(environment: Rehearsed, failing: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        update(environment.failing_at(failing), "cli", WANTED)
    half = environment.folder / "lib" / "half"
    half.mkdir(parents=True)
    (environment.folder / "link").symlink_to(environment.root)
    update(environment, "cli", WANTED)
    assert kinds(environment) == ["make", "install"]
    assert not half.exists()


def test_an_update_that_was_cut_short_is_made_anew(environment: Rehearsed) -> None:
    update(environment, "cli", WANTED)
    environment.mark.touch()
    environment.commands.clear()
    update(environment, "cli", WANTED)
    assert kinds(environment) == ["make", "install"]


def test_without_a_registry_what_worked_still_works(environment: Rehearsed) -> None:
    update(environment, "cli", WANTED)
    with pytest.raises(subprocess.CalledProcessError):
        update(environment.failing_at("--dry-run"), "cli", b"changed")
    assert environment.holds("cli", WANTED)


@pytest.mark.parametrize("target", ["/nowhere/python3", shutil.which("false")])
def test_a_python_that_does_not_start_is_replaced(environment: Rehearsed, target: str) -> None:
    update(environment, "cli", WANTED)
    environment.python.unlink()
    environment.python.symlink_to(target)
    update(environment, "cli", WANTED)
    assert environment.python.resolve() == Path(sys.executable).resolve()
    assert environment.holds("cli", WANTED)


@pytest.mark.parametrize(("mode", "answer"), [("take", "held"), ("leave", "free")])
def test_the_lock_keeps_others_out(environment: Rehearsed, mode: str, answer: str) -> None:
    program = """
import fcntl, sys
try:
    fcntl.flock(open(sys.argv[1], "r+b"), fcntl.LOCK_EX | fcntl.LOCK_NB)
    print("free")
except BlockingIOError:
    print("held")
"""
    if mode == "take":
        take(environment.lock)
    command = [sys.executable, "-c", program, str(environment.root / "pyproject.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == answer


def test_a_command_outlives_its_caller_with_the_lock(environment: Rehearsed) -> None:
    take(environment.lock)
    descriptor = environment.lock.fileno()
    program = f"import os; os.fstat({descriptor})"
    Environment(environment.root, environment.lock).call(sys.executable, "-c", program)
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
