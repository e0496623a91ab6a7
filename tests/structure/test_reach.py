"""Every check sees every file: what a tool leaves out by a rule of its own, nobody checks.

A folder of the package has a name (`build`) that many tools take for rubbish.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.structure.source import FOLDERS, ROOT, Module, named, plant, read

MODULES = read(ROOT, *FOLDERS)


def out_of_reach(modules: list[Module], patterns: list[str]) -> list[str]:
    """The modules in, or under, a name that matches one of these patterns at any depth."""
    return [
        str(module.path)
        for module in modules
        if any(fnmatch(part, pattern) for part in module.path.parts for pattern in patterns)
    ]


def ignored_names(root: Path) -> list[str]:
    """The patterns of .gitignore that hold at any depth."""
    lines = (root / ".gitignore").read_text(encoding="utf-8").split()
    return [line.rstrip("/") for line in lines if "/" not in line.rstrip("/")]


def unlinted(root: Path, modules: list[Module]) -> list[str]:
    """The modules that ruff passes over."""
    command = [sys.executable, "-m", "ruff", "check", "--show-files"]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    seen = {Path(line).resolve() for line in answer.stdout.splitlines()}
    return [str(module.path) for module in modules if (root / module.path).resolve() not in seen]


def test_git_keeps_every_file() -> None:
    assert out_of_reach(MODULES, ignored_names(ROOT)) == []


def test_pytest_enters_every_folder(pytestconfig: pytest.Config) -> None:
    assert out_of_reach(MODULES, pytestconfig.getini("norecursedirs")) == []


def test_ruff_reads_every_file() -> None:
    assert unlinted(ROOT, MODULES) == []


def test_mypy_reads_every_folder() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
    assert set(FOLDERS) <= set(settings["files"])
    assert "exclude" not in settings


@pytest.mark.parametrize("path", ["chainrule/build/graph.py", "tests/build/deep/test_graph.py"])
def test_a_file_out_of_reach_is_found(tmp_path: Path, path: str) -> None:
    (tmp_path / ".gitignore").write_text("build/\n/dist/\n", encoding="utf-8")
    modules = [named(path, ""), named("chainrule/dist/graph.py", "")]
    assert out_of_reach(modules, ignored_names(tmp_path)) == [path]


def test_a_file_that_ruff_passes_over_is_found(tmp_path: Path) -> None:
    code = {"chainrule/build/graph.py": "", "chainrule/run/graph.py": ""}
    modules = plant(tmp_path, {"ruff.toml": 'exclude = ["build"]', **code})
    assert unlinted(tmp_path, modules) == ["chainrule/build/graph.py"]
