"""Reduce on plateau: the learning rate goes down when what is measured stops getting better."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from chainrule.build.convert import asarray
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim.check import at_least_zero, positive, whole
from chainrule.optim.schedules.schedule import Product, Schedule, Then

SIGNS = {"min": 1.0, "max": -1.0}


class Plateau(Schedule):
    """γ ← max(factor · γ, minimum) after more than `patience` observations without progress.

    Progress is a metric below the best so far by more than threshold · |best| (or by more than
    `threshold`, with `relative=False`); with `mode="max"`, above. After a reduction `cooldown`
    observations do not count. A NaN is no progress. This is PyTorch's ReduceLROnPlateau but for
    metrics below zero, where its relative threshold has the wrong sign.

    The rate, and what was observed, are in variables; `optimizer.observe(metric)` reaches the
    plateau also inside `then(…)` and products, where it observes from the beginning.

    Errors: `OptionError` for a negative rate, a factor outside of (0, 1), an unknown mode, counts
    that are no whole numbers.

    >>> plateau = Plateau(1.0, factor=0.5, patience=0)
    >>> for loss in [3.0, 2.0, 2.0]:
    ...     plateau.observe(loss)
    >>> float(plateau(0))
    0.5
    """

    def __init__(
        self,
        rate: float,
        *,
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        relative: bool = True,
        cooldown: int = 0,
        minimum: float = 0.0,
        mode: str = "min",
    ) -> None:
        if mode not in SIGNS:
            raise OptionError(f"mode must be 'min' or 'max', got {mode!r}")
        if positive("factor", factor) >= 1:
            raise OptionError(f"factor must be less than 1, got {factor!r}")
        self._sign = SIGNS[mode]
        self._factor = float(factor)
        self._patience = whole("patience", patience, least=0)
        self._threshold = at_least_zero("threshold", threshold)
        self._relative = relative
        self._cooldown = whole("cooldown", cooldown, least=0)
        self._minimum = at_least_zero("minimum", minimum)
        self._rate = Variable(np.float64(at_least_zero("rate", rate)), name="rate")
        self._best = Variable(np.float64(self._sign * math.inf), name="best")
        self._stale = Variable(np.int64(0), name="stale")
        self._cooling = Variable(np.int64(0), name="cooling")

    def after(self, t: Tensor) -> Tensor:
        """Return γ as it is now; t plays no part."""
        return asarray(self._rate)

    def observe(self, metric: float) -> None:
        """Take note of a metric, and reduce the rate where there was no progress for too long.

        Errors: `OptionError` where `metric` is no number; `ValueUnknownError` inside a recording.
        """
        value = _number(metric)
        best, cooling = float(self._best), int(self._cooling)
        progress = self._is_progress(value, best)
        stale = 0 if progress or cooling > 0 else int(self._stale) + 1
        tired = stale > self._patience
        self._best.assign(np.float64(value if progress else best))
        self._stale.assign(np.int64(0 if tired else stale))
        self._cooling.assign(np.int64(self._cooldown if tired else max(cooling - 1, 0)))
        if tired:
            self._rate.assign(np.float64(max(self._factor * float(self._rate), self._minimum)))

    def named_variables(self) -> list[tuple[str, Variable]]:
        """Return what changes, as pairs of name and variable."""
        cells = (self._rate, self._best, self._stale, self._cooling)
        return [(cell.name, cell) for cell in cells]

    def _is_progress(self, value: float, best: float) -> bool:
        scale = abs(best) if self._relative else 1.0
        margin = self._threshold * scale if math.isfinite(best) else 0.0
        return self._sign * value < self._sign * best - margin


def _number(metric: object) -> float:
    try:
        return float(metric)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise OptionError(f"observe() takes a number, got {metric!r}") from None


def plateaus(
    schedule: Callable[[Tensor], object] | None, place: str = "schedule"
) -> dict[str, Plateau]:
    """Return `{place: plateau}` for every plateau in a schedule, in its parts too.

    >>> list(plateaus(Plateau(0.5).then(Plateau(0.25), at=10)))
    ['schedule.first', 'schedule.second']
    """
    if isinstance(schedule, Plateau):
        return {place: schedule}
    if isinstance(schedule, Then | Product):
        first = plateaus(schedule.first, f"{place}.first")
        return first | plateaus(schedule.second, f"{place}.second")
    return {}
