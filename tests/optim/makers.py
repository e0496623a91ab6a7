"""Every optimizer, for the tests of what all of them do alike, and parameters to give them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from chainrule.build.convert import asarray
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

Maker = Callable[..., Optimizer]

MAKERS: dict[str, Maker] = {
    "sgd": SGD,
    "momentum": partial(SGD, momentum=0.9),
    "nesterov": partial(SGD, momentum=0.9, nesterov=True),
    "rmsprop": RMSprop,
    "centered": partial(RMSprop, centered=True, momentum=0.5),
    "adagrad": partial(Adagrad, start=0.1),
    "adam": Adam,
    "amsgrad": partial(Adam, amsgrad=True),
    "adamw": AdamW,
}
every_optimizer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def scalar(value: float = 1.0, name: str = "x") -> Variable:
    return Variable(np.float64(value), trainable=True, name=name)


def number(value: float) -> Tensor:
    return asarray(np.float64(value))


def values(at: dict[str, Variable]) -> dict[str, list[float]]:
    return {name: np.array(variable).tolist() for name, variable in at.items()}
