"""Prediction: a model's outputs for any number of examples, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from chainrule.train.data import Array

BATCH = 1024


def predicted(model: Callable[[Array], Any], inputs: Array) -> Array:
    """Return `model(inputs)` for inputs (n, …), also for n = 0, `BATCH` examples at a time.

    >>> predicted(lambda x: 2 * x, np.arange(3))
    array([0, 2, 4])
    """
    return np.concatenate([np.asarray(model(inputs[rows])) for rows in batches(len(inputs))])


def batches(count: int) -> Iterator[slice]:
    """Cut `count` examples into batches; none at all are one empty batch."""
    for start in range(0, max(count, 1), BATCH):
        yield slice(start, min(start + BATCH, count))
