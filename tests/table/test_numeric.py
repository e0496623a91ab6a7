"""Columns of numbers: the encoding against its formula, and its behavior at the edges."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

import numpy as np
import polars
import pytest
from hypothesis import assume, given, strategies as st

from chainrule.table.cells import numbers
from chainrule.table.numeric import Numeric, learn_edges, learn_numeric

MODERATE = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
ANY = st.floats(-3.4e38, 3.4e38)


def learnt(values: Sequence[float | None]) -> Numeric:
    return learn_numeric("x", numbers(polars.Series("x", values, dtype=polars.Float64)))


def encoded(column: Numeric, *values: float | None) -> np.ndarray:
    return column.encode(polars.Series("x", values, dtype=polars.Float64))


@given(st.lists(MODERATE, min_size=2, max_size=60))
def test_numbers_are_standardized(values: list[float]) -> None:
    assume(pstdev(values) > 0)
    expected = [(x - fmean(values)) / pstdev(values) for x in values]
    np.testing.assert_allclose(
        encoded(learnt(values), *values)[:, 0], expected, rtol=1e-4, atol=1e-4
    )


@given(st.lists(MODERATE, min_size=20, max_size=200), MODERATE)
def test_bins_are_the_fraction_passed_less_its_mean(values: list[float], x: float) -> None:
    column = learnt(values)
    for bin_number in range(len(column.edges) - 1):
        edges = column.edges[bin_number : bin_number + 2]
        center = fmean(np.interp(values, edges, [0, 1]))
        found = encoded(column, x)[0, 1 + bin_number]
        np.testing.assert_allclose(found, np.interp(x, edges, [0, 1]) - center, atol=1e-5)


@given(st.lists(ANY, min_size=1, max_size=50), st.lists(ANY | st.none(), min_size=1))
def test_every_feature_of_every_number_is_finite(
    values: list[float], later: list[float | None]
) -> None:
    features = encoded(learnt(values), *later)
    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    assert features.shape == (len(later), len(learnt(values).feature_names))


@given(st.lists(MODERATE, min_size=2, max_size=200))
def test_features_have_the_mean_of_a_missing_number(values: list[float]) -> None:
    assume(pstdev(values) > 0)
    column = learnt(values)
    np.testing.assert_allclose(encoded(column, *values).mean(axis=0), 0, atol=1e-4)
    np.testing.assert_array_equal(encoded(column, None), 0)


def test_missing_numbers_are_marked_where_some_were_missing() -> None:
    column = learnt([1.0, 2.0, None])
    assert column.feature_names == ("x", "x is missing")
    np.testing.assert_allclose(encoded(column, 1.0, None), [[-1, 0], [0, 1]])
    np.testing.assert_allclose(encoded(learnt([1.0, 2.0]), None), [[0]])


def test_numbers_far_outside_are_held_at_one_more_range() -> None:
    column = learnt([0.0, 10.0])
    np.testing.assert_allclose(encoded(column, 20.0, 1e30, -10.0, -1e30)[:, 0], [3, 3, -3, -3])


def test_edges_lie_between_quantiles_of_rows_and_of_values() -> None:
    # Of 900 zeros and the values 1 to 100, quantiles of the rows see the zeros alone.
    values = np.concatenate([np.zeros(900), np.arange(1.0, 101)])
    edges = learn_edges(values, most=13)
    # Zero weighs 30 and each other value 1: after zero each of 13 bins takes 100/13 of them.
    expected = [0, *np.ceil(np.arange(1, 14) * 100 / 13)]
    assert list(edges) == expected


def test_a_value_weighs_the_root_of_its_count() -> None:
    # 1 to 9 once each, but 2 sixteen times: of the weight after 1, 4 + 7 in all, 4 reaches half.
    assert learn_edges(np.array([1.0, *[2.0] * 16, *range(3, 10)])) == (1, 4, 9)


@given(st.lists(MODERATE, min_size=1, max_size=500), st.integers(1, 64))
def test_edges_rise_from_the_least_to_the_greatest(values: list[float], most: int) -> None:
    edges = learn_edges(np.array(values), most)
    assert len(edges) <= most + 1
    assert list(edges) == sorted(set(edges))
    assert set(edges) <= set(values)
    if edges:
        assert (edges[0], edges[-1]) == (min(values), max(values))


def test_a_small_table_gets_few_bins() -> None:
    for rows, most in [(10, 1), (100, 5), (10_000, 50), (100_000, 64)]:
        values = np.random.default_rng(0).normal(size=rows)
        assert max(len(learn_edges(values)) - 1, 1) == most


def test_names_tell_the_bins() -> None:
    column = learnt([0.0, 1.0, 2.5] * 10)
    assert column.feature_names == ("x", "x from 0 to 1", "x from 1 to 2.5")


@pytest.mark.parametrize("dtype", [polars.Int64, polars.Float32, polars.String])
def test_the_type_of_the_column_does_not_matter(dtype: polars.DataType) -> None:
    column = learnt([1.0, 2.0, 4.0])
    series = polars.Series("x", [1, 2, None]).cast(dtype)
    np.testing.assert_array_equal(column.encode(series), encoded(column, 1.0, 2.0, None))
