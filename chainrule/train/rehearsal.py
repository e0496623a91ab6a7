"""The rehearsal: what does not fit is found before the first step is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.array.dtype import is_floating
from chainrule.build.record import trace
from chainrule.build.tensor import Spec
from chainrule.errors import DataError
from chainrule.nn.module import Module
from chainrule.train.data import Array, Data

Loss = Callable[[Any, Any], Any]


def rehearse(model: Module, loss: Loss, data: Data, name: str, batch_size: int) -> None:
    """Record one batch of `data` through model and loss, without numbers, and check all labels.

    Errors: `ShapeError`, `DTypeError` where data, model and loss do not fit together; `DataError`
    for a label that the loss does not take.
    """
    rows = min(batch_size, len(data))
    x, y = (Spec((rows, *array.shape[1:]), array.dtype) for array in (data.x, data.y))
    model.evaluate()
    graph, _ = trace(lambda a, b: (out := model(a), loss(out, b)), [x, y])
    prediction = graph.outputs[0]
    if not is_floating(y.dtype) and prediction.shape[:-1] == y.shape:
        _check_labels(loss, data.y, Spec(prediction.shape, prediction.dtype), name)


def _check_labels(loss: Loss, labels: Array, prediction: Spec, name: str) -> None:
    """Raise `DataError` for the first label out of range, unless the loss takes it (to ignore)."""
    classes = prediction.shape[-1]
    for label in np.unique(labels[(labels < 0) | (labels >= classes)]):
        place = np.argwhere(labels == label)[0]
        try:
            loss(np.zeros((1, *prediction.shape[1:]), prediction.dtype), labels[place[:1]])
        except DataError:
            raise DataError(
                f"{name} targets[{', '.join(map(str, place))}] is the label {label}, but the model "
                f"has {classes} outputs, for labels 0 to {classes - 1}; give the last layer "
                f"{int(labels.max()) + 1} outputs, or number the classes from 0"
            ) from None
