"""Schedules along a cosine: once, or again and again with warm restarts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.build.convert import asarray
from chainrule.build.functions.arithmetic import minimum
from chainrule.build.functions.comparison import where
from chainrule.build.functions.manipulation import expand_dims
from chainrule.build.functions.reduction import max as max_
from chainrule.build.functions.trigonometry import cos
from chainrule.build.tensor import Tensor
from chainrule.optim.check import at_least_zero, check_fields, whole
from chainrule.optim.schedules.schedule import Schedule

# Beyond it float64 no longer tells one step from the next.
LAST_STEP = 2**53


def descent(start: float, end: float, part: Tensor) -> Tensor:
    """Return the way from `start` to `end` along half a cosine; `part` of it, in [0, 1], is done.

    end + (start − end) (1 + cos π·part) / 2

    >>> descent(1.0, 0.0, asarray([0.0, 0.5, 1.0], dtype="float64"))
    Tensor([1. , 0.5, 0. ], float64)
    """
    rate: Tensor = end + (start - end) * (0.5 + 0.5 * cos(math.pi * part))
    return rate


@dataclass(frozen=True)
class Cosine(Schedule):
    """γ(t) = final + (rate − final) · (1 + cos(π · min(t, steps) / steps)) / 2

    Loshchilov & Hutter 2017, eq. 5, without restarts; PyTorch's CosineAnnealingLR up to `steps`.
    After `steps` the rate stays at `final`, where PyTorch's rises again.

    Errors: `OptionError` for a negative rate, `steps` no whole number ≥ 1.

    >>> Cosine(1.0, steps=10)([0, 5, 10, 20])
    Tensor([1. , 0.5, 0. , 0. ], float64)
    """

    rate: float
    steps: int
    final: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, steps=whole, final=at_least_zero)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        return descent(self.rate, self.final, minimum(t, self.steps) / self.steps)


@dataclass(frozen=True)
class CosineRestarts(Schedule):
    """γ(t) = final + (rate − final) · (1 + cos(π (t − s) / n)) / 2 in the cycle from s to s + n.

    The first cycle has n = `steps`, each next one `growth` times as many (Loshchilov & Hutter 2017,
    SGDR; PyTorch's CosineAnnealingWarmRestarts).

    Errors: `OptionError` for a negative rate, `steps` or `growth` no whole number ≥ 1.

    >>> CosineRestarts(1.0, steps=4, growth=2)([0, 2, 4, 8, 12])
    Tensor([1. , 0.5, 1. , 0.5, 1. ], float64)
    """

    rate: float
    steps: int
    growth: int = 1
    final: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, steps=whole, growth=whole, final=at_least_zero)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        if self.growth == 1:
            return descent(self.rate, self.final, (t % self.steps) / self.steps)
        starts, lengths = zip(*self._cycles(), strict=True)
        begun = expand_dims(t, axis=-1) >= asarray(starts)
        start, length = _latest(begun, starts), _latest(begun, lengths)
        return descent(self.rate, self.final, (t - start) / length)

    def _cycles(self) -> list[tuple[int, int]]:
        """Start and length of every cycle there can be: with growth these are few."""
        cycles = [(0, self.steps)]
        while sum(cycles[-1]) < LAST_STEP:
            cycles.append((sum(cycles[-1]), cycles[-1][1] * self.growth))
        return cycles


def _latest(begun: Tensor, rising: tuple[int, ...]) -> Tensor:
    """The value in `rising` of the last cycle that has begun."""
    return max_(where(begun, asarray(rising, dtype="float64"), 0.0), axis=-1)
