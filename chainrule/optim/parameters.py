"""The parameters that an optimizer looks after, each under a name that stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from chainrule.array.dtype import is_floating
from chainrule.build.variable import Variable
from chainrule.errors import DTypeError, OptionError


class Model(Protocol):
    """Anything that can name its parameters: every `nn.Module`."""

    def named_parameters(self) -> Any:
        """Return the parameters as pairs of name and variable, or as a mapping."""


Parameters = Model | Mapping[str, Variable] | Iterable[Variable]


def named(parameters: Parameters) -> dict[str, Variable]:
    """Return `{name: parameter}` of a model, a mapping, or a sequence of variables.

    The parameters of a sequence have their variables' names; where two are called the same, the
    place stands in front of each (`0.weight`, `1.weight`). One that comes twice counts once.

    Errors: `OptionError` where there are none, or something is no variable; `DTypeError` for a
    variable of integers.

    >>> list(named([Variable(1.0, name="weight"), Variable(2.0, name="weight")]))
    ['0.weight', '1.weight']
    """
    found = _once(_pairs(parameters))
    if not found:
        raise OptionError("an optimizer needs at least one parameter, the model has none")
    return found


def _pairs(parameters: Any) -> dict[str, Variable]:
    if hasattr(parameters, "named_parameters"):
        return dict(parameters.named_parameters())
    if isinstance(parameters, Mapping):
        return dict(parameters)
    if isinstance(parameters, Variable) or not isinstance(parameters, Iterable):
        raise OptionError(
            "an optimizer takes a model, {name: variable}, or a list of variables, "
            f"got {parameters!r}"
        )
    return _numbered(list(parameters))


def _numbered(variables: list[Any]) -> dict[str, Variable]:
    names = [getattr(variable, "name", "parameter") for variable in variables]
    distinct = {id(variable): name for variable, name in zip(variables, names, strict=True)}
    if len(set(distinct.values())) < len(distinct):
        names = [f"{place}.{name}" for place, name in enumerate(names)]
    return dict(zip(names, variables, strict=True))


def _once(pairs: dict[str, Variable]) -> dict[str, Variable]:
    """The pairs, checked, without the second name of a variable that has two (tied weights)."""
    first: dict[Variable, str] = {}
    for name, parameter in pairs.items():
        if not isinstance(parameter, Variable):
            raise OptionError(f"the parameter {name!r} is no Variable: {parameter!r}")
        if not is_floating(parameter.dtype):
            raise DTypeError(f"the parameter {name!r} holds {parameter.dtype}, not real numbers")
        first.setdefault(parameter, name)
    return {name: parameter for parameter, name in first.items()}
