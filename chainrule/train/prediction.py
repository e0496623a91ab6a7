"""Prediction: a model's outputs for any number of examples, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from chainrule.run.compile import Compiled
from chainrule.train.data import Array

BATCH = 256
FEW = 32


def predicted(model: Compiled, inputs: Array) -> Array:
    """Return `model(inputs)` for inputs (n, …), also for n = 0; no example depends on another.

    Batches have one of two sizes, the last example filling up the last batch, so that there are
    not more than two programs whatever n is.

    >>> import chainrule as cr
    >>> predicted(cr.compile(lambda x: 2 * x), np.arange(3))
    array([0, 2, 4])
    """
    if not len(inputs):
        return np.asarray(model(inputs))
    count, size = len(inputs), FEW if len(inputs) <= FEW else BATCH
    order = np.minimum(np.arange(-(-count // size) * size), count - 1)
    return np.asarray(model.epoch(inputs, batch_size=size, order=order))[:count]


def batches(count: int) -> Iterator[slice]:
    """Cut `count` examples into batches; none at all are one empty batch."""
    for start in range(0, max(count, 1), BATCH):
        yield slice(start, min(start + BATCH, count))
