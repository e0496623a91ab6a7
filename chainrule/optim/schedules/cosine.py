"""Schedules along a cosine: once, or again and again with warm restarts; and the one-cycle policy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.build.convert import asarray
from chainrule.build.functions.arithmetic import clip, minimum
from chainrule.build.functions.comparison import where
from chainrule.build.functions.manipulation import expand_dims
from chainrule.build.functions.reduction import max as max_
from chainrule.build.functions.trigonometry import cos
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.check import at_least_zero, check_fields, positive, whole
from chainrule.optim.schedules.schedule import Schedule

# Beyond it float64 no longer tells one step from the next.
LAST_STEP = 2**53


def descent(start: float, end: float, part: Tensor) -> Tensor:
    """Return the way from `start` to `end` along half a cosine; `part` of it, in [0, 1], is done.

    end + (start − end) (1 + cos π·part) / 2

    >>> descent(1.0, 0.0, asarray([0.0, 0.5, 1.0]))
    Tensor([1. , 0.5, 0. ], float32)
    """
    return end + (start - end) * (0.5 + 0.5 * cos(math.pi * part))


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
        check_fields(
            self, rate=at_least_zero, steps=whole, growth=whole, final=at_least_zero
        )

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


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up from peak / divide to peak, then down to peak / divide / final_divide (Smith & Topin 2018).

    The way up takes until step u = warm_up · steps − 1, the way down until steps − 1, each along half a
    cosine or, with `shape="linear"`, a straight line; after that the rate stays. With
    `three_phases=True` the way down to peak / divide mirrors the way up, until 2u, and the rest goes on
    to the end. This is PyTorch's OneCycleLR, but that momentum does not cycle.

    Errors: `OptionError` for a peak or a divisor ≤ 0, `steps` no whole number ≥ 1, another shape, a
    `warm_up` that leaves no step for the way up or for the way down.

    >>> OneCycle(1.0, steps=11, warm_up=0.5454545454545454, divide=4.0)([0, 5, 10]).tolist()
    [0.25, 1.0, 2.5e-05]
    """

    peak: float
    steps: int
    warm_up: float = 0.3
    divide: float = 25.0
    final_divide: float = 1e4
    shape: str = "cosine"
    three_phases: bool = False

    def __post_init__(self) -> None:
        check_fields(
            self,
            peak=positive,
            steps=whole,
            warm_up=positive,
            divide=positive,
            final_divide=positive,
        )
        if self.shape not in ("cosine", "linear"):
            raise OptionError(f"shape must be 'cosine' or 'linear', got {self.shape!r}")
        ends = [0.0, *(end for end, _ in self._phases())]
        if any(before >= after for before, after in zip(ends, ends[1:], strict=False)):
            raise OptionError(
                f"warm_up={self.warm_up} of {self.steps} steps leaves a phase without a step: "
                f"they would end at {ends[1:]}"
            )

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        start, rate = 0.0, self.peak / self.divide
        found = t * 0.0 + rate
        for end, target in self._phases():
            part = clip((t - start) / (end - start), 0.0, 1.0)
            found = where(t > start, self._between(rate, target, part), found)
            start, rate = end, target
        return found

    def _phases(self) -> list[tuple[float, float]]:
        """The last step of each phase, and the rate there."""
        first, last = self.peak / self.divide, self.steps - 1.0
        up = self.warm_up * self.steps - 1.0
        back = [(2.0 * up, first)] if self.three_phases else []
        return [(up, self.peak), *back, (last, first / self.final_divide)]

    def _between(self, start: float, end: float, part: Tensor) -> Tensor:
        return descent(start, end, part) if self.shape == "cosine" else start + (end - start) * part
