"""What arguments of optimizers and schedules are checked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from numbers import Integral, Real
from typing import Any

from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.tensor import Spec, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import DTypeError, OptionError, ShapeError


def number(name: str, value: Any) -> float:
    """Return `value` as a float; raise `OptionError` unless it is one finite number."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise OptionError(f"{name} must be a finite number, got {value!r}")
    return float(value)


def at_least_zero(name: str, value: Any) -> float:
    """Return `value` as a float; raise `OptionError` unless it is a number ≥ 0."""
    found = number(name, value)
    if found < 0:
        raise OptionError(f"{name} must not be negative, got {value!r}")
    return found


def positive(name: str, value: Any) -> float:
    """Return `value` as a float; raise `OptionError` unless it is a number > 0."""
    found = number(name, value)
    if found <= 0:
        raise OptionError(f"{name} must be greater than 0, got {value!r}")
    return found


def fraction(name: str, value: Any) -> float:
    """Return `value` as a float; raise `OptionError` unless it lies in [0, 1)."""
    found = number(name, value)
    if not 0 <= found < 1:
        raise OptionError(f"{name} must lie in [0, 1), got {value!r}")
    return found


def whole(name: str, value: Any, least: int = 1) -> int:
    """Return `value` as an int; raise `OptionError` unless it is a whole number ≥ `least`."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise OptionError(f"{name} must be a whole number of at least {least}, got {value!r}")
    return int(value)


def check_fields(record: object, **judges: Callable[[str, Any], object]) -> None:
    """Put each field of a frozen record through its judge, which returns it converted or raises.

    Called in `__post_init__`, so that no record exists with a field out of its range.
    """
    for name, judge in judges.items():
        object.__setattr__(record, name, judge(name, getattr(record, name)))


def fitting(name: str, value: ArrayLike, spec: Spec) -> Tensor:
    """Return `value` as a tensor; raise `ShapeError` or `DTypeError` unless it fits into `spec`."""
    found = asarray(value)
    if found.shape != spec.shape:
        raise ShapeError(f"{name} has shape {found.shape}, expected {spec.shape}")
    if found.dtype != spec.dtype:
        raise DTypeError(f"{name} is {found.dtype}, expected {spec.dtype}; convert it with astype")
    return found


def check_known(gradients: Any, parameters: Collection[Variable]) -> None:
    """Raise `OptionError` unless `gradients` is `{parameter: gradient}` of known parameters."""
    if not isinstance(gradients, Mapping) or not gradients:
        raise OptionError(
            f"step() takes {{parameter: gradient}} as loss.backward() returns it, got {gradients!r}"
        )
    for variable in gradients:
        if variable not in parameters:
            raise OptionError(
                f"a gradient for {variable!r}, which is none of this optimizer's "
                f"{len(parameters)} parameters; was it made with another model, or was the "
                "variable not trainable then?"
            )


def check_names(what: str, given: set[str], known: set[str]) -> None:
    """Raise `OptionError` unless the names given are those known."""
    if given != known:
        raise OptionError(
            f"{what}: missing {sorted(known - given)}, unknown {sorted(given - known)}"
        )
