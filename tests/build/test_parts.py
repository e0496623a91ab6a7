"""The parts of numbers that are all real."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule as cr
from chainrule.errors import DTypeError


@pytest.mark.parametrize("name", ["conj", "imag", "real"])
def test_like_numpy(name: str) -> None:
    for dtype in ("int8", "float64"):
        x = np.array([1, -2, 0], dtype)
        found, expected = getattr(cr, name)(x), getattr(np, name)(x)
        assert found.dtype == expected.dtype
        assert found.tolist() == expected.tolist()
    with pytest.raises(DTypeError, match="takes numbers"):
        getattr(cr, name)([True])
