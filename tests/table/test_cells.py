"""The cells of a column as NumPy arrays and lists."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import numpy as np
import polars
import pytest
from hypothesis import given, strategies as st

from chainrule.errors import DataError
from chainrule.table.cells import (
    days,
    is_readable,
    missing,
    numbers,
    shortest,
    spells_truth,
    texts,
    truths,
)

NUMBER_TYPES = [polars.Int8, polars.UInt32, polars.Int64, polars.Float32, polars.Float64]


@pytest.mark.parametrize("dtype", NUMBER_TYPES)
def test_numbers_of_every_type(dtype: polars.DataType) -> None:
    found = numbers(polars.Series("x", [3, None, 7], dtype=dtype))
    np.testing.assert_array_equal(found, [3, np.nan, 7])
    assert found.dtype == np.float64


def test_what_else_counts_as_a_number() -> None:
    cells: list[list[object]] = [
        [Decimal("1.5"), None],
        [True, False],
        [timedelta(minutes=1), None],
        ["2.5", "1e3"],
        [None, None],
    ]
    found = [numbers(polars.Series("x", column)).tolist() for column in cells]
    np.testing.assert_equal(
        found, [[1.5, np.nan], [1.0, 0.0], [60.0, np.nan], [2.5, 1000.0], [np.nan, np.nan]]
    )


def test_a_category_counts_by_its_text_not_by_its_code() -> None:
    column = polars.Series("x", ["30", "10"], dtype=polars.Categorical)
    assert numbers(column).tolist() == [30.0, 10.0]


@pytest.mark.parametrize("bad", [float("inf"), float("-inf"), 1e39, -3.5e38])
def test_a_number_that_is_not_finite_is_named_with_its_row(bad: float) -> None:
    with pytest.raises(DataError, match=r"column 'age' holds -?(inf|1e\+39|3\.5e\+38) in row 3"):
        numbers(polars.Series("age", [1.0, float("nan"), bad, bad]))


def test_text_among_numbers_is_named_with_its_row() -> None:
    with pytest.raises(DataError, match="column 'age' holds 'old' in row 2, expected a number"):
        numbers(polars.Series("age", ["1", "old"]))


@pytest.mark.parametrize("cell", [date(2024, 1, 1), [1, 2], b"x", time(12), {"a": 1}])
def test_what_is_no_number_at_all_is_named(cell: object) -> None:
    with pytest.raises(DataError, match=r"column 'x' holds .*, expected numbers"):
        numbers(polars.Series("x", [cell]))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_shortest_spelling_reads_back(number: float) -> None:
    assert float(shortest(number)) == number
    assert "." not in shortest(float(round(number)))


def test_texts_of_every_type() -> None:
    assert texts(polars.Series([1, None])) == ["1", None]
    assert texts(polars.Series([1.0, float("nan"), None])) == ["1", None, None]
    assert texts(polars.Series([True, None])) == ["true", None]
    assert texts(polars.Series(["a"], dtype=polars.Categorical)) == ["a"]
    assert texts(polars.Series([None, None])) == [None, None]


def test_truths_in_every_spelling() -> None:
    np.testing.assert_array_equal(truths(polars.Series([True, None, False])), [1, np.nan, 0])
    np.testing.assert_array_equal(truths(polars.Series(["TRUE", "false", "0"])), [1, 0, 0])
    np.testing.assert_array_equal(truths(polars.Series([1.0, 0.0])), [1, 0])
    with pytest.raises(DataError, match="column 'x' holds 'maybe' in row 2, expected true or fals"):
        truths(polars.Series("x", ["true", "maybe"]))


def test_what_spells_truth() -> None:
    assert spells_truth(polars.Series(["True", "FALSE", None]))
    assert spells_truth(polars.Series(["true"]))
    assert not spells_truth(polars.Series(["true", "maybe"]))
    assert not spells_truth(polars.Series([1, 0]))
    assert not spells_truth(polars.Series([None], dtype=polars.String))


@given(st.lists(st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), min_size=1))
def test_days_since_1970(moments: list[datetime | None]) -> None:
    begin = datetime(1970, 1, 1)
    expected = [np.nan if m is None else (m - begin).total_seconds() / 86400 for m in moments]
    column = polars.Series("x", moments, dtype=polars.Datetime("us"))
    np.testing.assert_allclose(days(column), expected, rtol=1e-12, atol=1e-9)


def test_days_of_dates_and_of_moments_elsewhere() -> None:
    assert days(polars.Series([date(1970, 1, 11)])).tolist() == [10.0]
    eastern = timezone(timedelta(hours=-12))
    column = polars.Series([datetime(1970, 1, 1, tzinfo=eastern)])
    assert days(column).tolist() == [0.5]
    assert np.isnan(days(polars.Series([None, None]))).all()
    with pytest.raises(DataError, match="column 'x' holds Int64, expected dates"):
        days(polars.Series("x", [1]))


def test_what_is_missing() -> None:
    assert missing(polars.Series([1, None])).tolist() == [False, True]
    assert missing(polars.Series([1.0, None, float("nan")])).tolist() == [False, True, True]
    assert missing(polars.Series(["a", None])).tolist() == [False, True]
    assert missing(polars.Series([None, None])).tolist() == [True, True]


def test_what_is_readable() -> None:
    for cell in ([1], {"a": 1}, b"x", object(), time(12)):
        assert not is_readable(polars.Series([cell]))
    for cell in (1, 1.5, "a", True, None, date(2024, 1, 1), timedelta(1), Decimal(1)):
        assert is_readable(polars.Series([cell]))
