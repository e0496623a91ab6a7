"""Rounding and sign: step functions, flat wherever they have a derivative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.primitives.comparison import Flat
from chainrule.build.tensor import Array


@dataclass(frozen=True)
class Floor(Flat):
    """y = ⌊x⌋"""

    def evaluate(self, x: Array) -> Array:
        return np.floor(x)


@dataclass(frozen=True)
class Ceil(Flat):
    """y = ⌈x⌉"""

    def evaluate(self, x: Array) -> Array:
        return np.ceil(x)


@dataclass(frozen=True)
class Trunc(Flat):
    """y = x without its fraction"""

    def evaluate(self, x: Array) -> Array:
        return np.trunc(x)


@dataclass(frozen=True)
class Round(Flat):
    """y = the integer nearest to x, the even one of two"""

    def evaluate(self, x: Array) -> Array:
        return np.round(x)


@dataclass(frozen=True)
class Sign(Flat):
    """y = −1, 0 or 1 by the sign of x"""

    def evaluate(self, x: Array) -> Array:
        return np.sign(x)
