"""Schedule-free AdamW: averaging in the place of a learning rate that goes down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import maximum, sqrt, square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import zeros, zeros_like
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.averaged import AveragedOptimizer, AveragingRule
from chainrule.optim.check import at_least_zero, check_fields, fraction, positive
from chainrule.optim.decay import Predicate, by_the_rule, matrices
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import State

FLOAT64 = np.dtype(np.float64)


@dataclass(frozen=True)
class Interpolated(AveragingRule):
    """z ← z − γ (g / (√v̂ + ε) + λ p) ;  x ← x + c (z − x) ;  p ← β₁ x + (1−β₁) z"""

    beta1: float
    beta2: float
    epsilon: float
    power: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_fields(
            self,
            beta1=fraction,
            beta2=fraction,
            epsilon=positive,
            power=at_least_zero,
            weight_decay=at_least_zero,
        )
        if not self.beta1:
            raise OptionError("beta1 must be greater than 0: x is found from p and z by it")

    def initial(self, parameter: Tensor) -> State:
        """Return z = p, v = 0, the largest rate and the sum of weights 0."""
        return {
            "ahead": parameter + 0.0,
            "square": zeros_like(parameter),
            "rate": zeros((), dtype=FLOAT64),
            "weight": zeros((), dtype=FLOAT64),
        }

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and the state after step t; the fraction is taken times √(1−β₂ᵗ)."""
        power = self.beta2 * state["square"] + (1 - self.beta2) * square(gradient)
        correction = sqrt(1 - self.beta2 ** as_type(step, FLOAT64))
        size = as_type(rate * correction, parameter.dtype)
        floor = as_type(self.epsilon * correction, parameter.dtype)
        decay = as_type(rate * self.weight_decay, parameter.dtype) * parameter
        ahead = state["ahead"] - size * gradient / (sqrt(power) + floor) - decay
        largest = maximum(state["rate"], rate)
        weight = largest**self.power
        total = state["weight"] + weight
        part = as_type(where(total > 0, weight / where(total > 0, total, 1.0), 0.0), ahead.dtype)
        before = self.average(parameter, state)
        found = before + part * (ahead - before)
        following = self.beta1 * found + (1 - self.beta1) * ahead
        return following, {"ahead": ahead, "square": power, "rate": largest, "weight": total}

    def average(self, parameter: Tensor, state: State) -> Tensor:
        """Return x, which p = β₁ x + (1−β₁) z holds."""
        found: Tensor = (parameter - (1 - self.beta1) * state["ahead"]) / self.beta1
        return found


class ScheduleFreeAdamW(AveragedOptimizer):
    """Schedule-free AdamW (Defazio et al. 2024, algorithm 1).

        v ← β₂ v + (1−β₂) g² ;         v̂ = v / (1−β₂ᵗ)
        z ← z − γ (g / (√v̂ + ε) + λ p)
        x ← x + c (z − x) ;            c = w / Σ w,  w = (largest γ so far)^r
        p ← β₁ x + (1−β₁) z

    p is where the gradient is taken, between the average x and the point z that moves. x is what to
    use in the end and for each validation: `with optimizer.applied(): …`. No schedule is needed
    but, if anything, a warm-up. As Optax's `schedule_free_adamw`.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in (0, 1).
        beta2: β₂ in [0, 1).
        epsilon: ε > 0.
        power: r ≥ 0, so that the steps of a warm-up weigh less.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> optimizer = ScheduleFreeAdamW([x], learning_rate=0.25)
    >>> optimizer.step((x * x).backward())
    >>> round(float(x), 6)
    0.75
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 2.5e-3,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        power: float = 2.0,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        def rule(strength: float) -> AveragingRule:
            return Interpolated(beta1, beta2, epsilon, power, strength)

        super().__init__(
            parameters,
            by_the_rule(rule, weight_decay, decay_on),
            learning_rate,
            gradient_transform=gradient_transform,
        )
