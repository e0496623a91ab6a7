"""What every optimizer can do, whatever it is made of: a rule, several optimizers, a wrapper.

A step is first a dictionary of new contents, `updates(gradients)`, and then their assignment. So
one optimizer can be built around another: it takes the other's updates and returns others.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.source import Step, during
from chainrule.build.tensor import Array, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim.state import load, values

Gradients = Mapping[Variable, Tensor]
Updates = dict[Variable, Tensor]
Transform = Callable[[Gradients], Gradients]
LearningRate = float | Callable[[Tensor], ArrayLike]


class AnyOptimizer(ABC):
    """Something that moves parameters to make a loss smaller, with a state that can be saved."""

    @abstractmethod
    def descend(self, function: Callable[[], Any]) -> Any:
        """Take one step that makes `function()` smaller, and return what it returned.

        `function` computes the loss from the parameters as they are; it returns the loss, or a
        tuple that begins with it.

        Errors: `OptionError` where there is no loss to be found in what it returns.
        """

    @abstractmethod
    def rate(self) -> float:
        """Return the learning rate that the next step takes."""

    @abstractmethod
    def observe(self, metric: float) -> None:
        """Tell every `Plateau` schedule what was measured; without one, do nothing.

        The trainer calls it after each validation.

        Errors: `OptionError` where `metric` is not a number.
        """

    @abstractmethod
    def named_parameters(self) -> list[tuple[str, Variable]]:
        """Return what the optimizer moves, as pairs of name and parameter."""

    @abstractmethod
    def named_variables(self) -> list[tuple[str, Variable]]:
        """Return what the optimizer remembers, as pairs of name and variable; no parameters."""

    def variables(self) -> list[Variable]:
        """Return the variables of `named_variables()`."""
        return [variable for _, variable in self.named_variables()]

    def state(self) -> dict[str, Array]:
        """Return `{name: value}` of all that the optimizer remembers, as copies.

        >>> from chainrule.optim.sgd import SGD
        >>> SGD([Variable(3.0, trainable=True)], learning_rate=0.5).state()
        {'step': array(0), 'learning_rate': array(0.5)}
        """
        return values(self.named_variables())

    def load_state(self, state: Mapping[str, ArrayLike]) -> None:
        """Take up what `state()` gave, so that the next step is the one that followed it.

        Errors: `OptionError` where names are missing or unknown, `ShapeError` or `DTypeError` where
        a value does not fit. Nothing is changed then.
        """
        load("another optimizer's state", self.named_variables(), state)


class Stepping(AnyOptimizer):
    """An optimizer that takes one gradient a step: `optimizer.step(loss.backward())`."""

    @abstractmethod
    def updates(self, gradients: Gradients) -> Updates:
        """Return the new content of every variable that a step changes; nothing is assigned yet.

        Errors: as `step`.
        """

    def step(self, gradients: Gradients) -> None:
        """Move the parameters by one step, given `{parameter: gradient}` as by `backward()`.

        A parameter without a gradient stays as it is, and so do its moments. Either everything is
        assigned or, on an error, nothing.

        Errors: `OptionError` where there are no gradients, or one for a variable that is not among
        the parameters; `ShapeError`, `DTypeError` where a gradient is not like its parameter.
        """
        with during(Step.UPDATE):
            for variable, value in self.updates(gradients).items():
                variable.assign(value)

    def descend(self, function: Callable[[], Any]) -> Any:
        """Take one step that makes `function()` smaller: loss, gradients, `step(gradients)`.

        >>> from chainrule.optim.sgd import SGD
        >>> x = Variable(3.0, trainable=True)
        >>> float(SGD([x], learning_rate=0.25).descend(lambda: x * x)), float(x)
        (9.0, 1.5)
        """
        found = function()
        self.step(loss_of(found).backward())
        return found


def loss_of(found: Any) -> Tensor:
    """Return the loss in what a function of a loss returned: that, or the first of a tuple.

    Errors: `OptionError` for an empty tuple.
    """
    if isinstance(found, tuple) and not found:
        raise OptionError("the function returned an empty tuple; return the loss first")
    return asarray(found[0] if isinstance(found, tuple) else found)
