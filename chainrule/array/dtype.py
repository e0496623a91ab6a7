"""Data types and how they combine: the Array API's promotion rules.

The types are NumPy's own `dtype` objects, so that no translation stands at the border. Promotion
within a kind follows the Array API standard 2024.12. Where the standard leaves the mixture of kinds
open, an integer or bool that meets a floating type takes that floating type (never a silent
float64).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.errors import DTypeError

DType = np.dtype[Any]
Scalar = bool | int | float

bool_: DType = np.dtype(np.bool_)
int8: DType = np.dtype(np.int8)
int16: DType = np.dtype(np.int16)
int32: DType = np.dtype(np.int32)
int64: DType = np.dtype(np.int64)
uint8: DType = np.dtype(np.uint8)
uint16: DType = np.dtype(np.uint16)
uint32: DType = np.dtype(np.uint32)
uint64: DType = np.dtype(np.uint64)
float32: DType = np.dtype(np.float32)
float64: DType = np.dtype(np.float64)

FLOATING = (float32, float64)
SIGNED = (int8, int16, int32, int64)
UNSIGNED = (uint8, uint16, uint32, uint64)
ALL = (bool_, *SIGNED, *UNSIGNED, *FLOATING)


def as_dtype(dtype: object) -> DType:
    """Return the data type that `dtype` names; raise `DTypeError` for one that chainrule lacks."""
    try:
        found: DType = np.dtype(dtype).newbyteorder("=")  # type: ignore[call-overload]
    except TypeError:
        raise DTypeError(f"{dtype!r} is not a data type; use one of {names(ALL)}") from None
    if found not in ALL:
        raise DTypeError(f"chainrule has no data type {found}; use one of {names(ALL)}")
    return found


def names(dtypes: tuple[DType, ...]) -> str:
    """Return the names of `dtypes` as a list in words."""
    return ", ".join(dtype.name for dtype in dtypes)


def is_floating(dtype: DType) -> bool:
    """Tell whether `dtype` is float32 or float64, the types that have gradients."""
    return dtype.kind == "f"


def is_integer(dtype: DType) -> bool:
    """Tell whether `dtype` is a signed or unsigned integer."""
    return dtype.kind in "iu"


def least(dtype: DType) -> Scalar:
    """Return the least of all numbers of a type: −∞, the smallest integer, or False."""
    if is_floating(dtype):
        return -np.inf
    return False if dtype == bool_ else int(np.iinfo(dtype).min)


def greatest(dtype: DType) -> Scalar:
    """Return the greatest of all numbers of a type: ∞, the largest integer, or True."""
    if is_floating(dtype):
        return np.inf
    return True if dtype == bool_ else int(np.iinfo(dtype).max)


def default_of(scalar: Scalar) -> DType:
    """Return the type that a Python number takes on its own: bool, int64 or float32."""
    if isinstance(scalar, bool):
        return bool_
    return int64 if isinstance(scalar, int) else float32


def promote(a: DType, b: DType) -> DType:
    """Return the type that values of types `a` and `b` combine to."""
    if a == b:
        return a
    if is_floating(a) != is_floating(b):
        return a if is_floating(a) else b
    joined = np.result_type(a, b)
    if joined not in ALL or (is_floating(joined) and not is_floating(a)):
        raise DTypeError(f"{a} and {b} have no common integer type; convert one with astype")
    return joined


def promote_scalar(dtype: DType, scalar: Scalar) -> DType:
    """Return the type that an array of `dtype` and a Python number combine to.

    The number is weak: it takes the array's type unless it is of a higher kind.
    """
    if isinstance(scalar, float) and not is_floating(dtype):
        return float32
    if isinstance(scalar, int) and not isinstance(scalar, bool) and dtype == bool_:
        return int64
    return dtype
