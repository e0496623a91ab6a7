"""The C4.5 format of the UCI repository."""

from __future__ import annotations

import pytest

from chainrule.errors import FileError
from chainrule.table.uci import read_uci

NAMES = """| This data was extracted from the census
|  These are:
|          1.  A single cell estimate.

>50K, <=50K.

age: continuous.
work-class: Private, State-gov. | a comment: with a colon
"""


def cells_of(text: str, names: str = NAMES) -> tuple[list[str], list[list[str]]]:
    table = read_uci(text, names, "adult.test")
    return list(table.names), [[cell.strip() for cell in row] for row in table.rows]


def test_comments_periods_and_names() -> None:
    text = "|1x3 Cross validator\n25, Private, <=50K.\n\n38, ?, >50K. | a note\n"
    assert cells_of(text) == (
        ["age", "work-class", "class"],
        [["25", "Private", "<=50K"], ["38", "?", ">50K"]],
    )


def test_with_and_without_a_period_are_the_same_class() -> None:
    with_period = cells_of("25, Private, <=50K.\n")
    assert with_period == cells_of("25, Private, <=50K\n")


def test_a_period_elsewhere_stays() -> None:
    assert cells_of("3., Mr., a.b.\n")[1] == [["3.", "Mr.", "a.b"]]


def test_without_a_description_columns_are_numbered() -> None:
    assert cells_of("1,2,a\n", "")[0] == ["column_1", "column_2", "class"]


def test_a_description_of_another_table_is_passed_over() -> None:
    prose = "1. Title: Wine Quality\n2. Sources: Cortez\n3. Past Usage: none\n"
    assert cells_of("1,a\n", prose)[0] == ["column_1", "class"]


def test_rows_without_a_class_have_their_names() -> None:
    assert cells_of("25, Private\n") == (["age", "work-class"], [["25", "Private"]])


def test_an_empty_file_and_a_ragged_line_are_errors() -> None:
    with pytest.raises(FileError, match=r"adult\.test is empty"):
        cells_of("| nothing but a comment\n\n")
    with pytest.raises(FileError, match=r"adult\.test, line 3 has 2 cells"):
        cells_of("| comment\n25, Private, a\n38, b\n")
