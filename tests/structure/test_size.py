"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast

import pytest

from tests.structure.source import FOLDERS, ROOT, Function, Module, functions, named, read

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 40
# A file that may be longer, and why.
LONGER: dict[str, str] = {
    "chainrule/nn/__init__.py": "a list of names, one a line; a module and a function share some",
}


def long_files(modules: list[Module]) -> list[str]:
    lengths = {str(module.path): len(module.text.splitlines()) for module in modules}
    return [
        f"{path} has {lines} lines"
        for path, lines in lengths.items()
        if lines > LINES_OF_A_FILE and path not in LONGER
    ]


def long_functions(modules: list[Module]) -> list[str]:
    return [
        f"{module.path}:{function.lineno} {function.name} has {length(function)} lines"
        for module in modules
        for function in functions(module.tree)
        if length(function) > LINES_OF_A_FUNCTION
    ]


def length(function: Function) -> int:
    """Lines of the body; what a docstring explains and how a signature is laid out is free."""
    body = function.body if ast.get_docstring(function) is None else function.body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


MODULES = read(ROOT, *FOLDERS)


def test_files_are_short() -> None:
    assert long_files(MODULES) == []


def test_functions_are_short() -> None:
    assert long_functions(MODULES) == []


def test_exceptions_exist_and_have_a_reason() -> None:
    assert all((ROOT / path).is_file() and reason for path, reason in LONGER.items())


@pytest.mark.parametrize(("lines", "count"), [(300, 0), (301, 1)])
def test_a_long_file_is_found(lines: int, count: int) -> None:
    assert len(long_files([named("chainrule/a.py", "x = 1\n" * lines)])) == count


@pytest.mark.parametrize(("lines", "count"), [(40, 0), (41, 1)])
@pytest.mark.parametrize("head", ["def f(\n    a,\n):", "class A:\n  async def f():"])
@pytest.mark.parametrize("docstring", ["", "    'One.'\n"])
def test_a_long_function_is_found(head: str, docstring: str, lines: int, count: int) -> None:
    text = f"{head}\n{docstring}" + "    x = 1\n" * lines
    assert len(long_functions([named("chainrule/a.py", text)])) == count


def test_a_function_of_words_alone_is_short() -> None:
    text = "def f():\n    '''One.\n" + "\n" * 50 + "    '''"
    assert long_functions([named("chainrule/a.py", text)]) == []
