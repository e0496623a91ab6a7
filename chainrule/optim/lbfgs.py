"""L-BFGS: Newton's method with the curvature guessed from the last steps, for whole batches."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule.build.convert import asarray
from chainrule.build.functions.creation import zeros_like
from chainrule.build.variable import Variable
from chainrule.errors import ChainruleError
from chainrule.optim.any_optimizer import loss_of
from chainrule.optim.check import at_least_zero, positive, whole
from chainrule.optim.line_search import Trial, Vector, wolfe
from chainrule.optim.parameters import Parameters, named
from chainrule.run.compile import compile

# Below it a pair of differences says nothing certain about the curvature: y·s beside y·y. PyTorch
# has 1e-10 for y·s itself, which near a minimum refuses every pair.
LEAST_CURVATURE = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Minimum:
    """Where `minimize` ended: the loss there, whether it converged, and why it ended.

    `steps` and `evaluations` are how many it took, `losses` the loss before the first and after
    each step. An evaluation is a loss with its gradient.
    """

    loss: float
    converged: bool
    reason: str
    steps: int
    evaluations: int
    losses: tuple[float, ...] = field(repr=False)


class LBFGS:
    """L-BFGS (Liu & Nocedal 1989) with a line search for the strong Wolfe conditions.

        d = −H g ;                     H by two loops over the last pairs s = Δx, y = Δg
        x ← x + t d ;                  t by `chainrule.optim.line_search`

    For losses without noise: the whole data in one batch, no dropout. There the steps are of the
    right length by themselves, and convergence is fast: a fit of many digits in tens of steps. The
    numbers are those of PyTorch's `LBFGS(line_search_fn="strong_wolfe")`, the vectors are float64.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        history: how many pairs are kept.
        learning_rate: the first t that each line search tries, > 0.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.build.variable import Variable
    >>> x = Variable(np.array([-1.2, 1.0]), trainable=True)
    >>> def rosenbrock():
    ...     return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
    >>> minimum = LBFGS([x]).minimize(rosenbrock)
    >>> minimum.converged, minimum.loss < 1e-12
    (True, True)
    """

    def __init__(
        self, parameters: Parameters, *, history: int = 10, learning_rate: float = 1.0
    ) -> None:
        self._names = {parameter: name for name, parameter in named(parameters).items()}
        self.history = whole("history", history)
        self.learning_rate = positive("learning_rate", learning_rate)

    def minimize(
        self,
        function: Callable[[], Any],
        *,
        steps: int = 100,
        gradient_tolerance: float = 1e-7,
        change_tolerance: float = 1e-12,
    ) -> Minimum:
        """Move the parameters to where `function()`, the loss, is least, in at most `steps` steps.

        `function` is compiled with its gradient and then called as often as needed. It ends when no
        element of the gradient is larger than `gradient_tolerance`, or a step changes neither the
        loss nor any parameter by more than `change_tolerance`. The parameters end at the last
        point that was taken, also on an error or Ctrl-C.

        Errors: `OptionError` for an argument out of its range; `ChainruleError` where the loss or a
        gradient is not finite at the start.
        """
        whole("steps", steps)
        at_least_zero("gradient_tolerance", gradient_tolerance)
        at_least_zero("change_tolerance", change_tolerance)
        path = _Path(list(self._names), function, self.history, self.learning_rate)
        try:
            reason = ""
            while not reason and len(path.losses) <= steps:
                reason = path.step(gradient_tolerance, change_tolerance)
        finally:
            path.put(path.x)
        converged, reason = bool(reason), reason or "all steps done"
        losses = tuple(path.losses)
        return Minimum(losses[-1], converged, reason, len(losses) - 1, path.evaluations, losses)

    def __repr__(self) -> str:
        return f"LBFGS(history={self.history}, parameters={len(self._names)})"


class _Path:
    """The way of one minimization: the point, loss and gradient there, and the last pairs."""

    def __init__(
        self,
        parameters: list[Variable],
        function: Callable[[], Any],
        history: int,
        learning_rate: float,
    ) -> None:
        self.parameters = parameters
        self.evaluate = compile(_with_gradients(function, parameters))
        self.pairs: deque[tuple[Vector, Vector]] = deque(maxlen=history)
        self.learning_rate = learning_rate
        self.evaluations = 0
        self.x = _flat(parameters)
        self.loss, self.gradient = self._at(self.x)
        self.losses = [self.loss]
        if not (math.isfinite(self.loss) and np.isfinite(self.gradient).all()):
            raise ChainruleError(
                f"minimize() starts where the loss is {self.loss} and the largest element of the "
                f"gradient {np.abs(self.gradient).max()}; start from other parameters"
            )

    def step(self, gradient_tolerance: float, change_tolerance: float) -> str:
        """Take a step; return why there is none to come, or nothing."""
        if np.abs(self.gradient).max() <= gradient_tolerance:
            return f"no element of the gradient is larger than {gradient_tolerance:g}"
        direction = self._direction()
        slope = float(self.gradient @ direction)
        if slope > -change_tolerance:
            return f"the direction goes down by no more than {change_tolerance:g}"
        start = Trial(0.0, self.loss, self.gradient, slope)
        # Without pairs nothing is known of the right length: as far as 1 in all.
        length = 1.0 if self.pairs else min(1.0, 1 / float(np.abs(self.gradient).sum()))
        ray, scale = self._ray(direction), float(np.abs(direction).max())
        taken = wolfe(ray, start, length * self.learning_rate, scale)
        return self._take(taken, direction, change_tolerance)

    def put(self, x: Vector) -> None:
        """Give the parameters the numbers of x, each in its shape and data type."""
        ends = np.cumsum([parameter.size for parameter in self.parameters])[:-1]
        for parameter, part in zip(self.parameters, np.split(x, ends), strict=True):
            parameter.assign(part.reshape(parameter.shape).astype(parameter.dtype))

    def _take(self, taken: Trial, direction: Vector, change_tolerance: float) -> str:
        move, change = taken.t * direction, taken.loss - self.loss
        difference = taken.gradient - self.gradient
        if float(difference @ move) > LEAST_CURVATURE * float(difference @ difference):
            self.pairs.append((move, difference))
        self.x, self.loss, self.gradient = self.x + move, taken.loss, taken.gradient
        self.losses.append(self.loss)
        if np.abs(move).max() <= change_tolerance or abs(change) < change_tolerance:
            return f"a step changed the loss or all parameters by no more than {change_tolerance:g}"
        return ""

    def _direction(self) -> Vector:
        """Return −H g: Nocedal & Wright (2006), algorithm 7.4."""
        direction = -self.gradient
        parts = []
        for move, difference in reversed(self.pairs):
            parts.append(float(move @ direction) / float(difference @ move))
            direction = direction - parts[-1] * difference
        if self.pairs:
            move, difference = self.pairs[-1]
            direction = direction * (float(difference @ move) / float(difference @ difference))
        for move, difference in self.pairs:
            back = float(difference @ direction) / float(difference @ move)
            direction = direction + (parts.pop() - back) * move
        return direction

    def _ray(self, direction: Vector) -> Callable[[float], Trial]:
        def ray(t: float) -> Trial:
            loss, gradient = self._at(self.x + t * direction)
            return Trial(t, loss, gradient, float(gradient @ direction))

        return ray

    def _at(self, x: Vector) -> tuple[float, Vector]:
        """The loss and its gradient at x."""
        self.put(x)
        self.evaluations += 1
        loss, gradients = self.evaluate()
        return float(loss), _flat(gradients)


def _with_gradients(
    function: Callable[[], Any], parameters: list[Variable]
) -> Callable[[], tuple[Any, list[Any]]]:
    """Return a function of nothing that returns the loss and the gradients in order."""

    def evaluate() -> tuple[Any, list[Any]]:
        loss = loss_of(function())
        gradients = loss.backward()
        return loss, [gradients.get(p, zeros_like(asarray(p))) for p in parameters]

    return evaluate


def _flat(parts: Iterable[Any]) -> Vector:
    return np.concatenate([np.ravel(np.asarray(part)).astype(np.float64) for part in parts])
