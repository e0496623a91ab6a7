"""Questions about data types: their kinds, their limits, and what they combine to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from chainrule.array.dtype import (
    FLOATING,
    SIGNED,
    UNSIGNED,
    DType,
    as_dtype,
    bool_,
    default_of,
    is_floating,
    is_integer,
    promote,
    promote_scalar,
)
from chainrule.build.operators import Operators
from chainrule.errors import DTypeError, OptionError

KINDS: dict[str, tuple[DType, ...]] = {
    "bool": (bool_,),
    "signed integer": SIGNED,
    "unsigned integer": UNSIGNED,
    "integral": (*SIGNED, *UNSIGNED),
    "real floating": FLOATING,
    "complex floating": (),
    "numeric": (*SIGNED, *UNSIGNED, *FLOATING),
}


@dataclass(frozen=True)
class FloatLimits:
    """The limits of a floating type: its bits, its largest, smallest and finest numbers."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: DType


@dataclass(frozen=True)
class IntegerLimits:
    """The limits of an integer type: its bits, its largest and smallest number."""

    bits: int
    max: int
    min: int
    dtype: DType


def finfo(x: Any, /) -> FloatLimits:
    """Return the limits of a floating data type, or of that of an array, as Python numbers.

    `eps` is the distance from 1 to the next number, `smallest_normal` the least number above 0 with
    all its digits.

    Errors: `DTypeError` for a type that is not floating.

    >>> finfo("float32").eps == 2.0**-23
    True
    """
    dtype = _dtype_of(x)
    if not is_floating(dtype):
        raise DTypeError(f"finfo tells of floating types, got {dtype}; use iinfo")
    found = np.finfo(dtype)
    return FloatLimits(
        found.bits,
        float(found.eps),
        float(found.max),
        float(found.min),
        float(found.smallest_normal),
        dtype,
    )


def iinfo(x: Any, /) -> IntegerLimits:
    """Return the limits of an integer data type, or of that of an array.

    Errors: `DTypeError` for a type that is no integer.

    >>> iinfo("int8").min, iinfo("int8").max
    (-128, 127)
    """
    dtype = _dtype_of(x)
    if not is_integer(dtype):
        raise DTypeError(f"iinfo tells of integer types, got {dtype}; use finfo")
    found = np.iinfo(dtype)
    return IntegerLimits(found.bits, int(found.max), int(found.min), dtype)


def isdtype(dtype: Any, kind: Any) -> bool:
    """Tell whether a data type is of a kind: a kind's name, a data type, or several of these.

    The names are "bool", "signed integer", "unsigned integer", "integral", "real floating",
    "complex floating" (of which there are none here) and "numeric".

    Errors: `DTypeError` for what is no data type, `OptionError` for a name that is none of these.

    >>> isdtype("int8", "integral"), isdtype("int8", ("bool", "float32"))
    (True, False)
    """
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return as_dtype(dtype) in [found for each in kinds for found in _of_kind(each)]


def _of_kind(kind: Any) -> Sequence[DType]:
    if isinstance(kind, str) and kind in KINDS:
        return KINDS[kind]
    try:
        return (as_dtype(kind),)
    except DTypeError:
        raise OptionError(f"{kind!r} is no kind of data type; use {', '.join(KINDS)}") from None


def result_type(*arrays_and_dtypes: Any) -> DType:
    """Return the data type that arrays, data types and Python numbers combine to.

    A Python number takes the type of the others unless it is of a higher kind.

    Errors: `DTypeError` where there is no common type, `OptionError` for nothing at all.

    >>> result_type("int8", "int32"), result_type("float32", 2.0)
    (dtype('int32'), dtype('float32'))
    """
    numbers = [x for x in arrays_and_dtypes if _is_number(x)]
    dtypes = [_dtype_of(x) for x in arrays_and_dtypes if not _is_number(x)]
    if not dtypes and not numbers:
        raise OptionError("result_type needs at least one array or data type")
    start = reduce(promote, dtypes or map(default_of, numbers))
    return reduce(promote_scalar, numbers, start)


def can_cast(from_: Any, to: Any, /) -> bool:
    """Tell whether promotion turns a data type, or that of an array, into the data type `to`.

    >>> can_cast("int8", "int32"), can_cast("int32", "int8")
    (True, False)
    """
    target = as_dtype(to)
    try:
        return promote(_dtype_of(from_), target) == target
    except DTypeError:
        return False


def _is_number(x: Any) -> bool:
    return isinstance(x, bool | int | float) and not isinstance(x, np.generic)


def _dtype_of(x: Any) -> DType:
    """The data type that `x` is or has."""
    return x.dtype if isinstance(x, Operators) else as_dtype(getattr(x, "dtype", x))
