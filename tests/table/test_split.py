"""Dividing rows: nothing lost, nothing twice, every class in its share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.errors import OptionError, ShapeError
from chainrule.table.split import split_rows

COUNTS = st.integers(2, 300)
FRACTIONS = st.floats(0.01, 0.99)
SEEDS = st.integers(0, 2**32)


@given(COUNTS, FRACTIONS, SEEDS)
def test_every_row_is_in_one_part(count: int, fraction: float, seed: int) -> None:
    kept, held_out = split_rows(count, fraction, seed)
    assert sorted([*kept, *held_out]) == list(range(count))
    assert len(held_out) == min(max(round(fraction * count), 1), count - 1)


@given(COUNTS, FRACTIONS, SEEDS, st.data())
def test_every_label_gives_its_share(
    count: int, fraction: float, seed: int, data: st.DataObject
) -> None:
    labels = np.array(data.draw(st.lists(st.sampled_from("abc"), min_size=count, max_size=count)))
    kept, held_out = split_rows(count, fraction, seed, labels)
    assert sorted([*kept, *held_out]) == list(range(count))
    for label in set(labels):
        size = np.count_nonzero(labels == label)
        share = np.count_nonzero(labels[held_out] == label)
        assert abs(share - fraction * size) < 1 or share == size - 1
        assert size == 1 or share < size


@given(COUNTS, FRACTIONS, SEEDS)
def test_the_same_seed_gives_the_same_rows(count: int, fraction: float, seed: int) -> None:
    first, second = split_rows(count, fraction, seed), split_rows(count, fraction, seed)
    assert [part.tolist() for part in first] == [part.tolist() for part in second]


def test_the_rows_of_a_seed_stay_what_they_are() -> None:
    kept, held_out = split_rows(8, 0.25, seed=1, strata=[0, 0, 0, 0, 1, 1, 1, 1])
    assert kept.tolist() == [1, 4, 2, 6, 3, 7]
    assert held_out.tolist() == [5, 0]


def test_another_seed_gives_other_rows() -> None:
    assert split_rows(100, 0.2, 0)[1].tolist() != split_rows(100, 0.2, 1)[1].tolist()


def test_both_parts_are_in_no_order() -> None:
    for part in split_rows(100, 0.5, 3, np.arange(100) // 50):
        assert (np.diff(part) < 0).any()


def test_every_label_keeps_a_row_at_the_largest_fraction() -> None:
    kept, _ = split_rows(6, np.nextafter(1, 0), 0, [0, 0, 0, 1, 1, 1])
    assert sorted(row // 3 for row in kept) == [0, 1]


def test_labels_of_one_row_each_still_give_two_parts() -> None:
    kept, held_out = split_rows(4, 0.25, 0, ["a", "b", "c", "d"])
    assert (len(kept), len(held_out)) == (3, 1)


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5, 2.0, float("nan")])
def test_a_fraction_must_lie_between(fraction: float) -> None:
    with pytest.raises(OptionError, match="must lie between 0 and 1"):
        split_rows(10, fraction)


def test_bad_counts_seeds_and_strata_are_named() -> None:
    with pytest.raises(OptionError, match=r"1 row\(s\) cannot be divided"):
        split_rows(1, 0.5)
    with pytest.raises(OptionError, match="seed of the split must be 0 or more, not -1"):
        split_rows(5, 0.5, -1)
    with pytest.raises(ShapeError, match=r"strata has shape \(3,\), 5 rows need \(5,\)"):
        split_rows(5, 0.5, 0, [1, 2, 3])
