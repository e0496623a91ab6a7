"""Sharpness-aware minimization: the gradient is taken where the loss nearby is the highest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.build.convert import as_type, asarray
from chainrule.build.functions.arithmetic import abs as abs_, divide, multiply
from chainrule.build.functions.comparison import where
from chainrule.build.source import Step, during
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim.any_optimizer import AnyOptimizer, Stepping, loss_of
from chainrule.optim.check import check_known, positive
from chainrule.optim.clipping import global_norm

# What ASAM adds to |p|, so that weights of 0 are moved as well (the paper's η).
LEAST = 0.01


class SAM(AnyOptimizer):
    """Sharpness-aware minimization (Foret et al. 2021), and its adaptive form.

        e = ρ g / ‖g‖                                           SAM, ‖·‖ over all parameters
        e = ρ T² g / ‖T g‖ ,  T = |p| + 0.01                    ASAM (Kwon et al. 2021)
        a step of the optimizer inside, from p, with the gradient at p + e

    A step needs the loss twice, so it takes a function: `optimizer.descend(loss_function)`. Dropout
    draws anew for the second gradient, and running statistics see both passes.

    Args:
        optimizer: what makes the steps.
        radius: ρ > 0; for ASAM about ten times as large.
        adaptive: whether it is ASAM.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.optim.sgd import SGD
    >>> x = Variable(1.0, trainable=True)
    >>> optimizer = SAM(SGD([x], learning_rate=0.25), radius=0.5)
    >>> float(optimizer.descend(lambda: x * x)), float(x)
    (1.0, 0.25)
    """

    def __init__(
        self, optimizer: Stepping, *, radius: float = 0.05, adaptive: bool = False
    ) -> None:
        if not isinstance(optimizer, Stepping):
            raise OptionError(
                f"SAM is built around an optimizer such as optim.SGD(…), got {optimizer!r}"
            )
        self.optimizer = optimizer
        self.radius = positive("radius", radius)
        self.adaptive = adaptive

    def descend(self, function: Callable[[], Any]) -> Any:
        """Take one step by the gradient at the worst point nearby; return `function()` before it.

        `function` computes the loss from the parameters as they are; it returns the loss, or a
        tuple that begins with it. It is called twice.
        """
        found = function()
        gradients = loss_of(found).backward()
        before = {p: asarray(p) for _, p in self.optimizer.named_parameters()}
        check_known(gradients, before)
        try:
            self._climb(gradients)
            gradients = loss_of(function()).backward()
        finally:
            for parameter, content in before.items():
                parameter.assign(content)
        self.optimizer.step(gradients)
        return found

    def rate(self) -> float:
        """Return the learning rate of the optimizer inside."""
        return self.optimizer.rate()

    def observe(self, metric: float) -> None:
        """Tell the optimizer inside what was measured."""
        self.optimizer.observe(metric)

    def named_parameters(self) -> list[tuple[str, Variable]]:
        """Return what the optimizer inside moves."""
        return self.optimizer.named_parameters()

    def named_variables(self) -> list[tuple[str, Variable]]:
        """Return what the optimizer inside remembers."""
        return self.optimizer.named_variables()

    def __repr__(self) -> str:
        kind = ", adaptive=True" if self.adaptive else ""
        return f"SAM({self.optimizer!r}, radius={self.radius}{kind})"

    def _climb(self, gradients: dict[Variable, Tensor]) -> None:
        """Move the parameters by e."""
        with during(Step.UPDATE):
            scales = {p: abs_(asarray(p)) + LEAST if self.adaptive else None for p in gradients}
            scaled = {p: _times(g, scales[p]) for p, g in gradients.items()}
            length = global_norm(scaled)
            factor = where(length > 0, divide(self.radius, where(length > 0, length, 1.0)), 0.0)
            for parameter, gradient in scaled.items():
                move = as_type(factor, parameter.dtype) * _times(gradient, scales[parameter])
                parameter.assign(parameter + move)


def _times(gradient: Tensor, scale: Tensor | None) -> Tensor:
    return gradient if scale is None else multiply(gradient, scale)
