"""Each stage of the package has its folder of tests, under the same name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.structure.source import ROOT, Module, plant, read


def untested(root: Path) -> list[str]:
    """Stages that hold code and have no folder of tests."""
    stages = {stage for module in read(root, "chainrule") for stage in stage_folder(module)}
    return sorted(stage for stage in stages if not any((root / "tests" / stage).rglob("test_*.py")))


def stage_folder(module: Module) -> list[str]:
    """The stage's name, where the module lies in one's folder and is more than a docstring."""
    is_code = any(not isinstance(node, ast.Expr) for node in module.tree.body)
    return [module.path.parts[1]] if is_code and len(module.path.parts) > 2 else []


def test_each_stage_has_tests() -> None:
    assert untested(ROOT) == []


CODE = "x = 1"


@pytest.mark.parametrize(
    ("files", "stages"),
    [
        ({"chainrule/nn/linear.py": CODE}, ["nn"]),
        ({"chainrule/nn/linear.py": CODE, "tests/nn/notes.py": CODE}, ["nn"]),
        ({"chainrule/nn/linear.py": CODE, "tests/test_nn.py": CODE}, ["nn"]),
        ({"chainrule/nn/linear.py": CODE, "tests/nn/test_linear.py": CODE}, []),
        ({"chainrule/nn/dense/linear.py": CODE, "tests/nn/dense/test_linear.py": CODE}, []),
        ({"chainrule/nn/__init__.py": '"""Layers."""'}, []),
        ({"chainrule/errors.py": CODE}, []),
    ],
)
def test_a_stage_without_tests_is_found(
    tmp_path: Path, files: dict[str, str], stages: list[str]
) -> None:
    plant(tmp_path, files)
    assert untested(tmp_path) == stages
