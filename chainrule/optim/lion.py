"""Lion: every element moves by the same size, in the direction of its momentum's sign."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import sign
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, fraction
from chainrule.optim.decay import Decoupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class SignOfMomentum(Rule):
    """p ← p − γ sign(β₁ m + (1−β₁) g) ;  m ← β₂ m + (1−β₂) g"""

    beta1: float
    beta2: float

    def __post_init__(self) -> None:
        check_fields(self, beta1=fraction, beta2=fraction)

    def initial(self, parameter: Tensor) -> State:
        """Return m = 0."""
        return {"mean": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and m after a step."""
        direction = sign(self.beta1 * state["mean"] + (1 - self.beta1) * gradient)
        mean = self.beta2 * state["mean"] + (1 - self.beta2) * gradient
        return parameter - as_type(rate, parameter.dtype) * direction, {"mean": mean}


class Lion(Optimizer):
    """Lion, "evolved sign momentum" (Chen et al. 2023, program 1).

        p ← p − γ λ p                                           (weight decay)
        p ← p − γ sign(β₁ m + (1−β₁) g)
        m ← β₂ m + (1−β₂) g

    One moment instead of Adam's two. The paper advises a rate 3 to 10 times smaller than Adam's and
    a decay as many times larger. β₁, β₂ are the paper's defaults, as in Optax.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        beta1: β₁ in [0, 1), for the direction.
        beta2: β₂ in [0, 1), for the memory.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> Lion([x], learning_rate=0.25).step((x * x).backward())
    >>> float(x)
    0.75
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-4,
        *,
        beta1: float = 0.9,
        beta2: float = 0.99,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            SignOfMomentum(beta1, beta2),
            learning_rate,
            decay=Decoupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
