"""Columns of texts, of truth values, of moments; and which kind a column is of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
import polars
import pytest
from hypothesis import given, strategies as st

from chainrule.errors import DataError
from chainrule.table.boolean import Boolean
from chainrule.table.categorical import Categorical, learn_categorical
from chainrule.table.cells import days
from chainrule.table.column import Ignored, learn_column
from chainrule.table.moment import Moment, learn_moment

WORDS = st.lists(st.none() | st.sampled_from("abcdefg"), min_size=1, max_size=60)


def texts(*cells: str | None) -> polars.Series:
    return polars.Series("x", cells, dtype=polars.String)


@given(WORDS, WORDS)
def test_each_row_has_its_category_and_no_other(
    learnt: list[str | None], later: list[str | None]
) -> None:
    column = learn_categorical("x", learnt)
    names = column.feature_names
    for cell, row in zip(later, column.encode(texts(*later)), strict=True):
        if cell is None:
            expected = {"x is missing"} & set(names)
        else:
            own = f"x is {cell!r}"
            expected = {own if own in names else "x is another"} & set(names)
        assert {name for name, value in zip(names, row, strict=True) if value} == expected
        assert set(row) <= {0.0, 1.0}


def test_rare_categories_share_a_feature_with_unknown_ones() -> None:
    column = learn_categorical("x", ["a"] * 5 + ["b"] * 2 + ["c"])
    assert column == Categorical("x", ("a", "b"), others=True, missing=False)
    np.testing.assert_array_equal(column.encode(texts("c", "zebra")), [[0, 0, 1], [0, 0, 1]])


def test_an_unknown_category_has_no_feature_where_none_was_rare() -> None:
    column = learn_categorical("x", ["a", "a", "b", "b"])
    np.testing.assert_array_equal(column.encode(texts("zebra", None)), np.zeros((2, 2)))


@pytest.mark.parametrize(("rows", "least"), [(100, 2), (5000, 5), (1_000_000, 30)])
def test_how_many_rows_a_category_needs(rows: int, least: int) -> None:
    cells = ["a"] * (rows - 2 * least + 1) + ["enough"] * least + ["rare"] * (least - 1)
    assert learn_categorical("x", cells).categories == ("a", "enough")


def test_only_the_commonest_hundred_have_a_feature() -> None:
    cells = [f"word {i:03}" for i in range(150) for _ in range(2 + (i >= 50))]
    assert learn_categorical("x", cells).categories == tuple(f"word {i:03}" for i in range(50, 150))


def test_numbers_stand_for_their_spelling() -> None:
    column = Categorical("x", ("1", "a"), others=False, missing=False)
    np.testing.assert_array_equal(column.encode(polars.Series([1, 2])), [[1, 0], [0, 0]])


def test_truth_values() -> None:
    column = Boolean("x", missing=False)
    np.testing.assert_array_equal(column.encode(texts("True", "FALSE", None)), [[1], [-1], [0]])


def moments(*cells: datetime | None) -> polars.Series:
    return polars.Series("x", cells, dtype=polars.Datetime("us"))


def learnt_moment(*cells: datetime | None) -> Moment:
    return learn_moment("x", days(moments(*cells)))


def test_cycles_turn_with_the_clock_and_the_calendar() -> None:
    begin = datetime(2020, 1, 1)
    column = learnt_moment(*(begin + timedelta(hours=7 * i) for i in range(2000)))
    assert column.cycles == ("day", "week", "year")
    found = column.encode(moments(begin + timedelta(hours=6), begin + timedelta(days=7)))[:, -6:]
    np.testing.assert_allclose(found[0, :2], [0, 1], atol=1e-6)  # six o'clock: a quarter turn
    np.testing.assert_allclose(found[1, :2], [1, 0], atol=1e-6)  # midnight
    week = 2 * np.pi * 6 / 7  # 1970 began on a Thursday, 2020 on a Wednesday
    np.testing.assert_allclose(found[1, 2:4], [np.cos(week), np.sin(week)], atol=1e-6)
    year = 2 * np.pi * 7 / 365.2425
    np.testing.assert_allclose(found[1, 4:], [np.cos(year), np.sin(year)], atol=0.02)


def test_cycles_that_tell_nothing_are_left_out() -> None:
    noon = datetime(2020, 1, 1, 12)
    assert learnt_moment(*(noon + timedelta(days=i) for i in range(30))).cycles == ("week",)
    assert learnt_moment(*(noon + timedelta(weeks=i) for i in range(9))).cycles == ()


def test_a_missing_moment_is_zero_and_marked() -> None:
    column = learnt_moment(*(datetime(2020, 1, day) for day in range(1, 20)), None)
    features = column.encode(moments(None))
    names = np.array(column.feature_names)
    assert names[features[0] != 0].tolist() == ["x is missing"]


KINDS: list[tuple[Sequence[object], str]] = [
    ([1, 2, 2], "numeric"),
    ([1.5, None, 2.0], "numeric"),
    ([timedelta(1), timedelta(2), None], "numeric"),
    ([True, False, True], "boolean"),
    (["True", "false", None], "boolean"),
    (["a", "a", "b"], "categorical"),
    (["a", "a", None], "categorical"),
    ([date(2024, 1, 1), date(2024, 1, 2), None], "moment"),
    ([datetime(2024, 1, 1), datetime(2024, 1, 2), None], "moment"),
]


@pytest.mark.parametrize(("cells", "kind"), KINDS)
def test_the_kind_is_found(cells: Sequence[object], kind: str) -> None:
    column = learn_column(polars.Series("x", cells), np.arange(3))
    assert not isinstance(column, Ignored)
    assert (column.name, column.kind) == ("x", kind)
    features = column.encode(polars.Series("x", cells))
    assert features.shape == (3, len(column.feature_names))
    assert features.dtype == np.float32


IGNORED: list[tuple[Sequence[object], str]] = [
    ([None, None, None], "all its values are missing"),
    ([float("nan"), None, None], "all its values are missing"),
    ([7, 7, 7], "all its values are the same"),
    ([True, True, True], "all its values are the same"),
    (["a", "a", "a"], "all its values are 'a'"),
    ([date(2024, 1, 1)] * 3, "all its values are the same"),
    (["a", "b", "c"], "none of its 3 values comes back often enough"),
    ([[1], [2], [3]], "cells of type List(Int64) cannot be learnt from"),
    ([time(1), time(2), time(3)], "cells of type Time cannot be learnt from"),
]


@pytest.mark.parametrize(("cells", "reason"), IGNORED)
def test_what_teaches_nothing_is_ignored_with_a_reason(
    cells: Sequence[object], reason: str
) -> None:
    assert learn_column(polars.Series("x", cells), np.arange(3)) == Ignored("x", reason)


def test_one_value_and_missing_ones_teach_something() -> None:
    column = learn_column(polars.Series("x", [7.0, None, 7.0]), np.arange(3))
    assert not isinstance(column, Ignored)
    features = column.encode(polars.Series("x", [7.0, None]))
    np.testing.assert_array_equal(features, [[0, 0], [0, 1]])


def test_only_the_rows_given_teach() -> None:
    column = polars.Series("x", [1.0, 2.0, 100.0])
    assert learn_column(column, np.array([0, 1])) == learn_column(column[:2], np.arange(2))
    assert learn_column(column, np.array([2, 2])) == Ignored("x", "all its values are the same")


def test_but_all_rows_are_checked() -> None:
    with pytest.raises(DataError, match="column 'x' holds inf in row 3"):
        learn_column(polars.Series("x", [1.0, 2.0, float("inf")]), np.array([0, 1]))
