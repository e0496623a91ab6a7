"""Who imports whom in the package, wherever the import stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from tests.structure.source import Function, Module


@dataclass(frozen=True)
class Import:
    """One name that a module imports."""

    importer: Module
    line: int
    target: str  # a module, or a module and a name in it
    in_function: bool
    for_types: bool  # under `if TYPE_CHECKING`: it does not run

    def __str__(self) -> str:
        return f"{self.importer.path}:{self.line} imports {self.target}"


def imports(module: Module) -> Iterator[Import]:
    """Every import of the module, at its top, in its functions and for its types."""
    return _within(module, module.tree, in_function=False, for_types=False)


def _within(
    module: Module, tree: ast.AST, *, in_function: bool, for_types: bool
) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for target in _targets(module, node):
                yield Import(module, node.lineno, target, in_function, for_types)
        yield from _within(
            module,
            node,
            in_function=in_function or isinstance(node, Function | ast.Lambda),
            for_types=for_types or _asks_for_types(node),
        )


def _targets(module: Module, node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    source = ".".join(filter(None, [_base(module, node.level), node.module]))
    return [f"{source}.{alias.name}" for alias in node.names]


def _base(module: Module, level: int) -> str:
    """The package that `level` dots stand for in this module."""
    if level == 0:
        return ""
    parts = module.name.split(".")
    return ".".join(parts[: len(parts) - level + module.is_package])


def _asks_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
