"""The page of losses has a row for each."""

from __future__ import annotations

import re

import pytest

from chainrule import nn
from tests.structure.source import ROOT

PAGE = (ROOT / "docs" / "losses.md").read_text(encoding="utf-8")
ROWS = {name for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE) for name in row.split("`")}
LOSSES = [
    name
    for name, value in vars(nn).items()
    if getattr(value, "__module__", "").startswith("chainrule.nn.losses.")
]


def test_there_are_losses() -> None:
    assert len(LOSSES) >= 40


@pytest.mark.parametrize("name", LOSSES)
def test_each_loss_has_a_row(name: str) -> None:
    assert name in ROWS
