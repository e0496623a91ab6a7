"""Averages of the weights over the steps, which often generalize better than the last weights.

average = EMA(model, decay=0.999)
…
optimizer.step(gradients)
average.update()                        # after each step; inside a compiled one, too
…
with average.applied():                 # the model has the averages here
    model(x)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import maximum
from chainrule.build.functions.comparison import where
from chainrule.build.functions.creation import full_like
from chainrule.build.source import Step, during
from chainrule.build.tensor import Array, Tensor
from chainrule.build.variable import Variable
from chainrule.optim.check import fraction, whole
from chainrule.optim.parameters import Parameters, named
from chainrule.optim.state import load, values


class Averages(ABC):
    """Something that knows an average of each parameter over the steps."""

    @abstractmethod
    def averages(self) -> dict[Variable, Tensor]:
        """Return the average of each parameter as it is now."""

    @abstractmethod
    def update(self) -> None:
        """Take the parameters as they are now into the averages, where no step does it."""

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Give the parameters their averages in the `with` block, and then back what they were."""
        found = self.averages()
        before = {parameter: parameter.content() for parameter in found}
        try:
            _assign(found)
            yield
        finally:
            _assign(before)


def _assign(contents: dict[Variable, Tensor]) -> None:
    for variable, content in contents.items():
        variable.assign(content)


class Running(Averages):
    """A running average a ← a + w (p − a) with a weight w that depends on the number of updates."""

    def __init__(self, parameters: Parameters) -> None:
        self._names = {parameter: name for name, parameter in named(parameters).items()}
        self._count = Variable(np.int64(0), name="count")
        self._cells = {
            parameter: Variable(parameter.content, spec=parameter.spec, name=f"{name}.average")
            for parameter, name in self._names.items()
        }

    @abstractmethod
    def weight(self, count: Tensor) -> Tensor:
        """Return w of the update after `count` others, both float64: 0 leaves the average."""

    def averages(self) -> dict[Variable, Tensor]:
        """Return the average of each parameter: before the first update, the parameter."""
        return {parameter: asarray(cell) for parameter, cell in self._cells.items()}

    def update(self) -> None:
        """Take the parameters as they are now into the averages."""
        with during(Step.UPDATE):
            weight = self.weight(as_type(asarray(self._count), np.dtype(np.float64)))
            for parameter, cell in self._cells.items():
                away = asarray(parameter) - asarray(cell)
                # Not a + 1 (p − a), which may miss p by its last bit.
                moved = cell + as_type(weight, parameter.dtype) * away
                cell.assign(where(weight == 1.0, parameter, moved))
            self._count.assign(self._count + 1)

    def named_variables(self) -> list[tuple[str, Variable]]:
        """Return what is remembered, as pairs of name and variable."""
        cells = [(f"{self._names[p]}.average", cell) for p, cell in self._cells.items()]
        return [("count", self._count), *cells]

    def state(self) -> dict[str, Array]:
        """Return `{name: value}` of all that is remembered, as copies."""
        return values(self.named_variables())

    def load_state(self, state: Mapping[str, ArrayLike]) -> None:
        """Take up what `state()` gave; errors as for an optimizer's `load_state`."""
        load("another average's state", self.named_variables(), state)


class EMA(Running):
    """The exponential moving average of the parameters (Polyak & Juditsky 1992, with forgetting).

        a ← p at the first update, then a ← a + (1−d) (p − a)

    It looks back over about 1 / (1−d) updates. As PyTorch's `get_ema_multi_avg_fn`. Buffers, such
    as running statistics, are not averaged: give them with the parameters, as one mapping, if they
    are to be.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        decay: d in [0, 1).

    Errors: `OptionError` for a decay out of its range.

    >>> x = Variable(1.0, trainable=True)
    >>> average = EMA([x], decay=0.75)
    >>> for value in [1.0, 5.0]:
    ...     x.assign(value)
    ...     average.update()
    >>> with average.applied():
    ...     print(float(x))
    2.0
    >>> float(x)
    5.0
    """

    def __init__(self, parameters: Parameters, decay: float = 0.999) -> None:
        super().__init__(parameters)
        self.decay = fraction("decay", decay)

    def weight(self, count: Tensor) -> Tensor:
        """Return 1 at first, then 1 − d."""
        return where(count == 0, 1.0, full_like(count, 1 - self.decay))


class SWA(Running):
    """Stochastic weight averaging (Izmailov et al. 2018): the equal average of some steps' weights.

        a ← a + (p − a) / n at the n-th update that counts

    The updates that count are every `every`-th after the first `start`. Together with a constant or
    cyclic learning rate; as PyTorch's `AveragedModel`. A network with running statistics has to see
    the training data once more with the averages applied, in training mode.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        start: how many updates do not count at first.
        every: of so many updates after that, the last counts.

    Errors: `OptionError` where `start` or `every` is no whole number in its range.

    >>> x = Variable(0.0, trainable=True)
    >>> average = SWA([x], start=1)
    >>> for value in [9.0, 1.0, 2.0, 6.0]:
    ...     x.assign(value)
    ...     average.update()
    >>> with average.applied():
    ...     print(float(x))
    3.0
    """

    def __init__(self, parameters: Parameters, *, start: int = 0, every: int = 1) -> None:
        super().__init__(parameters)
        self.start = whole("start", start, least=0)
        self.every = whole("every", every)

    def weight(self, count: Tensor) -> Tensor:
        """Return 1 / n where the update counts as the n-th, else 0; before the first, 1."""
        after = count + 1 - self.start
        counts = (after % self.every == 0) | (after < self.every)
        return where(counts, 1 / maximum(after / self.every, 1.0), 0.0)
