"""Adadelta: steps in the units of the parameter, without a learning rate to choose."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import sqrt, square
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, fraction, positive
from chainrule.optim.decay import Coupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class RatioOfSizes(Rule):
    """s ← ρ s + (1−ρ) g² ;  d = g √(u+ε) / √(s+ε) ;  u ← ρ u + (1−ρ) d² ;  p ← p − γ d"""

    rho: float
    epsilon: float

    def __post_init__(self) -> None:
        check_fields(self, rho=fraction, epsilon=positive)

    def initial(self, parameter: Tensor) -> State:
        """Return s = 0 and u = 0."""
        return {"square": zeros_like(parameter), "moved": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p, s and u after a step."""
        power = self.rho * state["square"] + (1 - self.rho) * square(gradient)
        move = sqrt(state["moved"] + self.epsilon) / sqrt(power + self.epsilon) * gradient
        moved = self.rho * state["moved"] + (1 - self.rho) * square(move)
        size = as_type(rate, parameter.dtype)
        return parameter - size * move, {"square": power, "moved": moved}


class Adadelta(Optimizer):
    """Adadelta (Zeiler 2012, algorithm 1).

        g ← g + λ p                                             (weight decay)
        s ← ρ s + (1−ρ) g²
        d = g √(u + ε) / √(s + ε)
        u ← ρ u + (1−ρ) d²
        p ← p − γ d

    The paper has no γ: it is 1. Defaults are PyTorch's.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        rho: ρ in [0, 1), how much of the past both means keep.
        epsilon: ε > 0; it also sets the size of the first steps.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> Adadelta([x], rho=0.75, epsilon=1e-2).step((x * x).backward())
    >>> round(float(x), 4)
    0.801
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1.0,
        *,
        rho: float = 0.9,
        epsilon: float = 1e-6,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            RatioOfSizes(rho, epsilon),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
