"""The examples in README.md and docs/ do what they say."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from tests.structure.source import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
FENCE = re.compile(r"^ *```.*$", re.MULTILINE)


def failures(path: Path) -> str:
    """What the examples of a document print that it does not say; its examples share their names.

    A fence would count as printed text, so it gives way to an empty line, which ends an example.
    """
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    examples = doctest.DocTestParser().get_doctest(text, {}, path.name, str(path), 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=report.append)
    return "".join(report)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_examples_hold(path: Path) -> None:
    assert failures(path) == ""


def plant(folder: Path, code: str) -> Path:
    path = folder / "page.md"
    path.write_text(f"# Page\n\nText.\n\n```python\n{code}\n```\n\nMore text.\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("code", ["x = 1", ">>> 1 + 1\n2", ">>> x = 2\n>>> x\n2\n```\n\n>>> x\n2"])
def test_a_true_example_passes(tmp_path: Path, code: str) -> None:
    assert failures(plant(tmp_path, code)) == ""


@pytest.mark.parametrize("code", [">>> 1 + 1\n3", ">>> 1 + 1", ">>> y", ">>> import warnings\n2"])
def test_a_false_example_is_found(tmp_path: Path, code: str) -> None:
    assert "page.md" in failures(plant(tmp_path, code))
