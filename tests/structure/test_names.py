"""A file's name says its subject; a drawer for anything has none."""

from __future__ import annotations

import pytest

from tests.structure.source import FOLDERS, ROOT, Module, named, read

DRAWERS = {"common", "helper", "helpers", "misc", "util", "utilities", "utils"}


def drawers(modules: list[Module]) -> list[str]:
    return [str(module.path) for module in modules if DRAWERS & set(words(module))]


def words(module: Module) -> list[str]:
    return module.name.replace("_", ".").split(".")


def test_no_module_is_a_drawer() -> None:
    assert drawers(read(ROOT, *FOLDERS)) == []


@pytest.mark.parametrize(
    "path",
    [
        "chainrule/utils.py",
        "chainrule/misc/__init__.py",
        "tests/nn/helpers.py",
        "tools/io_utils.py",
    ],
)
def test_a_drawer_is_found(path: str) -> None:
    assert drawers([named(path, "")]) == [path]


def test_a_word_inside_a_word_is_no_drawer() -> None:
    assert drawers([named("chainrule/table/commonest.py", "")]) == []
