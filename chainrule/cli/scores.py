"""How good predictions are, in the terms of the table: shares of rows, and the target's units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chainrule.cli.model import log_probabilities
from chainrule.table.target import Amount, Classes

Indices = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ClassScores:
    """`confusion` (classes, classes) counts rows by true class, then by predicted class."""

    accuracy: float
    log_loss: float
    confusion: Indices

    @property
    def commonest(self) -> tuple[int, float]:
        """The class with the most rows, and its share: the accuracy of always saying it."""
        sizes = self.confusion.sum(axis=1)
        return int(sizes.argmax()), float(sizes.max() / sizes.sum())


@dataclass(frozen=True)
class AmountScores:
    """Errors in the target's units; R² = 1 − Σ (p − t)² / Σ (t − mean t)², NaN for equal t."""

    rmse: float
    mae: float
    r2: float


def classification(outputs: NDArray[np.float32], labels: Indices, target: Classes) -> ClassScores:
    """Return the scores of network outputs (rows, classes) for class indices (rows,)."""
    chosen = outputs.argmax(axis=1)
    confusion = np.zeros((len(target.labels), len(target.labels)), np.int64)
    np.add.at(confusion, (labels, chosen), 1)
    picked = log_probabilities(outputs)[np.arange(len(labels)), labels]
    return ClassScores(float(np.mean(chosen == labels)), float(-picked.mean()), confusion)


def regression(
    outputs: NDArray[np.float32], wanted: NDArray[np.float32], target: Amount
) -> AmountScores:
    """Return the scores of network outputs (rows, 1) for standardized targets (rows,)."""
    truth = target.decode(wanted)
    error = target.decode(outputs[:, 0]) - truth
    spread = float(np.mean((truth - truth.mean()) ** 2))
    square = float(np.mean(error**2))
    explained = 1 - square / spread if spread > 0 else math.nan
    return AmountScores(math.sqrt(square), float(np.mean(np.abs(error))), explained)
