"""The optimizer: a rule applied to every parameter, its state kept in variables.

A step is graph like everything else, so it can be recorded and compiled together with the forward
and the backward pass. All that changes from step to step is in variables: the parameters, the
moments, the number of steps, the learning rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.leaf import argument
from chainrule.build.record import looked_at
from chainrule.build.source import Step, during
from chainrule.build.tensor import Array, Tensor
from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim.check import at_least_zero, fitting
from chainrule.optim.decay import Coupled, Decay
from chainrule.optim.parameters import Parameters, named
from chainrule.optim.rule import Rule
from chainrule.optim.schedules.plateau import plateaus

Gradients = Mapping[Variable, Tensor]
Transform = Callable[[Gradients], Gradients]
LearningRate = float | Callable[[Tensor], ArrayLike]
Update = tuple[Variable, Tensor]


class Optimizer:
    """Moves parameters against their gradients: (p, s) ← rule(p, ∂loss/∂p, s, t, γ).

    `SGD`, `RMSprop`, `Adagrad`, `Adam` and `AdamW` are optimizers with their rule built in; a rule
    of your own is given here.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        rule: what happens to one parameter.
        learning_rate: γ, a number or a schedule: any function from the number of steps done so far,
            a float64 scalar, to the rate of the next one. A number is held in a variable, so that a
            new one takes effect in compiled steps as well.
        decay: the weight decay; see `chainrule.optim.decay`.
        gradient_transform: a function from `{parameter: gradient}` to the same, applied first, such
            as `functools.partial(clip_by_global_norm, limit=1.0)`.

    Errors: `OptionError` for no parameters or an argument out of its range.

    >>> from chainrule.optim.sgd import SGD
    >>> x = Variable(3.0, trainable=True, name="x")
    >>> optimizer = SGD([x], learning_rate=0.25)
    >>> optimizer.step((x * x).backward())
    >>> float(x)
    1.5
    """

    def __init__(
        self,
        parameters: Parameters,
        rule: Rule,
        learning_rate: LearningRate,
        *,
        decay: Decay | None = None,
        gradient_transform: Transform | None = None,
    ) -> None:
        self.rule = rule
        self.decay = Coupled() if decay is None else decay
        self._names = {parameter: name for name, parameter in named(parameters).items()}
        self._decayed = {parameter for parameter in self._names if self._decays(parameter)}
        self._moments = {parameter: self._cells(parameter) for parameter in self._names}
        self._transform = gradient_transform
        self._steps = Variable(np.int64(0), name="step")
        self._rate = Variable(np.float64(0), name="learning_rate")
        self._schedule: Callable[[Tensor], ArrayLike] | None = None
        self.learning_rate = learning_rate

    @property
    def learning_rate(self) -> LearningRate:
        """The learning rate as it was given: a number or a schedule; see `rate()` for its value."""
        return self.rate() if self._schedule is None else self._schedule

    @learning_rate.setter
    def learning_rate(self, value: LearningRate) -> None:
        if callable(value):
            self._schedule = value
        else:
            self._rate.assign(np.float64(at_least_zero("learning_rate", value)))
            self._schedule = None

    def rate(self) -> float:
        """Return the learning rate that the next step takes.

        >>> from chainrule.optim.sgd import SGD
        >>> SGD([Variable(3.0, trainable=True)], learning_rate=lambda step: 0.5 / (1 + step)).rate()
        0.5
        """
        return float(self._rate_now())

    def step(self, gradients: Gradients) -> None:
        """Move the parameters by one step, given `{parameter: gradient}` as by `backward()`.

        A parameter without a gradient stays as it is, and so do its moments. Either everything is
        assigned or, on an error, nothing.

        Errors: `OptionError` where there are no gradients, or one for a variable that is not among
        the parameters; `ShapeError`, `DTypeError` where a gradient is not like its parameter.
        """
        with during(Step.UPDATE):
            self._step(gradients)

    def _step(self, gradients: Gradients) -> None:
        given = self._checked(gradients)
        if self._transform is not None:
            given = self._checked(self._transform(given))
        rate, step = self._rate_now(), self._steps + 1
        updates = [
            update
            for parameter, gradient in given.items()
            for update in self._updates(parameter, gradient, step, rate)
        ]
        for variable, value in [*updates, (self._steps, step)]:
            variable.assign(value)

    def observe(self, metric: float) -> None:
        """Tell a `Plateau` schedule what was measured; with any other learning rate, do nothing.

        The trainer calls it after each validation.

        Errors: `OptionError` where `metric` is not a number.
        """
        for plateau in plateaus(self._schedule).values():
            plateau.observe(metric)

    def named_parameters(self) -> list[tuple[str, Variable]]:
        """Return what the optimizer moves, as pairs of name and parameter."""
        return [(name, parameter) for parameter, name in self._names.items()]

    def named_variables(self) -> list[tuple[str, Variable]]:
        """Return what the optimizer remembers, as pairs of name and variable; no parameters.

        These are `step`, the learning rate (`learning_rate`, or a plateau's `schedule.rate` …), and
        each moment as parameter's name, dot, moment's name.

        >>> from chainrule.optim.adam import Adam
        >>> optimizer = Adam({"w": Variable(3.0, trainable=True)})
        >>> [name for name, _ in optimizer.named_variables()]
        ['step', 'learning_rate', 'w.mean', 'w.square']
        """
        moments = [
            (f"{name}.{moment}", variable)
            for name, parameter in self.named_parameters()
            for moment, variable in self._moments[parameter].items()
        ]
        return [("step", self._steps), *self._rate_variables(), *moments]

    def variables(self) -> list[Variable]:
        """Return the variables of `named_variables()`."""
        return [variable for _, variable in self.named_variables()]

    def state(self) -> dict[str, Array]:
        """Return `{name: value}` of all that the optimizer remembers, as copies.

        >>> from chainrule.optim.sgd import SGD
        >>> SGD([Variable(3.0, trainable=True)], learning_rate=0.5).state()
        {'step': array(0), 'learning_rate': array(0.5)}
        """
        return {name: np.array(variable) for name, variable in self.named_variables()}

    def load_state(self, state: Mapping[str, ArrayLike]) -> None:
        """Take up what `state()` gave, so that the next step is the one that followed it.

        Errors: `OptionError` where names are missing or unknown, `ShapeError` or `DTypeError` where
        a value does not fit. Nothing is changed then.
        """
        variables = dict(self.named_variables())
        _check_names("this is another optimizer's state", set(state), set(variables))
        found = {name: fitting(name, state[name], variables[name].spec) for name in variables}
        for name, value in found.items():
            variables[name].assign(value)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.rule}, learning_rate={self.learning_rate!r}, "
            f"weight_decay={self.decay.weight_decay}, parameters={len(self._names)})"
        )

    def _decays(self, parameter: Variable) -> bool:
        decay = self.decay
        return decay.weight_decay > 0 and decay.decay_on(self._names[parameter], parameter)

    def _cells(self, parameter: Variable) -> dict[str, Variable]:
        """The parameter's moments, each made when it is first asked for."""
        name = self._names[parameter]
        made = self.rule.initial(argument(parameter.spec))
        return {
            moment: Variable(
                partial(self._initial, parameter, moment), spec=value.spec, name=f"{name}.{moment}"
            )
            for moment, value in made.items()
        }

    def _initial(self, parameter: Variable, moment: str) -> Tensor:
        return self.rule.initial(parameter.content())[moment]

    def _rate_now(self) -> Tensor:
        schedule = looked_at(self, "_schedule", lambda: type(self).__name__)
        if schedule is None:
            return asarray(self._rate)
        steps = as_type(asarray(self._steps), self._rate.dtype)
        rate = asarray(schedule(steps), dtype=self._rate.dtype)
        return fitting("the learning rate of the schedule", rate, self._rate.spec)

    def _rate_variables(self) -> list[tuple[str, Variable]]:
        if self._schedule is None:
            return [("learning_rate", self._rate)]
        return [
            (f"{place}.{name}", variable)
            for place, plateau in plateaus(self._schedule).items()
            for name, variable in plateau.named_variables()
        ]

    def _checked(self, gradients: Any) -> dict[Variable, Tensor]:
        if not isinstance(gradients, Mapping) or not gradients:
            raise OptionError(
                "step() takes {parameter: gradient} as loss.backward() returns it, "
                f"got {gradients!r}"
            )
        for variable in gradients:
            self._check_known(variable)
        return {
            parameter: fitting(f"the gradient of {self._names[parameter]}", value, parameter.spec)
            for parameter, value in gradients.items()
        }

    def _check_known(self, variable: Variable) -> None:
        if variable not in self._names:
            raise OptionError(
                f"a gradient for {variable!r}, which is none of this optimizer's "
                f"{len(self._names)} parameters; was it made with another model, or was the "
                "variable not trainable then?"
            )

    def _updates(
        self, parameter: Variable, gradient: Tensor, step: Tensor, rate: Tensor
    ) -> list[Update]:
        """The new contents of a parameter and of its moments."""
        cells = self._moments[parameter]
        content = asarray(parameter)
        if parameter in self._decayed:
            content, gradient = self.decay.apply(content, gradient, rate)
        state = {moment: asarray(cell) for moment, cell in cells.items()}
        content, state = self.rule.update(content, gradient, state, step, rate)
        _check_names("update() returned another state", set(state), set(cells))
        return [
            (parameter, self._result(parameter, content)),
            *((cell, self._result(cell, state[moment])) for moment, cell in cells.items()),
        ]

    def _result(self, variable: Variable, value: Tensor) -> Tensor:
        return fitting(f"{variable.name} after update()", value, variable.spec)


def _check_names(what: str, given: set[str], known: set[str]) -> None:
    if given != known:
        raise OptionError(
            f"{what}: missing {sorted(known - given)}, unknown {sorted(given - known)}"
        )
