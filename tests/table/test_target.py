"""The column to predict: which task it poses, and its way to numbers and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import fmean, pstdev

import numpy as np
import polars
import pytest
from hypothesis import assume, given, strategies as st

from chainrule.errors import DataError, OptionError
from chainrule.table.target import Amount, Classes, find_task, learn_target

TASKS: list[tuple[Sequence[object], str]] = [
    (["a", "b"], "classification"),
    ([True, False, None], "classification"),
    (["True", "False"], "classification"),
    ([0, 1], "classification"),
    ([0.0, 1.0, None], "classification"),
    ([3, 4, 5, 6, 7, 8] * 5, "classification"),
    (list(range(20)) * 5, "classification"),
    (list(range(21)) * 50, "regression"),
    ([3, 4, 5, 6, 7, 8], "regression"),
    ([1.5, 2.5] * 50, "regression"),
    ([1.0, 2.0, 3.5] * 50, "regression"),
    ([112.0, 118.0, 132.0], "regression"),
]


@pytest.mark.parametrize(("cells", "task"), TASKS)
def test_the_task_is_found(cells: Sequence[object], task: str) -> None:
    assert find_task(polars.Series("y", cells)) == task


def target(cells: Sequence[object], task: str | None = None) -> Classes | Amount:
    return learn_target(polars.Series("y", cells), np.arange(len(cells)), task)


@given(st.lists(st.sampled_from("abc"), min_size=2).map(lambda x: x * 2))
def test_classes_come_back_as_they_were(labels: list[str]) -> None:
    assume(len(set(labels)) > 1)
    learnt = target(labels)
    assert isinstance(learnt, Classes)
    assert learnt.labels == tuple(sorted(set(labels)))
    indices = learnt.encode(polars.Series("y", labels))
    assert indices.dtype == np.int64
    assert learnt.decode(indices) == labels


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        ([10, 9, 2] * 5, ("2", "9", "10")),
        ([1.0, 0.0, None, 0.0, 1.0], ("0", "1")),
        ([True, False] * 2, ("false", "true")),
        (["True", "False"] * 2, ("False", "True")),
        (["007", "07", "b"] * 2, ("007", "07", "b")),
        (["nan", "3", "a", "-1"] * 2, ("-1", "3", "a", "nan")),
    ],
)
def test_labels_are_spelled_as_in_the_table_and_in_order(
    cells: Sequence[object], labels: tuple[str, ...]
) -> None:
    assert target(cells) == Classes("y", labels)


def test_the_type_of_a_later_column_does_not_matter() -> None:
    learnt = target([3, 4, 5] * 5)
    for later in ([5, 3], [5.0, 3.0], ["5", "3"]):
        assert learnt.encode(polars.Series("y", later)).tolist() == [2, 0]


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3) + 0.5), min_size=2))
def test_amounts_are_standardized_and_come_back(values: list[float]) -> None:
    assume(pstdev(values) > 0)
    learnt = target(values, "regression")
    assert isinstance(learnt, Amount)
    standardized = learnt.encode(polars.Series("y", values))
    assert standardized.dtype == np.float32
    expected = [(x - fmean(values)) / pstdev(values) for x in values]
    np.testing.assert_allclose(standardized, expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(learnt.decode(expected), values, rtol=1e-9, atol=1e-6)


def test_tiny_amounts_are_learnt() -> None:
    learnt = target([1e-200, 3e-200, 2e-200], "regression")
    standardized = learnt.encode(polars.Series("y", [3e-200, 1e-200]))
    np.testing.assert_allclose(standardized, [1.5**0.5, -(1.5**0.5)], rtol=1e-6)


def test_mean_and_deviation_come_from_the_rows_given_and_classes_from_all() -> None:
    numbers = polars.Series("y", [1.5, 2.5, 100.5, None])
    assert learn_target(numbers, np.array([0, 1, 3])) == Amount("y", 2.0, 0.5)
    words = polars.Series("y", ["a", "b", "a", "b"])
    assert learn_target(words, np.array([0, 2])) == Classes("y", ("a", "b"))


def test_the_task_can_be_told() -> None:
    assert target([3, 4, 5] * 5, "regression").task == "regression"
    assert target([1.5, 2.5] * 5, "classification") == Classes("y", ("1.5", "2.5"))
    with pytest.raises(OptionError, match="'ranking' is no task; expected classification or regr"):
        target([1, 2] * 5, "ranking")
    with pytest.raises(DataError, match="column 'y' holds 'a' in row 1, expected a number"):
        target(["a", "b"] * 2, "regression")


BAD_TARGETS: list[tuple[Sequence[object], str]] = [
    ([1.0], r"the table has 1 row\(s\): learning takes two, better hundreds"),
    ([], r"the table has 0 row\(s\)"),
    (["a"] * 5, "target 'y' is 'a' in all 5 rows that have one: there is nothing to learn"),
    ([7, None, 7], "target 'y' is 7 in all 2 rows"),
    ([None, None], "target 'y' has no value in any row"),
    ([float("nan"), None], "target 'y' has no value in any row"),
    ([date(2024, 1, 1)] * 2, "target 'y' holds Date: only numbers, texts and truth values"),
    ([[1], [2]], r"target 'y' holds List\(Int64\): only numbers"),
    (["a", "a", "b", "c"], r"of its 3 classes 2 have one row only \('b', 'c'\), .* regression"),
    ([1.5, float("inf"), 2.5], "column 'y' holds inf in row 2"),
]


@pytest.mark.parametrize(("cells", "message"), BAD_TARGETS)
def test_what_cannot_be_learnt_is_said(cells: Sequence[object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        target(cells)


def test_an_amount_that_does_not_differ_where_it_is_learnt_is_said() -> None:
    with pytest.raises(DataError, match="does not differ among the 2 rows to learn from"):
        learn_target(polars.Series("y", [1.5, 1.5, 2.5]), np.array([0, 1]))


def test_cells_that_do_not_fit_the_target_are_named() -> None:
    classes, amount = Classes("y", ("small", "large")), Amount("y", 0.0, 1.0)
    with pytest.raises(DataError, match=r"'y' has 'Small' in row 2, .* Did you mean 'small'\?"):
        classes.encode(polars.Series("y", ["large", "Small"]))
    with pytest.raises(DataError, match="target 'y' has no value in row 1, expected one of"):
        classes.encode(polars.Series("y", [None, "small"]))
    with pytest.raises(DataError, match="target 'y' has no value in row 2"):
        amount.encode(polars.Series("y", [1.0, float("nan")]))


@pytest.mark.parametrize("indices", [[2], [-1], [0.0], [[0]]])
def test_only_class_indices_have_labels(indices: list[object]) -> None:
    with pytest.raises(DataError, match="class indices"):
        Classes("y", ("a", "b")).decode(np.array(indices))
