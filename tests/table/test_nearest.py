"""Names near a name, and lists of names."""

from __future__ import annotations

import pytest

from chainrule.table.nearest import did_you_mean, listed, nearest

COLUMNS = ["age", "income", "median_house_value"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("incom", "income"),
        ("INCOME", "income"),
        ("medianhousevalue", "median_house_value"),
        ("zzz", None),
    ],
)
def test_nearest(name: str, found: str | None) -> None:
    assert nearest(name, COLUMNS) == found


def test_nothing_is_near_where_nothing_is() -> None:
    assert nearest("age", []) is None
    assert did_you_mean("age", []) == ""


def test_a_long_list_is_cut_with_a_count() -> None:
    assert listed(["a", "b"]) == "'a', 'b'"
    assert listed([str(i) for i in range(15)], most=2) == "'0', '1' and 13 more"
