"""Cyclic rates: up and down between two of them, again and again."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.functions.comparison import where
from chainrule.build.functions.rounding import floor
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.check import at_least_zero, check_fields, positive, whole
from chainrule.optim.schedules.schedule import Schedule


@dataclass(frozen=True)
class Cyclic(Schedule):
    """γ(t) = low + (high − low) · h(t) · s, h from 0 to 1 in `up` steps and back in `down`.

    s = `shrink`ⁿ, n the cycles done before: 1 is the triangular policy of Smith 2017, ½ his
    "triangular2"; with `each_step` n counts the steps, his "exp_range". `down=None` is as many as
    `up`. PyTorch's CyclicLR, but that momentum does not cycle.

    Errors: `OptionError` for a rate below 0, `high` below `low`, a shrink ≤ 0, `up` or `down` no
    whole number ≥ 1.

    >>> Cyclic(0.0, 1.0, up=2)([0, 1, 2, 3, 4])
    Tensor([0. , 0.5, 1. , 0.5, 0. ], float64)
    """

    low: float
    high: float
    up: int = 2000
    down: int | None = None
    shrink: float = 1.0
    each_step: bool = False

    def __post_init__(self) -> None:
        if self.down is None:
            object.__setattr__(self, "down", self.up)
        check_fields(
            self, low=at_least_zero, high=at_least_zero, up=whole, down=whole, shrink=positive
        )
        if self.high < self.low:
            raise OptionError(f"high={self.high} is less than low={self.low}")

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        down = self.up if self.down is None else self.down
        cycle = floor(t / (self.up + down))
        at = t - cycle * (self.up + down)
        height = where(at <= self.up, at / self.up, 1.0 - (at - self.up) / down)
        scale = self.shrink ** (t if self.each_step else cycle)
        rate: Tensor = self.low + (self.high - self.low) * height * scale
        return rate
