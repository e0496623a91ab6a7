"""Everything public in the package says what it is, or has a contract that says it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.structure.source import ROOT, Function, Module, named, read

Documented = ast.Module | ast.ClassDef | Function
Classes = list[ast.ClassDef]


def undocumented(modules: list[Module]) -> list[str]:
    classes = [
        node
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    ]
    return [
        f"{module.path}: {name}"
        for module in modules
        if not is_private(module.name)
        for name, node in bare(module.name, module.tree, classes)
    ]


def bare(name: str, node: Documented, classes: Classes) -> Iterator[tuple[str, Documented]]:
    """The node and what is public in it, as far as they lack a docstring.

    What stands inside a function is nobody's to call.
    """
    if ast.get_docstring(node) is None:
        yield name, node
    inherited = methods(*bases(node, classes)) if isinstance(node, ast.ClassDef) else set()
    for child in [] if isinstance(node, Function) else node.body:
        if isinstance(child, ast.ClassDef | Function) and not is_exempt(child, inherited):
            yield from bare(f"{name}.{child.name}", child, classes)


def is_exempt(node: ast.ClassDef | Function, inherited: set[str]) -> bool:
    """Private and special names, overrides, and what its first definition explains."""
    decorators = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    explained = node.name in inherited or bool(decorators & {"overload", "setter"})
    return explained or node.name.startswith("_")


def bases(node: ast.ClassDef, classes: Classes) -> list[ast.ClassDef]:
    """The classes of the package that this one derives from, near and far, as their names tell."""
    found: Classes = []
    waiting = [node]
    while waiting:
        names = {ast.unparse(base).split("[")[0].split(".")[-1] for base in waiting.pop().bases}
        new = [known for known in classes if known.name in names and known not in found]
        found += new
        waiting += new
    return found


def methods(*nodes: ast.ClassDef) -> set[str]:
    """The names of the documented methods of these classes."""
    return {
        child.name
        for node in nodes
        for child in node.body
        if isinstance(child, Function) and ast.get_docstring(child) is not None
    }


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


CONTRACT = '"""A."""\nclass A:\n    """A."""\n    def f(self):\n        """F."""'


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("def f(self): ...", 0),
        ("def g(self): ...", 1),
    ],
)
def test_an_override_has_the_docstring_of_its_contract(body: str, count: int) -> None:
    middle = '"""B."""\nclass B(a.A[int]):\n    """B."""'
    end = f'"""C."""\nclass C(B):\n    """C."""\n    {body}'
    texts = {"chainrule/a.py": CONTRACT, "chainrule/b.py": middle, "chainrule/c.py": end}
    assert len(undocumented([named(path, text) for path, text in texts.items()])) == count


def test_a_class_does_not_explain_itself() -> None:
    text = '"""A."""\nclass A(other.A):\n    """A."""\n    def f(self): ...'
    assert undocumented([named("chainrule/a.py", text)]) == ["chainrule/a.py: chainrule.a.A.f"]
