"""A module's state: the contents of its variables by name, read, checked and converted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.build.tensor import Array, Spec
from chainrule.build.variable import Variable
from chainrule.errors import DataError, OptionError


def content_of(variable: Variable) -> Array:
    """Return a copy of what the variable holds."""
    return np.array(variable)


def checked(
    variables: Sequence[tuple[str, Variable]], state: Mapping[str, Any]
) -> list[tuple[Variable, Array]]:
    """Return each variable with its new content from `state`, in its data type.

    Errors: `DataError` that lists all that does not fit; `OptionError` for what is no mapping.
    """
    if not isinstance(state, Mapping):
        raise OptionError(f"load_state takes a mapping of names to arrays, got {state!r}")
    arrays = {name: np.asarray(value) for name, value in state.items()}
    problems = list(_problems(dict(variables), arrays))
    if problems:
        listed = "".join(f"\n  {problem}" for problem in problems)
        raise DataError(
            f"this state does not belong to this model; nothing was loaded:{listed}\n"
            "Build the model with the sizes that it had when its state was saved."
        )
    return [(variable, arrays[name].astype(variable.dtype)) for name, variable in variables]


def _problems(variables: dict[str, Variable], arrays: dict[str, Array]) -> Iterator[str]:
    for name, variable in variables.items():
        if name not in arrays:
            yield f"missing: {name}, {variable.spec}"
        elif not _fits(variable, arrays[name]):
            yield f"unfitting: {name} is {_spec(arrays[name])}, the model's is {variable.spec}"
    for name, array in arrays.items():
        if name not in variables:
            yield f"unexpected: {name}, {_spec(array)}"


def _fits(variable: Variable, array: Array) -> bool:
    return variable.shape == array.shape and variable.dtype.kind == array.dtype.kind


def _spec(array: Array) -> Spec:
    return Spec(array.shape, array.dtype)
