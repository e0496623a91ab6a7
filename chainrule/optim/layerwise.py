"""LARS and LAMB: for large batches, each parameter moves in proportion to its own size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import sqrt, square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import zeros_like
from chainrule.build.functions.norm import vector_norm
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import at_least_zero, check_fields, fraction, positive
from chainrule.optim.decay import Coupled, Predicate, by_the_rule, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


def trust(parameter: Tensor, move: Tensor, coefficient: float = 1.0) -> Tensor:
    """Return η ‖p‖ / ‖u‖, or 1 where either is 0.

    >>> import chainrule as cr
    >>> float(trust(cr.asarray([3.0, 4.0]), cr.asarray([0.0, 2.0])))
    2.5
    """
    length, moved = vector_norm(parameter), vector_norm(move)
    known = (length > 0) & (moved > 0)
    return where(known, coefficient * length / where(known, moved, 1.0), 1.0)


@dataclass(frozen=True)
class TrustedDescent(Rule):
    """v ← μ v + γ η ‖p‖/‖g‖ g ;  p ← p − v"""

    momentum: float
    nesterov: bool
    coefficient: float

    def __post_init__(self) -> None:
        check_fields(self, momentum=fraction, coefficient=positive)

    def initial(self, parameter: Tensor) -> State:
        """Return v = 0."""
        return {"velocity": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and v after a step."""
        ratio = trust(parameter, gradient, self.coefficient)
        move = as_type(rate, parameter.dtype) * ratio * gradient
        velocity = self.momentum * state["velocity"] + move
        direction = move + self.momentum * velocity if self.nesterov else velocity
        return parameter - direction, {"velocity": velocity}


class LARS(Optimizer):
    """LARS, layer-wise adaptive rates (You, Gitman, Ginsburg 2017, algorithm 1).

        g ← g + λ p                                             (weight decay)
        v ← μ v + γ q g ;              q = η ‖p‖ / ‖g‖, or 1 where either norm is 0
        p ← p − v                                               or p ← p − (γ q g + μ v), Nesterov's

    The norms are of each parameter as a whole. Defaults are Optax's, but for the rate.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        momentum: μ in [0, 1).
        nesterov: whether to look ahead.
        coefficient: η > 0.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(4.0, trainable=True)
    >>> LARS([x], learning_rate=1.0, coefficient=0.25).step((x * x).backward())
    >>> float(x)
    3.0
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1.0,
        *,
        momentum: float = 0.9,
        nesterov: bool = False,
        coefficient: float = 1e-3,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            TrustedDescent(momentum, nesterov, coefficient),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )


@dataclass(frozen=True)
class TrustedMoments(Rule):
    """u = m̂ / (√v̂ + ε) + λ p ;  p ← p − γ ‖p‖/‖u‖ u"""

    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_fields(
            self, beta1=fraction, beta2=fraction, epsilon=positive, weight_decay=at_least_zero
        )

    def initial(self, parameter: Tensor) -> State:
        """Return m = 0 and v = 0."""
        return {"mean": zeros_like(parameter), "square": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and the moments after step t; the fraction is taken times √(1−β₂ᵗ)."""
        mean = self.beta1 * state["mean"] + (1 - self.beta1) * gradient
        power = self.beta2 * state["square"] + (1 - self.beta2) * square(gradient)
        count = as_type(step, np.dtype(np.float64))
        correction = sqrt(1 - self.beta2**count)
        scale = as_type(correction / (1 - self.beta1**count), parameter.dtype)
        floor = as_type(self.epsilon * correction, parameter.dtype)
        move = scale * mean / (sqrt(power) + floor) + self.weight_decay * parameter
        size = as_type(rate, parameter.dtype) * trust(parameter, move)
        return parameter - size * move, {"mean": mean, "square": power}


class LAMB(Optimizer):
    """LAMB, Adam with a trust ratio for each layer (You et al. 2020, algorithm 2).

        m ← β₁ m + (1−β₁) g ;          m̂ = m / (1−β₁ᵗ)
        v ← β₂ v + (1−β₂) g² ;         v̂ = v / (1−β₂ᵗ)
        u = m̂ / (√v̂ + ε) + λ p
        p ← p − γ q u ;                q = ‖p‖ / ‖u‖, or 1 where either norm is 0

    The paper's φ is the identity. The norms are of each parameter as a whole. Defaults are Optax's,
    but for the rate.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).
        epsilon: ε > 0.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(4.0, trainable=True)
    >>> LAMB([x], learning_rate=0.25).step((x * x).backward())
    >>> float(x)
    3.0
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-3,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-6,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        def rule(strength: float) -> Rule:
            return TrustedMoments(beta1, beta2, epsilon, strength)

        super().__init__(
            parameters,
            by_the_rule(rule, weight_decay, decay_on),
            learning_rate,
            gradient_transform=gradient_transform,
        )
