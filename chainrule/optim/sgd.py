"""Stochastic gradient descent, with momentum and with Nesterov's."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import as_type
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, fraction
from chainrule.optim.decay import Coupled, Predicate, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class Descent(Rule):
    """v ← μ v + g ;  p ← p − γ v, or with Nesterov's momentum p ← p − γ (g + μ v)."""

    momentum: float
    nesterov: bool

    def __post_init__(self) -> None:
        check_fields(self, momentum=fraction)
        if self.nesterov and not self.momentum:
            raise OptionError("nesterov=True needs momentum, such as momentum=0.9")

    def initial(self, parameter: Tensor) -> State:
        """Return v = 0, or nothing without momentum."""
        return {"velocity": zeros_like(parameter)} if self.momentum else {}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and v after a step."""
        size = as_type(rate, parameter.dtype)
        if not self.momentum:
            return parameter - size * gradient, {}
        velocity = self.momentum * state["velocity"] + gradient
        direction = gradient + self.momentum * velocity if self.nesterov else velocity
        return parameter - size * direction, {"velocity": velocity}


class SGD(Optimizer):
    """Stochastic gradient descent (Robbins & Monro 1951).

        g ← g + λ p                                             (weight decay)
        p ← p − γ g                                             without momentum
        v ← μ v + g ;  p ← p − γ v                              with momentum
        v ← μ v + g ;  p ← p − γ (g + μ v)                      Nesterov's

    Momentum is Polyak's (1964), Nesterov's (1983) in the form of Sutskever et al. (2013). As in
    PyTorch, whose defaults these are, γ stands outside of v: a change of the rate takes effect at
    once. PyTorch's dampening is left out: it is a smaller γ under another name.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        momentum: μ in [0, 1).
        nesterov: whether to look ahead; it needs momentum.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for a negative rate or decay, a momentum outside of [0, 1), Nesterov's
    without momentum.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> optimizer = SGD([x], learning_rate=0.25, momentum=0.5)
    >>> for _ in range(2):
    ...     optimizer.step((x * x).backward())
    >>> float(x)
    0.0
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-3,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            Descent(momentum, nesterov),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
