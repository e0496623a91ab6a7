"""Optimizers by name: what a command line or a configuration file asks for."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from inspect import signature
from typing import Any

from chainrule.errors import OptionError
from chainrule.optim.adadelta import Adadelta
from chainrule.optim.adafactor import Adafactor
from chainrule.optim.adagrad import Adagrad
from chainrule.optim.adam import Adam, AdamW
from chainrule.optim.adamax import Adamax
from chainrule.optim.any_optimizer import Stepping
from chainrule.optim.asgd import ASGD
from chainrule.optim.layerwise import LAMB, LARS
from chainrule.optim.lion import Lion
from chainrule.optim.muon import Muon
from chainrule.optim.nadam import NAdam
from chainrule.optim.parameters import Parameters
from chainrule.optim.radam import RAdam
from chainrule.optim.rmsprop import RMSprop
from chainrule.optim.rprop import Rprop
from chainrule.optim.schedule_free import ScheduleFreeAdamW
from chainrule.optim.sgd import SGD

OPTIMIZERS: dict[str, Callable[..., Stepping]] = {
    kind.__name__.lower(): kind
    for kind in (
        Adadelta,
        Adafactor,
        Adagrad,
        Adam,
        Adamax,
        AdamW,
        ASGD,
        LAMB,
        LARS,
        Lion,
        Muon,
        NAdam,
        RAdam,
        RMSprop,
        Rprop,
        ScheduleFreeAdamW,
        SGD,
    )
}


def by_name(name: str, parameters: Parameters, **options: Any) -> Stepping:
    """Return the optimizer called `name`, capital or small letters alike, made with `options`.

    Errors: `OptionError` for an unknown name or option, with the nearest one and the list.

    >>> from chainrule.build.variable import Variable
    >>> optimizer = by_name("adam", [Variable(1.0, trainable=True)], learning_rate=0.01)
    >>> optimizer.rate()
    0.01
    """
    kind = OPTIMIZERS[_known("optimizer", str(name).lower(), list(OPTIMIZERS))]
    accepted = list(signature(kind).parameters)[1:]
    checked = {_known(f"option of {name}", key, accepted): value for key, value in options.items()}
    return kind(parameters, **checked)


def _known(what: str, name: str, names: list[str]) -> str:
    if name in names:
        return name
    near = get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise OptionError(f"unknown {what}: {name!r}; {hint}there are {', '.join(names)}")
