"""Averaged gradient descent: steps that become smaller, and the average of where they led."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import maximum
from chainrule.build.functions.comparison import where
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.averaged import AveragedOptimizer, AveragingRule
from chainrule.optim.check import at_least_zero, check_fields, number
from chainrule.optim.decay import Coupled, Predicate, matrices
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import State


@dataclass(frozen=True)
class AveragedDescent(AveragingRule):
    """p ← p (1 − λ₁ η) − η g ;  a ← a + μ (p − a)"""

    decay: float
    power: float
    start: float

    def __post_init__(self) -> None:
        check_fields(self, decay=at_least_zero, power=number, start=at_least_zero)

    def initial(self, parameter: Tensor) -> State:
        """Return a = p."""
        return {"average": parameter + 0.0}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and a after a step."""
        done = as_type(step, np.dtype(np.float64)) - 1
        size = rate / (1 + self.decay * rate * done) ** self.power
        shrink = as_type(self.decay * size, parameter.dtype)
        moved = parameter - shrink * parameter - as_type(size, parameter.dtype) * gradient
        weight = 1 / maximum(done - self.start, 1.0)
        part = as_type(weight, parameter.dtype)
        average = state["average"] + part * (moved - state["average"])
        return moved, {"average": where(weight == 1.0, moved, average)}

    def average(self, parameter: Tensor, state: State) -> Tensor:
        """Return a."""
        return state["average"]


class ASGD(AveragedOptimizer):
    """Averaged stochastic gradient descent (Polyak & Juditsky 1992; Xu 2011).

        g ← g + λ p                                             (weight decay)
        η = γ / (1 + λ₁ γ (t−1))^α
        p ← p (1 − λ₁ η) − η g
        a ← a + μ (p − a) ;            μ = 1 / max(1, t − 1 − start)

    The averages a are what to use in the end: `with optimizer.applied(): …`. Defaults are
    PyTorch's; that means no average before step `start`.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        decay: λ₁ ≥ 0, how fast the steps become smaller.
        power: α.
        start: from which step on to average.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> optimizer = ASGD([x], learning_rate=0.25, decay=0.0, start=0)
    >>> for _ in range(3):
    ...     optimizer.step((x * x).backward())
    >>> float(x)
    0.125
    >>> with optimizer.applied():
    ...     print(float(x))
    0.1875
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-2,
        *,
        decay: float = 1e-4,
        power: float = 0.75,
        start: float = 1e6,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            AveragedDescent(decay, power, start),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
