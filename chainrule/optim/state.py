"""What optimizers and averages remember, taken out as arrays and put back whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from chainrule.build.convert import ArrayLike
from chainrule.build.tensor import Array
from chainrule.build.variable import Variable
from chainrule.optim.check import check_names, fitting

Named = Iterable[tuple[str, Variable]]


def values(named: Named) -> dict[str, Array]:
    """Return `{name: value}` of the variables, as copies.

    >>> values([("x", Variable(1.0))])
    {'x': array(1., dtype=float32)}
    """
    return {name: np.array(variable) for name, variable in named}


def load(what: str, named: Named, state: Mapping[str, ArrayLike]) -> None:
    """Give the variables the values that `values` returned; `what` says whose they else are.

    Errors: `OptionError` where names are missing or unknown, `ShapeError` or `DTypeError` where a
    value does not fit. Nothing is changed then.
    """
    variables = dict(named)
    check_names(f"this is {what}", set(state), set(variables))
    found = {name: fitting(name, state[name], variables[name].spec) for name in variables}
    for name, value in found.items():
        variables[name].assign(value)
