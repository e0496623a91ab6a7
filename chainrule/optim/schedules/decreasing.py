"""Schedules that go down: in steps, exponentially, as a power, as an inverse root."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chainrule.build.functions.arithmetic import maximum, minimum, rsqrt
from chainrule.build.functions.comparison import where
from chainrule.build.functions.rounding import floor
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.check import at_least_zero, check_fields, positive, whole
from chainrule.optim.schedules.schedule import Schedule


@dataclass(frozen=True)
class StepDecay(Schedule):
    """γ(t) = rate · factor^⌊t / every⌋: times `factor` after every `every` steps.

    PyTorch's StepLR (He et al. 2016 divide by 10 so).

    Errors: `OptionError` for a negative rate, a factor ≤ 0, `every` no whole number ≥ 1.

    >>> StepDecay(1.0, every=10, factor=0.5)([9, 10, 25])
    Tensor([1.  , 0.5 , 0.25], float64)
    """

    rate: float
    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, every=whole, factor=positive)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        rate: Tensor = self.rate * self.factor ** floor(t / self.every)
        return rate


@dataclass(frozen=True)
class MultiStep(Schedule):
    """γ(t) = rate · factor^n, n the number of milestones ≤ t.

    PyTorch's MultiStepLR.

    Errors: `OptionError` for a negative rate, a factor ≤ 0, milestones that are no whole numbers
    ≥ 1 or do not rise.

    >>> MultiStep(1.0, milestones=[10, 15], factor=0.5)([9, 10, 15])
    Tensor([1.  , 0.5 , 0.25], float64)
    """

    rate: float
    milestones: Iterable[int]
    factor: float = 0.1

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, milestones=_rising, factor=positive)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        passed = sum((where(t >= stone, 1.0, 0.0) for stone in self.milestones), start=t * 0.0)
        rate: Tensor = self.rate * self.factor**passed
        return rate


def _rising(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, Iterable):
        raise OptionError(f"{name} must be a list of whole numbers, got {value!r}")
    stones = tuple(whole(name, stone) for stone in value)
    if sorted(set(stones)) != list(stones):
        raise OptionError(f"{name} must rise, got {stones}")
    return stones


@dataclass(frozen=True)
class Exponential(Schedule):
    """γ(t) = rate · factor^(t / every): as `StepDecay`, but smoothly.

    With `every=1` PyTorch's ExponentialLR.

    Errors: `OptionError` for a negative rate, a factor ≤ 0, `every` no whole number ≥ 1.

    >>> Exponential(1.0, factor=0.25, every=10)([0, 5, 10])
    Tensor([1.  , 0.5 , 0.25], float64)
    """

    rate: float
    factor: float
    every: int = 1

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, factor=positive, every=whole)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        rate: Tensor = self.rate * self.factor ** (t / self.every)
        return rate


@dataclass(frozen=True)
class Polynomial(Schedule):
    """γ(t) = final + (rate − final) · (1 − min(t, steps) / steps)^power

    Linear with power 1. PyTorch's PolynomialLR (whose `final` is 0); "poly" in Chen et al. 2018.

    Errors: `OptionError` for a negative rate, `steps` no whole number ≥ 1, a power ≤ 0.

    >>> Polynomial(1.0, steps=10, power=2.0)([0, 5, 10, 20])
    Tensor([1.  , 0.25, 0.  , 0.  ], float64)
    """

    rate: float
    steps: int
    power: float = 1.0
    final: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, steps=whole, power=positive, final=at_least_zero)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        left = 1.0 - minimum(t, self.steps) / self.steps
        rate: Tensor = self.final + (self.rate - self.final) * left**self.power
        return rate


@dataclass(frozen=True)
class InverseSquareRoot(Schedule):
    """γ(t) = rate · min(u / w, √(w / u)), u = t + 1, w = warm_up

    A linear warm-up to `rate` at the w-th step, then as 1/√t (Vaswani et al. 2017, section 5.3).
    With `warm_up=1` without a warm-up.

    Errors: `OptionError` for a negative rate, `warm_up` no whole number ≥ 1.

    >>> InverseSquareRoot(1.0, warm_up=4)([0, 3, 15])
    Tensor([0.25, 1.  , 0.5 ], float64)
    """

    rate: float
    warm_up: int = 1

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, warm_up=whole)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        part = (t + 1.0) / self.warm_up
        rate: Tensor = self.rate * minimum(part, rsqrt(maximum(part, 1.0)))
        return rate
