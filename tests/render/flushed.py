"""What becomes of denormal results in native code, for references that NumPy computes."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def flushed(x: Array) -> Array:
    """`x` with zeros of the same sign where a result is too small for a normal number."""
    if x.dtype.kind != "f":
        return x
    return np.where(np.abs(x) < np.finfo(x.dtype).tiny, np.copysign(x.dtype.type(0), x), x)
