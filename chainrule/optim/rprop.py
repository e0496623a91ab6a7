"""Rprop: a step size for each element, larger while its gradient keeps its sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import clip, sign
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, number, positive
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class Resilient(Rule):
    """s ← s η⁺ or s η⁻ by the sign of g · g₋₁ ;  p ← p − s sign(g), or p where it is negative."""

    shrink: float
    grow: float
    smallest: float
    largest: float

    def __post_init__(self) -> None:
        check_fields(self, shrink=_below_one, grow=_above_one, smallest=positive, largest=positive)
        if self.smallest > self.largest:
            raise OptionError(f"smallest={self.smallest} is more than largest={self.largest}")

    def initial(self, parameter: Tensor) -> State:
        """Return no gradient before, and sizes 0, which stand for those that are not set yet."""
        return {"size": zeros_like(parameter), "before": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p, the sizes and the gradients after a step."""
        agreement = sign(gradient) * sign(state["before"])
        size = where(state["size"] > 0, state["size"], as_type(rate, parameter.dtype))
        smaller = where(agreement < 0, self.shrink * size, size)
        size = where(agreement > 0, self.grow * size, smaller)
        size = clip(size, self.smallest, self.largest)
        gradient = where(agreement < 0, 0.0, gradient)
        return parameter - size * sign(gradient), {"size": size, "before": gradient}


def _below_one(name: str, value: Any) -> float:
    if positive(name, value) >= 1:
        raise OptionError(f"{name} must be less than 1, got {value!r}")
    return float(value)


def _above_one(name: str, value: Any) -> float:
    if number(name, value) <= 1:
        raise OptionError(f"{name} must be greater than 1, got {value!r}")
    return float(value)


class Rprop(Optimizer):
    """Rprop (Riedmiller & Braun 1993), without weight backtracking (Igel & Hüsken 2000, iRprop⁻).

        s ← s η⁺, η⁻ or s, as g · g₋₁ is positive, negative or 0 ;  within [smallest, largest]
        g ← 0 where it has changed its sign
        p ← p − s sign(g)

    The learning rate γ is where every s starts; after that it plays no part. For whole batches: the
    signs of noisy gradients say little. Defaults are PyTorch's. There is no weight decay.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        shrink: η⁻ in (0, 1).
        grow: η⁺ > 1.
        smallest: the least step size, > 0.
        largest: the greatest.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> optimizer = Rprop([x], learning_rate=0.25, grow=1.5)
    >>> for _ in range(2):
    ...     optimizer.step((x * x).backward())
    >>> float(x)
    0.375
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-2,
        *,
        shrink: float = 0.5,
        grow: float = 1.2,
        smallest: float = 1e-6,
        largest: float = 50.0,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            Resilient(shrink, grow, smallest, largest),
            learning_rate,
            gradient_transform=gradient_transform,
        )
