"""Functions of real numbers to 40 digits, rounded to float64: what the arrays must hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np

from chainrule.build.tensor import Array


def exact(function: Callable[[Any], Any], x: Array) -> Array:
    """The values of an mpmath `function` at the numbers of `x` (n,), each taken as it is."""
    with mpmath.workdps(40):
        return np.array([float(function(mpmath.mpf(float(number)))) for number in x])
