"""RAdam: Adam that does not divide before it knows the size of the gradients well enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import maximum, sqrt, square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, fraction, positive
from chainrule.optim.decay import Coupled, Decoupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State

# Below so many samples the variance of the adaptive step cannot be told (it diverges at 4).
ENOUGH = 5.0


@dataclass(frozen=True)
class RectifiedMoments(Rule):
    """p ← p − γ r m̂ √(1−β₂ᵗ) / (√v + ε) once ρₜ > 5, before that p ← p − γ m̂"""

    beta1: float
    beta2: float
    epsilon: float

    def __post_init__(self) -> None:
        check_fields(self, beta1=fraction, beta2=fraction, epsilon=positive)

    def initial(self, parameter: Tensor) -> State:
        """Return m = 0 and v = 0."""
        return {"mean": zeros_like(parameter), "square": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and the moments after step t."""
        mean = self.beta1 * state["mean"] + (1 - self.beta1) * gradient
        power = self.beta2 * state["square"] + (1 - self.beta2) * square(gradient)
        count = as_type(step, np.dtype(np.float64))
        enough, factor = self._rectification(count)
        size = as_type(rate / (1 - self.beta1**count), parameter.dtype)
        adaptive = as_type(factor, parameter.dtype) / (sqrt(power) + self.epsilon)
        move = size * mean * where(enough, adaptive, 1.0)
        return parameter - move, {"mean": mean, "square": power}

    def _rectification(self, count: Tensor) -> tuple[Tensor, Tensor]:
        """Whether there are samples enough, and then r √(1−β₂ᵗ)."""
        most = 2 / (1 - self.beta2) - 1
        left = 1 - self.beta2**count
        samples = most - 2 * count * (1 - left) / left
        gained = maximum((samples - 4) * (samples - 2) / samples, 0.0)
        factor = max(most / ((most - 4) * (most - 2)), 0.0) if most > ENOUGH else 0.0
        return samples > ENOUGH, sqrt(left * gained * factor)


class RAdam(Optimizer):
    """RAdam, Adam with a rectified variance (Liu et al. 2020, algorithm 2).

        g ← g + λ p                                             (weight decay)
        m ← β₁ m + (1−β₁) g ;          m̂ = m / (1−β₁ᵗ)
        v ← β₂ v + (1−β₂) g²
        ρ∞ = 2 / (1−β₂) − 1 ;          ρₜ = ρ∞ − 2 t β₂ᵗ / (1−β₂ᵗ)
        r² = (ρₜ−4)(ρₜ−2) ρ∞ / ((ρ∞−4)(ρ∞−2) ρₜ)
        p ← p − γ r m̂ √(1−β₂ᵗ) / (√v + ε)                       where ρₜ > 5
        p ← p − γ m̂                                             else

    It needs no warm-up. The 5 (the paper has 4) and the defaults are PyTorch's.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).
        epsilon: ε > 0.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        decoupled: whether the decay is AdamW's: p ← p − γ λ p, not through the gradient.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> RAdam([x], learning_rate=0.25).step((x * x).backward())
    >>> round(float(x), 6)
    0.5
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-3,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        decoupled: bool = False,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            RectifiedMoments(beta1, beta2, epsilon),
            learning_rate,
            decay=(Decoupled if decoupled else Coupled)(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
