"""Adam, and AdamW: Adam with decoupled weight decay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import maximum, sqrt, square
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, fraction, positive
from chainrule.optim.decay import Coupled, Decoupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class AdaptiveMoments(Rule):
    """m ← β₁ m + (1−β₁) g ;  v ← β₂ v + (1−β₂) g² ;  p ← p − γ m̂ / (√v̂ + ε)"""

    beta1: float
    beta2: float
    epsilon: float
    amsgrad: bool

    def __post_init__(self) -> None:
        check_fields(self, beta1=fraction, beta2=fraction, epsilon=positive)

    def initial(self, parameter: Tensor) -> State:
        """Return the moments in use, all 0."""
        moments = ["mean", "square", *(["largest"] if self.amsgrad else [])]
        return {name: zeros_like(parameter) for name in moments}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and the moments after step t.

        With c = √(1−β₂ᵗ) both sides of the fraction m̂ / (√v̂ + ε) are taken times c, which leaves a
        multiplication and a root for each element: γ c / (1−β₁ᵗ) · m / (√v + c ε).
        """
        mean = self.beta1 * state["mean"] + (1 - self.beta1) * gradient
        power = self.beta2 * state["square"] + (1 - self.beta2) * square(gradient)
        moments = {"mean": mean, "square": power}
        if self.amsgrad:
            power = moments["largest"] = maximum(state["largest"], power)
        count = as_type(step, np.dtype(np.float64))
        correction = sqrt(1 - self.beta2**count)
        size = as_type(rate * correction / (1 - self.beta1**count), parameter.dtype)
        floor = as_type(self.epsilon * correction, parameter.dtype)
        return parameter - size * mean / (sqrt(power) + floor), moments


class Adam(Optimizer):
    """Adam (Kingma & Ba 2015, algorithm 1).

        g ← g + λ p                                             (weight decay)
        m ← β₁ m + (1−β₁) g ;          m̂ = m / (1−β₁ᵗ)
        v ← β₂ v + (1−β₂) g² ;         v̂ = v / (1−β₂ᵗ)
        p ← p − γ m̂ / (√v̂ + ε)

    `amsgrad=True` divides by the largest v so far (Reddi, Kale, Kumar 2018): u ← max(u, v),
    û = u / (1−β₂ᵗ) in the place of v̂. The bias correction of u is PyTorch's; the paper has none.
    Defaults are the paper's. 1−βᵗ is computed in float64 from the integer t.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).
        epsilon: ε > 0.
        amsgrad: whether to divide by the largest v so far.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
            The decay passes through the division; with `AdamW` it does not.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> Adam([x], learning_rate=0.25).step((x * x).backward())
    >>> round(float(x), 6)
    0.75
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-3,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        amsgrad: bool = False,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            AdaptiveMoments(beta1, beta2, epsilon, amsgrad),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )


class AdamW(Optimizer):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2).

        p ← p − γ λ p ;  then Adam's step for g without decay

    The decay is not divided by √v̂, so that it pulls all weights alike. As in PyTorch, whose default
    it has, it is proportional to the learning rate; in the paper only to the schedule's multiplier.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).
        epsilon: ε > 0.
        amsgrad: whether to divide by the largest v so far; see `Adam`.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> w = Variable([[1.0]], trainable=True)
    >>> AdamW([w], learning_rate=0.25, weight_decay=0.5).step({w: w * 0.0})
    >>> float(w)
    0.875
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-3,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        amsgrad: bool = False,
        weight_decay: float = 1e-2,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            AdaptiveMoments(beta1, beta2, epsilon, amsgrad),
            learning_rate,
            decay=Decoupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
