"""What every schedule is, the constant one, one schedule after another, and their product."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import maximum, multiply
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import full_like
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.check import at_least_zero, check_fields, whole


class Schedule(ABC):
    """A learning rate γ(t), t the number of steps done before: γ(0) is the first step's.

    Called with a step or an array of them, it gives float64 of the same shape. A schedule builds
    graph from t alone, so a compiled step goes on with it and is not compiled again.

    >>> constant = Constant(0.5)
    >>> float(constant(10))
    0.5
    """

    def __call__(self, step: ArrayLike) -> Tensor:
        """Return γ after `step` steps, an integer or an array of them."""
        return self.after(as_type(asarray(step), np.dtype(np.float64)))

    @abstractmethod
    def after(self, t: Tensor) -> Tensor:
        """Return γ(t) for float64 whole numbers t, of the same shape."""

    def then(self, following: Schedule, *, at: int) -> Then:
        """Return this schedule for the first `at` steps, and `following` from its start after them.

        Errors: `OptionError` where `following` is no schedule or `at` no whole number ≥ 1.

        >>> schedule = Constant(0.5).then(Constant(0.25), at=10)
        >>> schedule([9, 10])
        Tensor([0.5 , 0.25], float64)
        """
        return Then(self, following, at)

    def __mul__(self, other: Schedule | float) -> Product:
        """Return the schedule whose rate is the product of both, as `0.1 * schedule`.

        >>> (Constant(0.5) * 0.5)([0, 10])
        Tensor([0.25, 0.25], float64)
        """
        return Product(self, other if isinstance(other, Schedule) else Constant(other))

    __rmul__ = __mul__


@dataclass(frozen=True)
class Constant(Schedule):
    """γ(t) = rate

    Errors: `OptionError` for a negative rate.

    >>> Constant(0.5)([0, 1000])
    Tensor([0.5, 0.5], float64)
    """

    rate: float

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        return full_like(t, self.rate)


@dataclass(frozen=True)
class Then(Schedule):
    """γ(t) = first(t) for t < at, then second(t − at).

    Errors: `OptionError` where a part is no schedule or `at` no whole number ≥ 1.

    >>> Then(Constant(0.5), Constant(0.25), at=10)([9, 10])
    Tensor([0.5 , 0.25], float64)
    """

    first: Schedule
    second: Schedule
    at: int

    def __post_init__(self) -> None:
        for part in (self.first, self.second):
            if not isinstance(part, Schedule):
                raise OptionError(f"then() joins schedules, got {part!r}; write Constant(0.1)")
        check_fields(self, at=whole)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        begun = maximum(t - self.at, 0.0)
        return where(t < self.at, self.first.after(t), self.second.after(begun))


@dataclass(frozen=True)
class Product(Schedule):
    """γ(t) = first(t) · second(t): one schedule scaled by another, or by a number.

    PyTorch's ChainedScheduler. Written as `first * second`.

    Errors: `OptionError` where a part is no schedule.

    >>> Product(Constant(0.5), Constant(0.25))([0, 10])
    Tensor([0.125, 0.125], float64)
    """

    first: Schedule
    second: Schedule

    def __post_init__(self) -> None:
        for part in (self.first, self.second):
            if not isinstance(part, Schedule):
                raise OptionError(f"a product is of schedules, got {part!r}; write Constant(0.1)")

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        return multiply(self.first.after(t), self.second.after(t))
