"""What to type next: a line that works in the folder where the person is."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from chainrule.cli.invocation import invocation, typed


@pytest.fixture(autouse=True)
def _not_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)


def called(monkeypatch: pytest.MonkeyPatch, path: Path) -> str:
    monkeypatch.setattr(sys, "argv", [str(path)])
    return invocation()


def checkout(folder: Path) -> Path:
    (folder / "run").touch()
    return folder / ".venv" / "bin" / "chainrule"


def test_a_command_on_the_path_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert invocation() == "chainrule"


def test_in_a_checkout_it_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert called(monkeypatch, checkout(tmp_path)) == "./run"


def test_beside_a_checkout_it_is_the_way_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "check out").mkdir()
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")
    assert called(monkeypatch, checkout(tmp_path / "check out")) == "'../check out/run'"


def test_elsewhere_it_is_what_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert called(monkeypatch, tmp_path / "bin" / "chainrule") == "bin/chainrule"
    assert called(monkeypatch, tmp_path / "chainrule") == "./chainrule"


def test_a_module_is_called_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    found = called(monkeypatch, Path("/somewhere/chainrule/__main__.py"))
    assert found == f"{Path(sys.executable).name} -m chainrule"


def test_words_are_quoted_for_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name)
    assert typed("evaluate", Path("my model"), "a.csv") == "chainrule evaluate 'my model' a.csv"
