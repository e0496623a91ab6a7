"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.structure.source import FOLDERS, ROOT, Function, Module, functions, module, read

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40
# A file that may be longer, and why.
LONGER: dict[str, str] = {}


def long_files(modules: list[Module]) -> list[str]:
    lengths = {str(module.path): len(module.text.splitlines()) for module in modules}
    return [
        f"{path} has {length} lines"
        for path, length in lengths.items()
        if length > LINES_OF_A_FILE and path not in LONGER
    ]


def long_functions(modules: list[Module]) -> list[str]:
    return [
        f"{module.path}:{function.lineno} {function.name} has {length(function)} lines"
        for module in modules
        for function in functions(module.tree)
        if length(function) > LINES_OF_A_FUNCTION
    ]


def length(function: Function) -> int:
    """Lines of the body: what a docstring explains, and how a signature is laid out, is free."""
    first = function.body[0]
    if is_text(first):
        first = function.body[1] if len(function.body) > 1 else first
    return (function.end_lineno or 0) - first.lineno + 1


MODULES = read(ROOT, *FOLDERS)


def test_files_are_short() -> None:
    assert long_files(MODULES) == []


def test_functions_are_short() -> None:
    assert long_functions(MODULES) == []


def test_exceptions_exist_and_have_a_reason() -> None:
    assert all((ROOT / path).is_file() and reason for path, reason in LONGER.items())
