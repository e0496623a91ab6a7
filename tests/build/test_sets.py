"""Sets against NumPy's, each NaN by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

import chainrule as cr
from chainrule.errors import ValueUnknownError

NAN = float("nan")
numbers = st.lists(st.sampled_from((-1.0, 0.0, 0.5, 2.0, NAN)), max_size=9)


@given(numbers)
def test_unique_all_is_that_of_numpy(values: list[float]) -> None:
    x = np.array(values, float)
    expected = np.unique(
        x, return_index=True, return_inverse=True, return_counts=True, equal_nan=False
    )
    found = cr.unique_all(x)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(one), other)
    np.testing.assert_array_equal(np.asarray(found.values[found.inverse_indices]), x)


def test_the_parts_are_those_of_all() -> None:
    x = np.array([[3, 1], [3, 2]], np.uint8)
    whole = cr.unique_all(x)
    assert whole.inverse_indices.tolist() == [[2, 0], [2, 1]]
    assert whole.values.dtype == "uint8"
    assert cr.unique_values(x).tolist() == whole.values.tolist() == [1, 2, 3]
    assert cr.unique_counts(x).counts.tolist() == whole.counts.tolist() == [1, 1, 2]
    assert cr.unique_inverse(x).inverse_indices.tolist() == whole.inverse_indices.tolist()


def test_a_value_has_the_gradient_of_its_first_place() -> None:
    found = cr.grad(lambda x: cr.sum(cr.unique_values(x) * [1.0, 10.0]))([2.0, 1.0, 2.0])
    assert found.tolist() == [10.0, 1.0, 0.0]


def test_values_have_to_be_known() -> None:
    with pytest.raises(ValueUnknownError, match="is not known while its function is recorded"):
        cr.compile(cr.unique_values)(np.ones(3))
