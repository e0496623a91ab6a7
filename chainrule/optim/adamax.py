"""Adamax: Adam with the largest recent gradient in the place of their mean square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import abs as abs_, maximum
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, fraction, positive
from chainrule.optim.decay import Coupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class LargestRecent(Rule):
    """m ← β₁ m + (1−β₁) g ;  u ← max(β₂ u, |g| + ε) ;  p ← p − γ m̂ / u"""

    beta1: float
    beta2: float
    epsilon: float

    def __post_init__(self) -> None:
        check_fields(self, beta1=fraction, beta2=fraction, epsilon=positive)

    def initial(self, parameter: Tensor) -> State:
        """Return m = 0 and u = 0."""
        return {"mean": zeros_like(parameter), "largest": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p, m and u after step t."""
        mean = self.beta1 * state["mean"] + (1 - self.beta1) * gradient
        largest = maximum(self.beta2 * state["largest"], abs_(gradient) + self.epsilon)
        count = as_type(step, np.dtype(np.float64))
        size = as_type(rate / (1 - self.beta1**count), parameter.dtype)
        return parameter - size * mean / largest, {"mean": mean, "largest": largest}


class Adamax(Optimizer):
    """Adamax (Kingma & Ba 2015, algorithm 2).

        g ← g + λ p                                             (weight decay)
        m ← β₁ m + (1−β₁) g ;          m̂ = m / (1−β₁ᵗ)
        u ← max(β₂ u, |g| + ε)
        p ← p − γ m̂ / u

    The ε, so that u is never 0, and the defaults are PyTorch's.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).
        epsilon: ε > 0.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> Adamax([x], learning_rate=0.25).step((x * x).backward())
    >>> round(float(x), 6)
    0.75
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 2e-3,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            LargestRecent(beta1, beta2, epsilon),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
