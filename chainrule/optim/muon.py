"""Muon: the momentum of a weight matrix, made orthogonal; everything else by AdamW."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.build.convert import as_type
from chainrule.build.functions.arithmetic import maximum
from chainrule.build.functions.creation import zeros_like
from chainrule.build.functions.linear_algebra import matmul, matrix_transpose
from chainrule.build.functions.manipulation import reshape
from chainrule.build.functions.norm import vector_norm
from chainrule.build.tensor import Tensor
from chainrule.optim.adam import AdamW
from chainrule.optim.any_optimizer import LearningRate, Transform
from chainrule.optim.check import check_fields, fraction, whole
from chainrule.optim.decay import Decoupled, Predicate, matrices
from chainrule.optim.groups import Groups
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.parameters import Parameters, named
from chainrule.optim.rule import Rule, State

# Jordan's: the steepest start that still ends with all singular values between 0.7 and 1.2.
QUINTIC = (3.4445, -4.7750, 2.0315)
SMALLEST_NORM = 1e-7


def orthogonal(x: Tensor, rounds: int = 5) -> Tensor:
    """Return about U Vᵀ of the matrix x = U S Vᵀ, by Newton–Schulz iteration. Shapes: (m, n).

    X ← x / ‖x‖ ;  X ← a X + (b A + c A²) X with A = X Xᵀ, `rounds` times. The singular values end
    near 1 (0.7 to 1.2), not at it.

    >>> import chainrule as cr
    >>> found = orthogonal(cr.asarray([[3.0, 0.0], [0.0, 0.5]]))
    >>> float(cr.max(cr.abs(found - cr.eye(2)))) < 0.35
    True
    """
    tall = x.shape[0] > x.shape[1]
    found = matrix_transpose(x) if tall else x
    found = found / maximum(vector_norm(found), SMALLEST_NORM)
    a, b, c = QUINTIC
    for _ in range(rounds):
        gram = matmul(found, matrix_transpose(found))
        found = a * found + matmul(b * gram + c * matmul(gram, gram), found)
    return matrix_transpose(found) if tall else found


@dataclass(frozen=True)
class OrthogonalMomentum(Rule):
    """m ← μ m + (1−μ) g ;  p ← p − γ q orthogonal((1−μ) g + μ m)"""

    momentum: float
    nesterov: bool
    rounds: int
    match_adam: bool

    def __post_init__(self) -> None:
        check_fields(self, momentum=fraction, rounds=whole)

    def initial(self, parameter: Tensor) -> State:
        """Return m = 0."""
        return {"mean": zeros_like(parameter)}

    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return p and m after a step."""
        mean = self.momentum * state["mean"] + (1 - self.momentum) * gradient
        ahead = (1 - self.momentum) * gradient + self.momentum * mean
        direction = ahead if self.nesterov else mean
        rows = parameter.shape[0] if parameter.ndim else 1
        flat = reshape(direction, (rows, -1))
        move = reshape(orthogonal(flat, self.rounds), parameter.shape)
        size = as_type(rate * self._scale(*flat.shape), parameter.dtype)
        return parameter - size * move, {"mean": mean}

    def _scale(self, rows: int, columns: int) -> float:
        if self.match_adam:
            return 0.2 * math.sqrt(max(rows, columns))
        return math.sqrt(max(1.0, rows / columns))


class Muon(Groups):
    """Muon, momentum orthogonalized by Newton–Schulz (Jordan et al. 2024), and AdamW for the rest.

        p ← p − γ λ p                                           (weight decay)
        m ← μ m + (1−μ) g
        p ← p − γ q orthogonal(d) ;    d = (1−μ) g + μ m (Nesterov's), or m
        q = √max(1, rows / columns)                             or 0.2 √max(rows, columns)

    The second q, `match_adam=True`, gives steps of the size of Adam's, so that a rate tuned for
    Adam can be kept (Liu et al. 2025). A weight of more than two axes is flattened behind the
    first. AdamW takes what `orthogonal_on` does not choose; a network's embedding and its last
    layer are better left to it as well. As PyTorch's Muon, but for the default rate and decay, and
    that PyTorch rounds the iteration to bfloat16.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        learning_rate: γ of Muon, a number or a schedule.
        momentum: μ in [0, 1).
        nesterov: whether to look ahead.
        rounds: how many rounds of the iteration.
        match_adam: which q.
        weight_decay: λ, of both groups, on the parameters that `decay_on` chooses.
        decay_on: a function of the parameter's name and the parameter.
        orthogonal_on: which parameters Muon takes, a function of the same: by default those of two
            or more axes.
        adam_rate: the learning rate of AdamW.
        gradient_transform: applied to the gradients first; see `Optimizer`.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> w = Variable([[2.0, 0.0], [0.0, 2.0]], trainable=True, name="w")
    >>> b = Variable([1.0], trainable=True, name="b")
    >>> optimizer = Muon([w, b], learning_rate=0.1, adam_rate=0.25)
    >>> optimizer.step(((w * w).sum() + (b * b).sum()).backward())
    >>> w.content().tolist()[0][0] < 1.95, b.content().tolist()
    (True, [0.75])
    """

    def __init__(
        self,
        parameters: Parameters,
        learning_rate: LearningRate = 0.02,
        *,
        momentum: float = 0.95,
        nesterov: bool = True,
        rounds: int = 5,
        match_adam: bool = False,
        weight_decay: float = 0.0,
        decay_on: Predicate = matrices,
        orthogonal_on: Predicate = matrices,
        adam_rate: LearningRate = 1e-3,
        gradient_transform: Transform | None = None,
    ) -> None:
        rule = OrthogonalMomentum(momentum, nesterov, rounds, match_adam)
        decay = Decoupled(weight_decay, decay_on)
        of_all = named(parameters)
        chosen = {name: p for name, p in of_all.items() if orthogonal_on(name, p)}
        rest = {name: p for name, p in of_all.items() if name not in chosen}
        groups: list[Optimizer] = []
        if chosen:
            groups.append(Optimizer(chosen, rule, learning_rate, decay=decay))
        if rest:
            groups.append(AdamW(rest, adam_rate, weight_decay=weight_decay, decay_on=decay_on))
        super().__init__(*groups, gradient_transform=gradient_transform)
