"""Optimizers built around another one: gradient accumulation and Lookahead."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from chainrule.build.convert import asarray
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim.any_optimizer import Gradients, Stepping, Updates
from chainrule.optim.check import check_known, fitting, positive, whole


class Wrapper(Stepping):
    """An optimizer around `optimizer`, with a count of the steps and a cell for each parameter."""

    def __init__(self, optimizer: Stepping, every: int) -> None:
        if not isinstance(optimizer, Stepping):
            raise OptionError(
                f"{type(self).__name__} is built around an optimizer such as optim.SGD(…), "
                f"got {optimizer!r}"
            )
        self.optimizer = optimizer
        self.every = whole("every", every)
        self._count = Variable(np.int64(0), name="count")
        self._cells = {
            parameter: Variable(
                lambda parameter=parameter: self.first(parameter.content()),
                spec=parameter.spec,
                name=f"{name}.{self.remembered()}",
            )
            for name, parameter in optimizer.named_parameters()
        }

    @abstractmethod
    def remembered(self) -> str:
        """Return what the cell of a parameter is called."""

    @abstractmethod
    def first(self, parameter: Tensor) -> Tensor:
        """Return what the cell of a parameter holds at first."""

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
        """Return `count` and the cells, then what the optimizer inside remembers."""
        inner = [(f"optimizer.{name}", cell) for name, cell in self.optimizer.named_variables()]
        return [
            ("count", self._count),
            *((cell.name, cell) for cell in self._cells.values()),
            *inner,
        ]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.optimizer!r}, every={self.every})"


class Accumulate(Wrapper):
    """Gradient accumulation: the mean gradient of `every` steps makes one step of `optimizer`.

        a ← a + g ;  at every k-th step: optimizer.step(a / k), a ← 0

    With losses that are means over batches of the same size, k of them give the gradient of one
    batch that is k times as large. Inside a compiled step it is one program: between the steps that
    count, all stays as it is. The schedule and the steps of the optimizer inside count every k-th.

    Args:
        optimizer: what takes the mean gradients.
        every: k ≥ 1.

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.optim.sgd import SGD
    >>> x = Variable(1.0, trainable=True)
    >>> optimizer = Accumulate(SGD([x], learning_rate=0.5), every=2)
    >>> for factor in (1.0, 3.0):
    ...     optimizer.step((factor * x).backward())
    ...     print(float(x))
    1.0
    0.0
    """

    def remembered(self) -> str:
        """Return "sum"."""
        return "sum"

    def first(self, parameter: Tensor) -> Tensor:
        """Return a = 0."""
        return zeros_like(parameter)

    def updates(self, gradients: Gradients) -> Updates:
        """Return the larger sums; at every k-th step the optimizer's updates and sums of 0."""
        check_known(gradients, self._cells)
        count = self._count + 1
        due = count >= self.every
        sums = {p: self._cells[p] + self._fitting(p, g) for p, g in gradients.items()}
        inner = self.optimizer.updates({p: total / self.every for p, total in sums.items()})
        found = {cell: where(due, new, asarray(cell)) for cell, new in inner.items()}
        kept = {self._cells[p]: where(due, 0.0, total) for p, total in sums.items()}
        return {**found, **kept, self._count: where(due, 0, count)}

    def _fitting(self, parameter: Variable, gradient: Tensor) -> Tensor:
        return fitting(f"the gradient of {parameter.name}", gradient, parameter.spec)


class Lookahead(Wrapper):
    """Lookahead: every k steps, back to a point between where they began and where they led.

        k steps of the optimizer inside, from s to p ;  s ← s + α (p − s) ;  p ← s

    Zhang, Lucas, Hinton, Ba 2019; the moments of the optimizer inside stay as they are, as in the
    paper's main experiments and Optax's `reset_state=False`.

    Args:
        optimizer: what makes the fast steps.
        every: k ≥ 1.
        part: α in (0, 1].

    Errors: `OptionError` for an argument out of its range.

    >>> from chainrule.optim.sgd import SGD
    >>> x = Variable(0.0, trainable=True)
    >>> optimizer = Lookahead(SGD([x], learning_rate=1.0), every=2)
    >>> for _ in range(2):
    ...     optimizer.step((-x).backward())
    ...     print(float(x))
    1.0
    1.0
    """

    def __init__(self, optimizer: Stepping, every: int = 6, part: float = 0.5) -> None:
        super().__init__(optimizer, every)
        self.part = positive("part", part)
        if self.part > 1:
            raise OptionError(f"part must not be more than 1, got {part!r}")

    def remembered(self) -> str:
        """Return "slow"."""
        return "slow"

    def first(self, parameter: Tensor) -> Tensor:
        """Return s = p."""
        return parameter

    def updates(self, gradients: Gradients) -> Updates:
        """Return the updates of the optimizer inside; at every k-th step, of s and p as well."""
        found = self.optimizer.updates(gradients)
        count = self._count + 1
        due = count >= self.every
        for parameter, cell in self._cells.items():
            slow, fast = asarray(cell), found.get(parameter, asarray(parameter))
            found[cell] = where(due, slow + self.part * (fast - slow), slow)
            found[parameter] = where(due, found[cell], fast)
        return {**found, self._count: where(due, 0, count)}
