"""./run finds a Python that will do, says why there is none, and asks for none in vain."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.structure.source import ROOT

# Pythons as a person may have them. The last argument is the question that is put to them.
PYTHON = shlex.quote(sys.executable)
FINE = f'exec {PYTHON} "$@"'
OLD = f'exec {PYTHON} -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])" "$3"'
BARE = f'exec {PYTHON} -c "import sys; sys.modules[\'venv\'] = None; exec(sys.argv[1])" "$3"'
SHIM = 'echo "python3.13: command not found" >&2; exit 127'

# Stands in for the installation: says which Python was chosen, and for what.
INSTALLER = """
import sys
print("installing", *sys.argv[2:3], file=sys.stderr)
sys.exit(3)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of the start-up alone, in a path with a blank."""
    project = tmp_path / "a project"
    (project / "tools").mkdir(parents=True)
    for name in ("run", "tools/environment.sh"):
        shutil.copy(ROOT / name, project / name)
    (project / "tools" / "environment.py").write_text(INSTALLER, encoding="utf-8")
    (project / "pyproject.toml").write_text("# today's\n", encoding="utf-8")
    return project


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def start(
    project: Path, pythons: dict[str, str], arguments: Iterable[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run ./run where these are the only Pythons, from another folder."""
    commands = project.parent / "commands"
    for name in ("cat", "dirname", "sh"):
        commands.mkdir(exist_ok=True)
        (commands / name).symlink_to(shutil.which(name) or name)
    for name, text in pythons.items():
        script(commands / name, text)
    return subprocess.run(
        [project / "run", *arguments],
        cwd=project.parent,
        env={"PATH": str(commands)},
        capture_output=True,
        text=True,
        check=False,
    )


def install(project: Path) -> None:
    """Leave behind what a completed installation leaves."""
    script(project / ".venv" / "bin" / "python", "exit 0")
    script(project / ".venv" / "bin" / "chainrule", 'printf "%s|" "$PWD" "$@"; exit 7')
    record = f"{project.resolve()}\n# today's"
    (project / ".venv" / "installed-cli,plot").write_text(record, encoding="utf-8")


@pytest.mark.parametrize(
    "pythons",
    [
        {"python3": FINE},
        {"python3.11": FINE, "python3": OLD},
        {"python3.13": SHIM, "python3.12": BARE, "python3.11": OLD, "python3": FINE},
    ],
)
def test_a_python_that_will_do_is_found(project: Path, pythons: dict[str, str]) -> None:
    done = start(project, pythons)
    assert done.stderr == "installing cli,plot\n"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("pythons", "complaint"),
    [
        ({}, "no python3 that starts"),
        ({"python3": SHIM}, "no python3 that starts"),
        ({"python3": OLD}, "python3 is Python 3.9, too old"),
        ({"python3.12": BARE, "python3": OLD}, "python3.12 has no venv module"),
        ({"python3.12": BARE, "python3": OLD}, "python3 is Python 3.9, too old"),
        ({"python3": BARE}, f"apt install python3.{sys.version_info.minor}-venv"),
    ],
)
def test_it_says_why_there_is_none(project: Path, pythons: dict[str, str], complaint: str) -> None:
    done = start(project, pythons)
    assert "needs Python 3.11 or newer with its venv module" in done.stderr
    assert complaint in done.stderr
    assert done.stdout == ""
    assert done.returncode == 1


def test_what_is_installed_starts_without_asking(project: Path) -> None:
    install(project)
    done = start(project, {}, ["train", "a file.csv", ""])
    assert done.stdout == f"{os.path.realpath(project.parent)}|train|a file.csv||"
    assert done.stderr == ""
    assert done.returncode == 7


def change(project: Path) -> None:
    (project / "pyproject.toml").write_text("# tomorrow's\n", encoding="utf-8")


def cut_short(project: Path) -> None:
    (project / ".venv" / "installing").touch()


def lose_python(project: Path) -> None:
    (project / ".venv" / "bin" / "python").unlink()


def move(project: Path) -> None:
    record = project / ".venv" / "installed-cli,plot"
    record.write_text("/elsewhere\n# today's", encoding="utf-8")


@pytest.mark.parametrize("spoil", [change, cut_short, lose_python, move])
def test_what_is_no_longer_right_is_installed_again(
    project: Path, spoil: Callable[[Path], None]
) -> None:
    install(project)
    spoil(project)
    assert start(project, {"python3": FINE}).stderr == "installing cli,plot\n"
