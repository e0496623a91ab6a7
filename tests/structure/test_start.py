"""`import chainrule` loads NumPy and nothing else that is not Python's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.source import ROOT, plant

# What NumPy loads of its own accord is NumPy's; the rest came with the package.
PROGRAM = """
import sys
import numpy, numpy.random
before = set(sys.modules)
import chainrule
print(*sorted({name.split(".")[0] for name in set(sys.modules) - before}))
"""
OWN = {"chainrule", "numpy", *sys.stdlib_module_names}


def strangers(root: Path) -> list[str]:
    """What is loaded along with the package that lies at `root`."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=True
    )
    return [name for name in answer.stdout.split() if name not in OWN]


def test_the_package_starts_with_numpy_alone() -> None:
    assert strangers(ROOT) == []


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("import stranger", ["stranger"]),
        ("from stranger.inner import x", ["stranger"]),
        ("import numpy, json", []),
        ("def f():\n    import stranger", []),
    ],
)
def test_a_stranger_is_found(tmp_path: Path, line: str, names: list[str]) -> None:
    files = {
        "chainrule/__init__.py": line,
        "stranger/__init__.py": "",
        "stranger/inner.py": "x = 1",
    }
    plant(tmp_path, files)
    assert strangers(tmp_path) == names
