"""The project's own source, read as data: what the checks of its structure look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDERS = ("benchmarks", "chainrule", "examples", "tests", "tools")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of Python: its path seen from the project's root, its dotted name, its text."""

    path: Path
    name: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"


def named(path: str | Path, text: str) -> Module:
    """The module of this path and this text."""
    path = Path(path)
    parts = path.parts[:-1] if path.name == "__init__.py" else path.with_suffix("").parts
    return Module(path, ".".join(parts), text)


def read(root: Path, *folders: str) -> list[Module]:
    """All modules in these folders of the project at `root`, in the order of their paths."""
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.py"))
    return [named(path.relative_to(root), path.read_text(encoding="utf-8")) for path in paths]


def plant(root: Path, files: dict[str, str]) -> list[Module]:
    """Lay a project of these files out at `root`, and read its package."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read(root, "chainrule")


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function of a module, those in classes and in other functions too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))
