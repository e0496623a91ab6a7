"""NAdam: Adam with Nesterov's momentum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import sqrt, square
from chainrule.build.functions.creation import ones, zeros_like
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import at_least_zero, check_fields, fraction, positive
from chainrule.optim.decay import Coupled, Decoupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class NesterovMoments(Rule):
    """p ← p − γ ((1−μₜ) g / (1−Πₜ) + μₜ₊₁ m / (1−Πₜ₊₁)) / (√v̂ + ε)"""

    beta1: float
    beta2: float
    epsilon: float
    momentum_decay: float

    def __post_init__(self) -> None:
        check_fields(
            self, beta1=fraction, beta2=fraction, epsilon=positive, momentum_decay=at_least_zero
        )

    def initial(self, parameter: Tensor) -> State:
        """Return m = 0, v = 0 and Π = 1."""
        product = ones((), dtype=np.dtype(np.float64))
        return {"mean": zeros_like(parameter), "square": zeros_like(parameter), "product": product}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and the moments after step t; the fraction is taken times √(1−β₂ᵗ)."""
        mean = self.beta1 * state["mean"] + (1 - self.beta1) * gradient
        power = self.beta2 * state["square"] + (1 - self.beta2) * square(gradient)
        count = as_type(step, np.dtype(np.float64))
        now, following = self._momentum(count), self._momentum(count + 1)
        product = state["product"] * now
        correction = sqrt(1 - self.beta2**count)
        of_gradient = rate * correction * (1 - now) / (1 - product)
        of_mean = rate * correction * following / (1 - product * following)
        weights = [as_type(x, parameter.dtype) for x in (of_gradient, of_mean)]
        floor = as_type(self.epsilon * correction, parameter.dtype)
        move = (weights[0] * gradient + weights[1] * mean) / (sqrt(power) + floor)
        return parameter - move, {"mean": mean, "square": power, "product": product}

    def _momentum(self, count: Tensor) -> Tensor:
        momentum: Tensor = self.beta1 * (1 - 0.5 * 0.96 ** (count * self.momentum_decay))
        return momentum


class NAdam(Optimizer):
    """NAdam (Dozat 2016).

        g ← g + λ p                                             (weight decay)
        μₜ = β₁ (1 − ½ 0.96^(t ψ)) ;   Πₜ = μ₁ ⋯ μₜ
        m ← β₁ m + (1−β₁) g
        v ← β₂ v + (1−β₂) g² ;         v̂ = v / (1−β₂ᵗ)
        p ← p − γ ((1−μₜ) g / (1−Πₜ) + μₜ₊₁ m / (1−Πₜ₊₁)) / (√v̂ + ε)

    Defaults are PyTorch's.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).
        epsilon: ε > 0.
        momentum_decay: ψ ≥ 0, how fast the momentum grows to β₁.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        decoupled: whether the decay is AdamW's: p ← p − γ λ p, not through the gradient.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> NAdam([x], learning_rate=0.25).step((x * x).backward())
    >>> round(float(x), 4)
    0.7359
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 2e-3,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        momentum_decay: float = 4e-3,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        decoupled: bool = False,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            NesterovMoments(beta1, beta2, epsilon, momentum_decay),
            learning_rate,
            decay=(Decoupled if decoupled else Coupled)(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
