"""The optimizer: a rule applied to every parameter, its state kept in variables.

A step is graph like everything else, so it can be recorded and compiled together with the forward
and the backward pass. All that changes from step to step is in variables: the parameters, the
moments, the number of steps, the learning rate.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.leaf import argument
from chainrule.build.record import looked_at
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.optim.any_optimizer import Gradients, LearningRate, Stepping, Transform, Updates
from chainrule.optim.check import at_least_zero, check_known, check_names, fitting
from chainrule.optim.decay import Coupled, Decay
from chainrule.optim.parameters import Parameters, named
from chainrule.optim.rule import Rule, State
from chainrule.optim.schedules.plateau import plateaus

Choice = Callable[[str, Variable], Rule]


class Optimizer(Stepping):
    """Moves parameters against their gradients: (p, s) ← rule(p, ∂loss/∂p, s, t, γ).

    `SGD`, `Adam` and their kind have a rule built in; a rule of your own is given here.

    Args:
        parameters: a model, `{name: variable}`, or a list of variables.
        rule: what happens to one parameter; or a function of name and parameter that returns a rule
            for each.
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
        rule: Rule | Choice,
        learning_rate: LearningRate,
        *,
        decay: Decay | None = None,
        gradient_transform: Transform | None = None,
    ) -> None:
        self.decay = Coupled() if decay is None else decay
        self._names = {parameter: name for name, parameter in named(parameters).items()}
        self.rules = {
            parameter: rule if isinstance(rule, Rule) else rule(name, parameter)
            for parameter, name in self._names.items()
        }
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

    def updates(self, gradients: Gradients) -> Updates:
        """Return the new content of every variable that a step changes; see `step`."""
        given = self._checked(gradients)
        if self._transform is not None:
            given = self._checked(self._transform(given))
        rate, step = self._rate_now(), self._steps + 1
        found: Updates = {}
        for parameter, gradient in given.items():
            found |= self._moved(parameter, gradient, step, rate)
        return {**found, self._steps: step}

    def observe(self, metric: float) -> None:
        """Tell a `Plateau` schedule what was measured; with any other learning rate, do nothing."""
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

    def moments(self, parameter: Variable) -> State:
        """Return the state of a parameter as the rule sees it: tensors by name."""
        return {moment: asarray(cell) for moment, cell in self._moments[parameter].items()}

    def __repr__(self) -> str:
        rules = " or ".join(dict.fromkeys(map(str, self.rules.values())))
        return (
            f"{type(self).__name__}({rules}, learning_rate={self.learning_rate!r}, "
            f"weight_decay={self.decay.weight_decay}, parameters={len(self._names)})"
        )

    def _decays(self, parameter: Variable) -> bool:
        decay = self.decay
        return decay.weight_decay > 0 and decay.decay_on(self._names[parameter], parameter)

    def _cells(self, parameter: Variable) -> dict[str, Variable]:
        """The parameter's moments, each made when it is first asked for."""
        name = self._names[parameter]
        made = self.rules[parameter].initial(argument(parameter.spec))
        return {
            moment: Variable(
                partial(self._initial, parameter, moment), spec=value.spec, name=f"{name}.{moment}"
            )
            for moment, value in made.items()
        }

    def _initial(self, parameter: Variable, moment: str) -> Tensor:
        return self.rules[parameter].initial(parameter.content())[moment]

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
        check_known(gradients, self._names)
        return {
            parameter: fitting(f"the gradient of {self._names[parameter]}", value, parameter.spec)
            for parameter, value in gradients.items()
        }

    def _moved(self, parameter: Variable, gradient: Tensor, step: Tensor, rate: Tensor) -> Updates:
        """The new contents of a parameter and of its moments."""
        cells = self._moments[parameter]
        content = asarray(parameter)
        if parameter in self._decayed:
            content, gradient = self.decay.apply(content, gradient, rate)
        state = self.moments(parameter)
        content, state = self.rules[parameter].update(content, gradient, state, step, rate)
        check_names("update() returned another state", set(state), set(cells))
        moments = {cell: self._result(cell, state[moment]) for moment, cell in cells.items()}
        return {parameter: self._result(parameter, content), **moments}

    def _result(self, variable: Variable, value: Tensor) -> Tensor:
        return fitting(f"{variable.name} after update()", value, variable.spec)
