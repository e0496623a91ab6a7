"""Groups: several optimizers as one, each with its own parameters, rule and learning rate."""

from __future__ import annotations

from collections import Counter
from typing import Any

from chainrule.build.variable import Variable
from chainrule.errors import OptionError
from chainrule.optim.any_optimizer import Gradients, Stepping, Transform, Updates
from chainrule.optim.check import check_known


class Groups(Stepping):
    """Parameter groups: each of several optimizers takes the gradients of its own parameters.

    Names in the state begin with the group's number. `rate()` is the first group's; each group
    stays an optimizer to be asked: `optimizer.groups[1].rate()`.

    Args:
        groups: optimizers with different parameters.
        gradient_transform: applied to the gradients of all groups together, before each group's
            own; see `Optimizer`.

    Errors: `OptionError` where a group is no optimizer, or a parameter is in two.

    >>> from chainrule.optim.adam import Adam
    >>> from chainrule.optim.sgd import SGD
    >>> w, b = Variable([1.0], trainable=True), Variable([1.0], trainable=True)
    >>> optimizer = Groups(SGD([w], learning_rate=0.25), Adam([b], learning_rate=0.125))
    >>> optimizer.step((w * w + b * b).sum().backward())
    >>> w.content().tolist(), b.content().tolist()
    ([0.5], [0.875])
    """

    def __init__(self, *groups: Stepping, gradient_transform: Transform | None = None) -> None:
        if not groups:
            raise OptionError("Groups() takes optimizers: Groups(SGD(body, 0.1), Adam(head))")
        for group in groups:
            if not isinstance(group, Stepping):
                raise OptionError(f"a group is an optimizer such as optim.SGD(…), got {group!r}")
        self.groups = groups
        self._transform = gradient_transform
        counted = Counter(parameter for _, parameter in self.named_parameters())
        for name, parameter in self.named_parameters():
            if counted[parameter] > 1:
                raise OptionError(f"the parameter {name!r} is in more than one group")

    def updates(self, gradients: Gradients) -> Updates:
        """Return the updates of all groups, each of its own gradients."""
        known = {parameter for _, parameter in self.named_parameters()}
        check_known(gradients, known)
        given = gradients if self._transform is None else self._transform(gradients)
        check_known(given, known)
        found: Updates = {}
        for group in self.groups:
            own = {p: given[p] for _, p in group.named_parameters() if p in given}
            found |= group.updates(own) if own else {}
        return found

    def rate(self) -> float:
        """Return the learning rate of the first group."""
        return self.groups[0].rate()

    def observe(self, metric: float) -> None:
        """Tell every group what was measured."""
        for group in self.groups:
            group.observe(metric)

    def named_parameters(self) -> list[tuple[str, Variable]]:
        """Return the parameters of all groups: number of the group, dot, name."""
        return self._numbered("named_parameters")

    def named_variables(self) -> list[tuple[str, Variable]]:
        """Return what all groups remember: number of the group, dot, name."""
        return self._numbered("named_variables")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.groups))})"

    def _numbered(self, method: str) -> list[tuple[str, Any]]:
        return [
            (f"{place}.{name}", variable)
            for place, group in enumerate(self.groups)
            for name, variable in getattr(group, method)()
        ]
