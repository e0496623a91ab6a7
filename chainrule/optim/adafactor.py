"""Adafactor: the mean square of a matrix's gradients, kept as its row and column means alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import maximum, minimum, rsqrt, sqrt, square
from chainrule.build.functions.creation import zeros, zeros_like
from chainrule.build.functions.reduction import mean
from chainrule.build.tensor import Tensor
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import at_least_zero, check_fields, positive
from chainrule.optim.decay import Predicate, by_the_rule, matrices
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters
from chainrule.optim.rule import Rule, State


@dataclass(frozen=True)
class FactoredSquare(Rule):
    """r ← β r + (1−β) rowmean g² ;  c ← β c + (1−β) columnmean g² ;  v = r c / mean r"""

    decay: float
    threshold: float
    smallest: float
    epsilon: float | None
    weight_decay: float

    def __post_init__(self) -> None:
        check_fields(
            self,
            decay=positive,
            threshold=positive,
            smallest=positive,
            weight_decay=at_least_zero,
        )
        if self.epsilon is not None:
            check_fields(self, epsilon=positive)

    def initial(self, parameter: Tensor) -> State:
        """Return r = 0 and c = 0, or v = 0 for fewer than two axes."""
        if parameter.ndim < 2:
            return {"square": zeros_like(parameter)}
        *many, rows, columns = parameter.shape
        return {
            "rows": zeros((*many, rows, 1), dtype=parameter.dtype),
            "columns": zeros((*many, 1, columns), dtype=parameter.dtype),
        }

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and the means after step t."""
        count = as_type(step, np.dtype(np.float64))
        new = as_type(count**-self.decay, parameter.dtype)
        floor = np.finfo(parameter.dtype).eps if self.epsilon is None else self.epsilon
        estimate, means = self._estimate(square(gradient), state, new, float(floor))
        move = rsqrt(maximum(estimate, float(floor) ** 2)) * gradient
        relative = as_type(minimum(rate, 1 / sqrt(count)), parameter.dtype)
        size = relative * maximum(_size(parameter), self.smallest)
        decayed = parameter - as_type(rate * self.weight_decay, parameter.dtype) * parameter
        return decayed - size / maximum(_size(move) / self.threshold, 1.0) * move, means

    def _estimate(
        self, power: Tensor, state: State, new: Tensor, floor: float
    ) -> tuple[Tensor, State]:
        """The mean square of each element, whole or made of its factors, and the new state."""
        if "square" in state:
            found = state["square"] + new * (power - state["square"])
            return found, {"square": found}
        rows = state["rows"] + new * (mean(power, axis=-1, keepdims=True) - state["rows"])
        columns = state["columns"] + new * (mean(power, axis=-2, keepdims=True) - state["columns"])
        whole = maximum(mean(rows, axis=-2, keepdims=True), floor)
        return rows * columns / whole, {"rows": rows, "columns": columns}


def _size(x: Tensor) -> Tensor:
    """The root of the mean square."""
    return sqrt(mean(square(x)))


class Adafactor(Optimizer):
    """Adafactor (Shazeer & Stern 2018, algorithms 4 and 5), without momentum.

        n = t^−δ ;                     ρ = min(γ, 1/√t)
        r ← r + n (mean over columns of g² − r)
        c ← c + n (mean over rows of g² − c)
        v = r c / max(mean r, ε₁)                               of fewer axes: v ← v + n (g² − v)
        u = g / √max(v, ε₁²)
        p ← p − γ λ p                                           (weight decay)
        p ← p − max(ε₂, rms p) ρ u / max(1, rms(u) / d)

    A matrix m×n has m + n numbers of state; of more axes, the last two are factored. Defaults, ε₁
    (the type's spacing at 1 for None) and its places are PyTorch's.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ, a number or a schedule: an upper limit of the relative step ρ.
        decay: δ > 0, how fast the means come to keep more of the past.
        threshold: d > 0, the largest root mean square of u.
        smallest: ε₂ > 0, what counts at least as the size of p.
        epsilon: ε₁ > 0, or None.
        weight_decay: λ, on the parameters that `decay_on` chooses: by default those of two or more
            axes, so no biases; `decay_on=everything` takes all, as PyTorch does.
        decay_on: a function of the parameter's name and the parameter.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(2.0, trainable=True)
    >>> Adafactor([x], learning_rate=0.25).step((x * x).backward())
    >>> float(x)
    1.5
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 1e-2,
        *,
        decay: float = 0.8,
        threshold: float = 1.0,
        smallest: float = 1e-3,
        epsilon: float | None = None,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        gradient_transform: Transform | None = None,
    ) -> None:
        def rule(strength: float) -> Rule:
            return FactoredSquare(decay, threshold, smallest, epsilon, strength)

        super().__init__(
            parameters,
            by_the_rule(rule, weight_decay, decay_on),
            learning_rate,
            gradient_transform=gradient_transform,
        )
