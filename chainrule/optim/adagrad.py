"""Adagrad: each element's step divided by the root of all its squared gradients so far."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import sqrt, square
from chainrule.build.functions.creation import full_like
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import at_least_zero, check_fields, positive
from chainrule.optim.decay import Coupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class Accumulated(Rule):
    """s ← s + g² ;  p ← p − γ g / (√s + ε)"""

    start: float
    epsilon: float

    def __post_init__(self) -> None:
        check_fields(self, start=at_least_zero, epsilon=positive)

    def initial(self, parameter: Tensor) -> State:
        """Return s = start."""
        return {"square": full_like(parameter, self.start)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and s after a step."""
        size = as_type(rate, parameter.dtype)
        total = state["square"] + square(gradient)
        return parameter - size * gradient / (sqrt(total) + self.epsilon), {"square": total}


class Adagrad(Optimizer):
    """Adagrad (Duchi, Hazan, Singer 2011, diagonal form).

        g ← g + λ p                                             (weight decay)
        s ← s + g²                                              s₀ = start
        p ← p − γ g / (√s + ε)

    Defaults are PyTorch's. Its `lr_decay` is a schedule here: `lambda t: rate / (1 + decay * t)`.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        start: what s starts from, ≥ 0.
        epsilon: ε > 0.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> Adagrad([x], learning_rate=0.25).step((x * x).backward())
    >>> float(x)
    0.75
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-2,
        *,
        start: float = 0.0,
        epsilon: float = 1e-10,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            Accumulated(start, epsilon),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
