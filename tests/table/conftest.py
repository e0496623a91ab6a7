"""Where the real tables are, for the tests that read them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def shared_table() -> Callable[[str], Path]:
    """The path of a real table by its name; the test is skipped where there is none."""
    folder = Path(os.environ.get("CHAINRULE_DATA", ROOT.parent / "shared" / "data"))

    def find(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"the real table {name} is not there; CHAINRULE_DATA names its folder")
        return folder / name

    return find
