"""Conversions between all pairs of data types, as the interpreter makes them.

A double that becomes a float too small for a normal number becomes zero: it is rounded.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule.array.conversion import converted
from chainrule.array.dtype import ALL, is_floating
from chainrule.run.native import Native
from tests.render.flushed import flushed


def numbers(source: np.dtype[Any], target: np.dtype[Any]) -> Any:
    """Numbers of the source type, those at the limits of a whole target included."""
    if not is_floating(source):
        bits = np.random.default_rng(0).integers(0, 2**63, 40, np.int64)
        return np.concatenate([bits, -bits, np.arange(-3, 4)]).astype(source)
    x = np.array([0.0, 0.4, 0.9999, 1.5, 99.99, 127.0, 0.25, 1e-42, np.nan, np.inf, 1e38], source)
    whole = target.kind in "iu"
    ends = np.array([2.0 ** (8 * target.itemsize - target.kind.count("i"))] * whole, source)
    around = [np.nextafter(ends, source.type(limit)) for limit in (np.inf, 0.0)]
    positive = np.concatenate([x, ends, ends + 1, *around] * 2)
    return np.concatenate([positive, -positive])


@pytest.mark.parametrize(("source", "target"), list(product(ALL, ALL)), ids=str)
def test_a_conversion(source: np.dtype[Any], target: np.dtype[Any]) -> None:
    x = numbers(source, target)
    compiled = cr.compile(lambda x: cr.astype(x, target), device="native")
    found = np.asarray(compiled(x))
    assert isinstance(compiled.program.executor, Native)
    assert found.dtype == target
    expected = converted(x, target)
    is_rounded = source.itemsize > target.itemsize
    np.testing.assert_array_equal(found, flushed(expected) if is_rounded else expected)


def test_what_does_not_fit_becomes_the_nearest() -> None:
    x = np.array([-1.0, -300.5, 300.5, np.inf, -np.inf, np.nan], np.float32)
    for target, expected in (
        (np.uint8, [0, 0, 255, 255, 0, 0]),
        (np.int8, [-1, -128, 127, 127, -128, 0]),
    ):
        compiled = cr.compile(lambda x, t=target: cr.astype(x, t), device="native")
        assert np.asarray(compiled(x)).tolist() == expected
        assert np.asarray(cr.astype(x, target)).tolist() == expected
