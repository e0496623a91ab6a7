"""Layers that pass on what they get."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import nn
from chainrule.errors import ShapeError


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3), (2,), (0, 3, 4)])
def test_flatten_keeps_the_first_axis(shape: tuple[int, ...]) -> None:
    x = np.arange(np.prod(shape)).reshape(shape)
    np.testing.assert_array_equal(nn.Flatten()(x), x.reshape(shape[0], int(np.prod(shape[1:]))))


def test_flatten_needs_an_axis() -> None:
    with pytest.raises(ShapeError, match=r"Flatten\(\) .* single number \(at test_flatten.py:"):
        nn.Flatten()(1.0)


def test_the_identity_gives_what_it_gets() -> None:
    x = object()
    assert nn.Identity()(x) is x
