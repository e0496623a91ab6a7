"""The one-cycle policy: one way up to a large learning rate, and one far down."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from chainrule.build.functions.arithmetic import clip
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import full_like
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.check import check_fields, positive, whole
from chainrule.optim.schedules.cosine import descent
from chainrule.optim.schedules.schedule import Schedule


@dataclass(frozen=True)
class OneCycle(Schedule):
    """γ(t) = a → peak → z: up from a = peak / divide until t = u, down to z = a / final_divide.

    The way up ends at u = warm_up · steps − 1, the way down at steps − 1; after that γ stays z. The
    ways are halves of a cosine, or straight lines with `shape="linear"`. With `three_phases=True`
    the way down mirrors the way up, from peak to a at t = 2u, and a third one leads from a to z
    (Smith & Topin 2018). This is PyTorch's OneCycleLR, but that momentum does not cycle.

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
        if any(before >= after for before, after in pairwise(ends)):
            raise OptionError(
                f"warm_up={self.warm_up} of {self.steps} steps leaves a phase without a step: "
                f"they would end at {ends[1:]}"
            )

    def after(self, t: Tensor) -> Tensor:
        """Return γ(t)."""
        start, rate = 0.0, self.peak / self.divide
        found = full_like(t, rate)
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
        line: Tensor = start + (end - start) * part
        return line if self.shape == "linear" else descent(start, end, part)
