"""Conversions between all pairs of data types, as NumPy makes them."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.array.dtype import ALL, is_floating
from chainrule.run.native import Native


def numbers(source: np.dtype[Any], target: np.dtype[Any]) -> Any:
    """Numbers of the source type; floating ones only such as the target can hold.

    For the others C leaves it open what becomes of them, and NumPy answers by the way it was built.
    """
    if not is_floating(source):
        bits = np.random.default_rng(0).integers(0, 2**63, 40, np.int64)
        return np.concatenate([bits, -bits, np.arange(-3, 4)]).astype(source)
    x = np.array([0.0, -0.0, 0.4, 0.9999, 1.5, 99.99, 127.0, 0.25, 1e-42] * 5, source)
    if target.kind == "u":
        return x
    negative = np.concatenate([x, -x])
    if not is_floating(target) and target != np.bool_:
        return negative
    return np.concatenate([negative, np.array([np.nan, np.inf, -np.inf, 1e38], source)])


@pytest.mark.parametrize(("source", "target"), list(product(ALL, ALL)), ids=str)
def test_a_conversion(source: np.dtype[Any], target: np.dtype[Any]) -> None:
    x = numbers(source, target)
    compiled = cr.compile(lambda x: cr.astype(x, target), device="native")
    found = np.asarray(compiled(x))
    assert isinstance(compiled.program.executor, Native)
    assert found.dtype == target
    np.testing.assert_array_equal(found, x.astype(target))


def test_a_negative_number_becomes_a_large_one_without_a_sign() -> None:
    x = np.array([-1.0, -2.5, -100.0], np.float32)
    for target in (np.uint8, np.uint16, np.uint32):
        compiled = cr.compile(lambda x, t=target: cr.astype(x, t), device="native")
        expected = np.trunc(x).astype(np.int64).astype(target)
        np.testing.assert_array_equal(np.asarray(compiled(x)), expected)
