"""Which type the cells of a text column have."""

from __future__ import annotations

from datetime import datetime

import polars
import pytest
from hypothesis import given, strategies as st

from chainrule.table.infer import MISSING, typed


def types_of(*cells: str | None) -> tuple[object, list[object]]:
    column = typed(polars.Series("x", cells, dtype=polars.String))
    return column.dtype, column.to_list()


@pytest.mark.parametrize("spelling", ["", "?", "NA", "N/A", "NaN", "null", "None", "--", "  "])
def test_missing_values_have_many_spellings(spelling: str) -> None:
    assert types_of("1", spelling) == (polars.Int64, [1, None])
    assert types_of("1.5", spelling) == (polars.Float64, [1.5, None])
    assert types_of("fig", spelling) == (polars.String, ["fig", None])
    assert types_of("2024-01-01", spelling)[1] == [datetime(2024, 1, 1), None]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_whole_numbers_are_read_back(values: list[int]) -> None:
    assert types_of(*map(str, values)) == (polars.Int64, values)


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_numbers_are_read_back(values: list[float]) -> None:
    assert types_of("0.5", *map(repr, values)) == (polars.Float64, [0.5, *values])


@given(st.lists(st.text("abcxyz -", min_size=1), min_size=1))
def test_words_stay_as_they_are_but_for_blanks_around_them(words: list[str]) -> None:
    stripped = [word.strip(" ") for word in words]
    expected = [None if word in MISSING else word for word in stripped]
    assert types_of(*words) == (polars.String, expected)


@pytest.mark.parametrize("code", ["007", "-01", "00501", "0123.5"])
def test_codes_with_leading_zeros_stay_text(code: str) -> None:
    assert types_of("1", code) == (polars.String, ["1", code])


def test_zero_itself_is_a_number() -> None:
    assert types_of("0", "10", "-0") == (polars.Int64, [0, 10, 0])
    assert types_of("0.5", "0") == (polars.Float64, [0.5, 0.0])


@pytest.mark.parametrize("cell", ["1_000", "0x1f", "1,5", "12 kg", "$5"])
def test_what_is_almost_a_number_is_text(cell: str) -> None:
    assert types_of("1", cell) == (polars.String, ["1", cell])


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2016-07-01", datetime(2016, 7, 1)),
        ("2016/07/01", datetime(2016, 7, 1)),
        ("1949-01", datetime(1949, 1, 1)),
        ("2016-07-01 13:05:09", datetime(2016, 7, 1, 13, 5, 9)),
        ("2016-07-01T13:05:09.25", datetime(2016, 7, 1, 13, 5, 9, 250_000)),
        ("2016-07-01 13:05", datetime(2016, 7, 1, 13, 5)),
        ("2016-07-01T13:05", datetime(2016, 7, 1, 13, 5)),
    ],
)
def test_dates_and_times_are_moments(cell: str, moment: datetime) -> None:
    assert types_of(cell)[1] == [moment]


@pytest.mark.parametrize("cell", ["2016-13-01", "01/02/2016", "2016-07-01 soon", "1-2-3"])
def test_what_is_no_date_stays_text(cell: str) -> None:
    assert types_of(cell) == (polars.String, [cell])


def test_one_cell_that_differs_makes_a_column_text() -> None:
    assert types_of("1", "2", "many") == (polars.String, ["1", "2", "many"])
    assert types_of("2024-01-01", "soon") == (polars.String, ["2024-01-01", "soon"])


def test_a_column_without_values_stays_text() -> None:
    assert types_of("?", "", None) == (polars.String, [None, None, None])
