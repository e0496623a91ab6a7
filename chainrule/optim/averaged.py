"""Optimizers whose rule averages the weights itself."""

from __future__ import annotations

from abc import abstractmethod

from chainrule.build.convert import asarray
from chainrule.build.tensor import Tensor
from chainrule.build.variable import Variable
from chainrule.optim.averaging import Averages
from chainrule.optim.optimizer import Optimizer
from chainrule.optim.rule import Rule, State


class AveragingRule(Rule):
    """A rule that knows an average of the parameter over the steps."""

    @abstractmethod
    def average(self, parameter: Tensor, state: State) -> Tensor:
        """Return the average, of the parameter's shape and data type."""


class AveragedOptimizer(Optimizer, Averages):
    """An optimizer with an averaging rule: `with optimizer.applied(): …` evaluates the averages."""

    def averages(self) -> dict[Variable, Tensor]:
        """Return the average of each parameter as it is now."""
        found = {}
        for parameter, rule in self.rules.items():
            if isinstance(rule, AveragingRule):
                found[parameter] = rule.average(asarray(parameter), self.moments(parameter))
        return found

    def update(self) -> None:
        """Do nothing: each step has taken the parameters into the averages."""
