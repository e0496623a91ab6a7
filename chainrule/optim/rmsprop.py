"""RMSprop: each element's step divided by the recent size of its gradients."""

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
class MeanSquare(Rule):
    """s ← α s + (1−α) g² ;  p ← p − γ g / (√s + ε), or centered, or with momentum."""

    alpha: float
    epsilon: float
    momentum: float
    centered: bool

    def __post_init__(self) -> None:
        check_fields(self, alpha=fraction, epsilon=positive, momentum=fraction)

    def initial(self, parameter: Tensor) -> State:
        """Return the moments in use, all 0."""
        moments = ["mean", "variance"] if self.centered else ["square"]
        return {
            name: zeros_like(parameter)
            for name in [*moments, *(["velocity"] if self.momentum else [])]
        }

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and the moments after a step."""
        size = as_type(rate, parameter.dtype)
        spread, moments = self._spread(gradient, state)
        scaled = gradient / (sqrt(spread) + self.epsilon)
        if not self.momentum:
            return parameter - size * scaled, moments
        velocity = self.momentum * state["velocity"] + scaled
        return parameter - size * velocity, {**moments, "velocity": velocity}

    def _spread(self, gradient: Tensor, state: State) -> tuple[Tensor, State]:
        if not self.centered:
            power = self.alpha * state["square"] + (1 - self.alpha) * square(gradient)
            return power, {"square": power}
        # s − m² as a recurrence of its own: a sum of squares, where the difference of two nearly
        # equal numbers may come out negative and its root as NaN.
        away = gradient - state["mean"]
        variance = self.alpha * (state["variance"] + (1 - self.alpha) * square(away))
        mean = self.alpha * state["mean"] + (1 - self.alpha) * gradient
        return variance, {"mean": mean, "variance": variance}


class RMSprop(Optimizer):
    """RMSprop (Tieleman & Hinton 2012, lecture 6.5).

        g ← g + λ p                                             (weight decay)
        s ← α s + (1−α) g²
        p ← p − γ g / (√s + ε)                                  without momentum
        v ← μ v + g / (√s + ε) ;  p ← p − γ v                   with momentum

    `centered=True` divides by the standard deviation (Graves 2013, eq. 38–41): √(s − m²) takes the
    place of √s, with m ← α m + (1−α) g. It is computed as c ← α (c + (1−α) (g − m)²), which is the
    same number and never negative. Defaults, and ε outside of the root, are PyTorch's (Graves has
    it inside).

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule.
        alpha: α in [0, 1), how much of the past the mean square keeps.
        epsilon: ε > 0.
        momentum: μ in [0, 1).
        centered: whether to subtract the mean.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(1.0, trainable=True)
    >>> RMSprop([x], learning_rate=0.1, alpha=0.75).step((x * x).backward())
    >>> round(float(x), 4)
    0.8
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-2,
        *,
        alpha: float = 0.99,
        epsilon: float = 1e-8,
        momentum: float = 0.0,
        centered: bool = False,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        super().__init__(
            parameters,
            MeanSquare(alpha, epsilon, momentum, centered),
            learning_rate,
            decay=Coupled(weight_decay, decay_on),
            gradient_transform=gradient_transform,
        )
