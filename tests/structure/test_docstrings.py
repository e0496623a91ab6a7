"""Everything public in the package says what it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.structure.source import ROOT, Function, Module, named, read

Documented = ast.Module | ast.ClassDef | Function


def undocumented(modules: list[Module]) -> list[str]:
    return [
        f"{module.path}: {name}"
        for module in modules
        if not is_private(module.name)
        for name, node in public(module.name, module.tree)
        if ast.get_docstring(node) is None
    ]


def public(name: str, node: Documented) -> Iterator[tuple[str, Documented]]:
    """The node and all that is public in it; what stands inside a function is nobody's to call."""
    yield name, node
    for child in [] if isinstance(node, Function) else node.body:
        if isinstance(child, ast.ClassDef | Function) and not is_exempt(child):
            yield from public(f"{name}.{child.name}", child)


def is_exempt(node: ast.ClassDef | Function) -> bool:
    """Private and special names, and those whose first definition carries the docstring."""
    decorators = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return node.name.startswith("_") or bool(decorators & {"overload", "setter"})


def is_private(name: str) -> bool:
    return any(part.startswith("_") for part in name.split("."))


def test_everything_public_is_documented() -> None:
    assert undocumented(read(ROOT, "chainrule")) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1",
        '"""A."""\ndef f(): ...',
        '"""A."""\nasync def f(): ...',
        '"""A."""\nclass B: ...',
        '"""A."""\nclass B:\n    """B."""\n    def f(self): ...',
        '"""A."""\nclass B:\n    """B."""\n    @property\n    def f(self): ...',
    ],
)
def test_a_missing_docstring_is_found(text: str) -> None:
    assert len(undocumented([named("chainrule/nn/linear.py", text)])) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("chainrule/a.py", '"""A."""\ndef _f(): ...'),
        ("chainrule/a.py", '"""A."""\ndef f():\n    """F."""\n    def g(): ...'),
        ("chainrule/a.py", '"""A."""\nclass B:\n    """B."""\n    def __add__(self): ...'),
        ("chainrule/a.py", '"""A."""\n@overload\ndef f(): ...\ndef f():\n    """F."""'),
        ("chainrule/_a.py", "def f(): ..."),
    ],
)
def test_what_is_not_public_may_go_without(path: str, text: str) -> None:
    assert undocumented([named(path, text)]) == []
