"""Random words and all that is made of them, in machine code: the bits of the interpreter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import chainrule as cr
from chainrule import nn
from chainrule.array.philox import random_bits
from chainrule.build.primitives.random import RandomBits
from chainrule.run.native import Native


def native(function: Any) -> Any:
    return cr.compile(function, device="native")


def is_native(compiled: Any) -> bool:
    return isinstance(compiled.program.executor, Native)


STATES = [(0, 0), (1, 2), (2**64 - 1, 2**64 - 1), (2**32, 2**32), (0xDEADBEEF << 20, 7)]


@pytest.mark.parametrize("size", [0, 1, 3, 4, 31, 32, 33, 64, 1027])
def test_words_of_any_number(size: int) -> None:
    draw = native(RandomBits((size,)))
    for seed, number in STATES:
        found = np.asarray(draw(np.array([seed, number], np.uint64)))
        np.testing.assert_array_equal(found, random_bits(seed, number, (size,)))
    assert is_native(draw)


def test_the_state_may_be_a_view() -> None:
    draw = native(lambda states: RandomBits((5, 7))(states[::-2, 1]))
    states = np.arange(12, dtype=np.uint64).reshape(4, 3)
    found = np.asarray(draw(states))
    np.testing.assert_array_equal(found, random_bits(10, 4, (5, 7)))
    assert is_native(draw)


@pytest.mark.parametrize("name", ["uniform", "normal", "permutation"])
def test_a_generator_runs_on(name: str) -> None:
    one, other = cr.Generator(seed=3), cr.Generator(seed=3)
    shape: Any = 50 if name == "permutation" else (5, 11)
    compiled = native(lambda: getattr(one, name)(shape))
    for _ in range(3):
        expected = np.asarray(getattr(other, name)(shape))
        np.testing.assert_allclose(np.asarray(compiled()), expected, rtol=2e-6, atol=1e-6)
    assert is_native(compiled)


def summed(layer: Any) -> Any:
    """The sum of what `layer` makes of x, and its gradient."""
    return cr.value_and_grad(lambda v: cr.sum(layer(v)))


def test_dropout_drops_the_same() -> None:
    x = np.random.default_rng(0).normal(size=(64, 33)).astype(np.float32)
    found = {}
    for device in ("numpy", "native"):
        cr.seed(5)
        compiled = cr.compile(summed(nn.Dropout(0.3)), device=device)
        found[device] = [np.asarray(leaf) for _ in range(2) for leaf in compiled(x)]
        assert is_native(compiled) == (device == "native")
    for a, b in zip(found["numpy"], found["native"], strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-5, atol=1e-4)
    assert 0.2 < float(np.mean(found["native"][1] == 0)) < 0.4
