"""Training data: checked, converted, cut into batches, split."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

from chainrule.array.dtype import DType, float32, float64
from chainrule.build.convert import asarray
from chainrule.build.random import Generator
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError
from chainrule.train.data import Data, as_data


def numbered(count: int) -> Data:
    return Data(np.arange(2 * count).reshape(count, 2), np.arange(count))


@given(st.integers(2, 40), st.floats(0.01, 0.97))
def test_a_split_keeps_every_example_on_one_side(count: int, fraction: float) -> None:
    if round(fraction * count) >= count:
        return
    rest, held = numbered(count).split(fraction, Generator(1))
    assert len(held) == max(1, round(fraction * count))
    assert sorted([*rest.y, *held.y]) == list(range(count))
    np.testing.assert_array_equal(rest.x[:, 0], 2 * rest.y)


def test_the_generator_decides_the_split() -> None:
    held = [numbered(50).split(0.2, Generator(seed))[1].y.tolist() for seed in (1, 1, 2)]
    assert held[0] == held[1] != held[2]


@pytest.mark.parametrize("fraction", [0.0, 1.0, -0.5, float("nan")])
def test_a_fraction_lies_between_0_and_1(fraction: float) -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        numbered(10).split(fraction, Generator(0))


def test_too_few_examples_to_split() -> None:
    with pytest.raises(DataError, match=r"of 1 examples the fraction 0\.5 leaves none"):
        numbered(1).split(0.5, Generator(0))


@pytest.mark.parametrize("dtype", [float32, float64])
def test_floating_numbers_take_the_type_of_the_model(dtype: DType) -> None:
    data = as_data(([0.1, 0.2], [[1], [2]]), "training", dtype)
    assert data.x.dtype == dtype
    np.testing.assert_array_equal(data.x, np.array([0.1, 0.2], dtype))
    assert data.y.dtype == np.int64


def test_pairs_lists_tensors_and_data_are_all_taken() -> None:
    wanted = numbered(3)
    tensors = asarray(wanted.x), asarray(wanted.y)
    for pair in ([wanted.x, wanted.y], tensors, wanted, (wanted.x.tolist(), wanted.y.tolist())):
        found = as_data(pair, "training", float32)
        np.testing.assert_array_equal(found.x, wanted.x)
        np.testing.assert_array_equal(found.y, wanted.y)


@pytest.mark.parametrize("pair", [None, 3, [1.0], ([1], [2], [3]), {"x": 1, "y": 2}, np.eye(2)])
def test_what_is_no_pair_is_refused(pair: Any) -> None:
    with pytest.raises(OptionError, match=r"validation data is a pair \(x, y\) of arrays, got"):
        as_data(pair, "validation", float32)


@pytest.mark.parametrize(
    ("x", "y", "error", "message"),
    [
        ([1.0, 2.0], [1.0], ShapeError, "training data has 2 inputs but 1 targets"),
        (1.0, [1.0], ShapeError, "needs a first axis over examples"),
        ([], [], DataError, "training data is empty"),
        (["a"], [1], DTypeError, "data type"),
        ([[1.0, np.nan], [np.inf, 2.0]], [1, 2], DataError, r"training inputs\[0, 1\] is nan \(2"),
        ([1.0, 2.0], [1.0, -np.inf], DataError, r"training targets\[1\] is -inf \(1 such"),
        ([1e39], [1.0], DataError, r"training inputs\[0\] is inf"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(
    x: Any, y: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        as_data((x, y), "training", float32)
