"""What an optimizer does to one parameter: a rule, as two small pure functions."""

from __future__ import annotations

from abc import ABC, abstractmethod

from chainrule.build.tensor import Tensor

State = dict[str, Tensor]


class Rule(ABC):
    """How one parameter moves; an `Optimizer` applies it to all of them.

    Subclasses are frozen data classes whose fields are the hyper-parameters. All that changes from
    step to step is in the state: tensors by name. A rule sees no numbers, it builds graph.

    >>> from dataclasses import dataclass
    >>> from chainrule.build.functions.arithmetic import sign
    >>> from chainrule.build.variable import Variable
    >>> from chainrule.optim.optimizer import Optimizer
    >>> @dataclass(frozen=True)
    ... class SignDescent(Rule):
    ...     def initial(self, parameter):
    ...         return {}
    ...     def update(self, parameter, gradient, state, step, rate):
    ...         return parameter - rate.astype(parameter.dtype) * sign(gradient), {}
    >>> x = Variable(1.0, trainable=True)
    >>> Optimizer([x], SignDescent(), learning_rate=0.25).step((x * x).backward())
    >>> float(x)
    0.75
    """

    @abstractmethod
    def initial(self, parameter: Tensor) -> State:
        """Return the state before the first step, tensors of any shape by name."""

    @abstractmethod
    def update(
        self, parameter: Tensor, gradient: Tensor, state: State, step: Tensor, rate: Tensor
    ) -> tuple[Tensor, State]:
        """Return the parameter and the state after a step.

        `gradient` has the parameter's shape and data type. `step` counts from 1 and is an int64
        scalar. `rate` is a float64 scalar, so that what is computed of it and of `step` loses
        nothing before it meets a float32 parameter. Shapes and data types stay as they are.
        """
