"""A module's state: the contents of its variables by name, read, checked and converted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.build.tensor import Array
from chainrule.build.variable import Variable
from chainrule.errors import DataError

Named = Sequence[tuple[str, Variable]]


def content_of(variable: Variable) -> Array:
    """Return a copy of what the variable holds."""
    return np.array(variable)


def checked(variables: Named, state: Mapping[str, Any]) -> list[tuple[Variable, Array]]:
    """Return each variable with its new content from `state`, in its data type.

    Errors: `DataError` that lists all that does not fit.
    """
    arrays = {name: np.asarray(value) for name, value in state.items()}
    problems = list(_problems(dict(variables), arrays))
    if problems:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(
            f"this state does not belong to this model; nothing was loaded:{listed}\n"
            "Build the model with the sizes that it was saved with."
        )
    return [(variable, arrays[name].astype(variable.dtype)) for name, variable in variables]


def _problems(variables: dict[str, Variable], arrays: dict[str, Array]) -> Iterator[str]:
    for name in variables.keys() - arrays.keys():
        yield f"missing: {name}, {variables[name].spec}"
    for name in arrays.keys() - variables.keys():
        yield f"unexpected: {name}, of shape {arrays[name].shape}"
    for name, variable in variables.items():
        if name in arrays and not _fits(variable, arrays[name]):
            given = f"{arrays[name].dtype.name}{list(arrays[name].shape)}"
            yield f"unfitting: {name} is {given}, the model's is {variable.spec}"


def _fits(variable: Variable, array: Array) -> bool:
    return variable.shape == array.shape and variable.dtype.kind == array.dtype.kind
