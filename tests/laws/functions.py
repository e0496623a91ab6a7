"""Random smooth functions of a vector, to try laws on that hold for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from chainrule.build.functions.arithmetic import divide, square
from chainrule.build.functions.exponential import exp, log1p, sigmoid
from chainrule.build.functions.linear_algebra import matmul
from chainrule.build.functions.manipulation import concat
from chainrule.build.functions.scan import cumulative_sum
from chainrule.build.functions.softmax import logsumexp, softmax
from chainrule.build.functions.trigonometry import atan2, sin, tanh
from chainrule.build.functions.turning import flip
from chainrule.build.tensor import Array

SIZE = 3

Function = Callable[[Any], Any]

GENERATOR = np.random.default_rng(7)
MATRIX = GENERATOR.standard_normal((SIZE, SIZE))
OFFSET = GENERATOR.uniform(0.5, 1.5, SIZE)

# Each takes a vector of SIZE numbers to another, smoothly, without growing much.
STEPS: dict[str, Function] = {
    "sin": sin,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "matrix": lambda x: matmul(MATRIX, x),
    "shift": lambda x: tanh(x) + OFFSET,
    "quotient": lambda x: divide(x, 1.0 + square(x)),
    "angle": lambda x: atan2(x, OFFSET + square(x)),
    "logarithm": lambda x: log1p(square(x)),
    "sums": lambda x: cumulative_sum(x) / SIZE,
    "turned": lambda x: concat([x[1:], flip(x)[-1:]]),
    "bell": lambda x: exp(-square(x)),
    "level": lambda x: x - logsumexp(x),
    "product": lambda x: x * x[::-1],
}

vectors = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).uniform(-1.5, 1.5, SIZE)
)
functions = st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=4).map(
    lambda names: composed([STEPS[name] for name in names])
)


def composed(steps: list[Function]) -> Function:
    def function(x: Any) -> Any:
        for step in steps:
            x = step(x)
        return x

    return function


def close(found: Any, expected: Any) -> None:
    """Equal but for rounding: some hundred operations on numbers around one."""
    one, other = np.asarray(found), np.asarray(expected)
    scale = 1e-11 * float(max(1.0, np.abs(other).max(initial=0.0)))
    np.testing.assert_allclose(one, other, rtol=1e-11, atol=scale)


def dot(a: Any, b: Any) -> Array:
    product: Array = np.asarray(a) @ np.asarray(b)
    return product
