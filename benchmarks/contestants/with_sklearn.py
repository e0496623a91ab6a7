"""scikit-learn: MLPClassifier, an epoch a call.

It draws its first weights itself and gives two classes one output, so its losses do not compare.
"""

from __future__ import annotations

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from benchmarks.contestants.contestant import Contestant, Epochwise, Make
from benchmarks.perceptron import Perceptron
from benchmarks.workload import LEARNING_RATE, Workload

VERSION = str(sklearn.__version__)


def by_epoch(workload: Workload) -> Contestant:
    """`partial_fit` on all rows is one epoch; its threads are those of BLAS alone."""
    assert isinstance(workload, Perceptron)
    model = MLPClassifier(
        workload.sizes[1:-1],
        alpha=0.0,
        batch_size=workload.batch,
        learning_rate_init=LEARNING_RATE,
        shuffle=False,
    )
    x, y = workload.data()
    classes = np.arange(workload.sizes[-1])

    def epoch() -> None:
        model.partial_fit(x, y, classes=classes)

    return Epochwise(epoch, workload.batches)


WAYS: dict[str, Make] = {"epoch": by_epoch}
