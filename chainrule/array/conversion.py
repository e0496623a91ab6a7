"""Conversion between data types, defined for every number.

C leaves it open what becomes of a floating number that an integer type cannot hold, and processors
differ. Here it becomes the nearest number that the type does hold, and NaN becomes 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.array.dtype import DType, is_floating, is_integer

Array = NDArray[Any]


def converted(x: Array, dtype: DType) -> Array:
    """Return a copy of `x` in another data type; from floating to whole the fraction is dropped.

    What is too large or too small becomes the largest or smallest number of the type, NaN becomes
    0. As bools, 0 is False and all else True, NaN included. Whole numbers wrap around.

    >>> converted(np.array([1.7, -1.7, 300.0, np.nan]), np.dtype(np.int8))
    array([  1,  -1, 127,   0], dtype=int8)
    """
    with np.errstate(all="ignore"):
        if is_floating(x.dtype) and is_integer(dtype):
            return _whole(x, dtype)
        return x.astype(dtype)


def _whole(x: Array, dtype: DType) -> Array:
    limits = np.iinfo(dtype)
    low, above = float(limits.min), float(limits.max + 1)
    whole = np.trunc(x)
    fits = (whole >= low) & (whole < above)
    if fits.all():
        return x.astype(dtype)
    nearest = np.where(whole < low, limits.min, np.where(whole >= above, limits.max, 0))
    return np.where(fits, np.where(fits, x, 0).astype(dtype), nearest.astype(dtype))
