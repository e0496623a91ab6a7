"""Every optimizer, for the tests of what all of them do alike, and parameters to give them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from chainrule.build.convert import asarray
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.optim import (
    ASGD,
    LAMB,
    LARS,
    SGD,
    Accumulate,
    Adadelta,
    Adafactor,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    Groups,
    Lion,
    Lookahead,
    Muon,
    NAdam,
    RAdam,
    RMSprop,
    ScheduleFreeAdamW,
    Stepping,
)

Maker = Callable[..., Stepping]

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
    "adadelta": Adadelta,
    "adafactor": Adafactor,
    "adamax": Adamax,
    "asgd": partial(ASGD, decay=0.0, start=2),
    "lamb": LAMB,
    "lars": LARS,
    "lion": Lion,
    "muon": Muon,
    "nadam": NAdam,
    "nadamw": partial(NAdam, decoupled=True),
    "radam": RAdam,
    "schedule-free": ScheduleFreeAdamW,
}
every_optimizer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def grouped(at: dict[str, Variable], rate: Any, **options: Any) -> Groups:
    """The first parameter by gradient descent, the others by Adam."""
    first, *rest = at
    others = [Adam({name: at[name] for name in rest}, rate)] if rest else []
    return Groups(SGD({first: at[first]}, rate, **options), *others)


def accumulated(at: dict[str, Variable], rate: Any, **options: Any) -> Accumulate:
    return Accumulate(Adam(at, rate, **options), 3)


def looking_ahead(at: dict[str, Variable], rate: Any, **options: Any) -> Lookahead:
    return Lookahead(Adam(at, rate, **options), 3)


BUILT: dict[str, Maker] = {
    "groups": grouped,
    "accumulate": accumulated,
    "lookahead": looking_ahead,
}
every_stepping = pytest.mark.parametrize(
    "make", [*MAKERS.values(), *BUILT.values()], ids=[*MAKERS, *BUILT]
)


def scalar(value: float = 1.0, name: str = "x") -> Variable:
    return Variable(np.float64(value), trainable=True, name=name)


def number(value: float) -> Tensor:
    return asarray(np.float64(value))


def values(at: dict[str, Variable]) -> dict[str, list[float]]:
    return {name: np.array(variable).tolist() for name, variable in at.items()}
