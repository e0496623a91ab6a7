"""Linear warm-up: small steps until the moments know the size of the gradients."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.functions.arithmetic import minimum
from chainrule.build.tensor import Tensor
from chainrule.optim.check import at_least_zero, check_fields, whole
from chainrule.optim.schedules.schedule import Schedule


@dataclass(frozen=True)
class LinearWarmup(Schedule):
    """γ(t) = start + (rate − start) · min(t, steps) / steps

    From `start` to `rate` in `steps` steps, then `rate` (Goyal et al. 2017, section 2.2); PyTorch's
    LinearLR. With `start=0` the first step moves nothing. What follows is joined by `then`.

    Errors: `OptionError` for a negative rate, `steps` no whole number ≥ 1.

    >>> LinearWarmup(1.0, steps=4)([0, 1, 4, 5])
    Tensor([0.  , 0.25, 1.  , 1.  ], float64)
    >>> from chainrule.optim.schedules.cosine import Cosine
    >>> LinearWarmup(1.0, steps=4).then(Cosine(1.0, steps=100), at=4)([2, 4, 54])
    Tensor([0.5, 1. , 0.5], float64)
    """

    rate: float
    steps: int
    start: float = 0.0

    def __post_init__(self) -> None:
        check_fields(self, rate=at_least_zero, steps=whole, start=at_least_zero)

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        part = minimum(t, self.steps) / self.steps
        rate: Tensor = self.start + (self.rate - self.start) * part
        return rate
