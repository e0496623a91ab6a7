"""Random programs over what has a native kernel, drawn so that two executors can be compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import chainrule as cr
from chainrule.array.dtype import DType, is_floating

Function = Callable[..., Any]


@dataclass(frozen=True)
class Step:
    """A function of values made before; or, with a `target`, an assignment to a variable."""

    name: str
    function: Function
    operands: tuple[int, ...]
    target: int | None = None

    def __str__(self) -> str:
        return f"{self.name}{self.operands}" + ("" if self.target is None else f" -> {self.target}")


@dataclass
class Program:
    """Sources (arguments, then variables, then constants), steps over them, and what is wanted.

    Its kernels are split in units where they have `least_work` or more.
    """

    arguments: list[np.ndarray]
    variables: list[np.ndarray]
    constants: list[np.ndarray]
    steps: list[Step] = field(default_factory=list)
    results: list[int] = field(default_factory=list)
    loss: list[int] = field(default_factory=list)
    exact: set[int] = field(default_factory=set)
    scale: float = 1.0
    dtypes: set[DType] = field(default_factory=set)
    least_work: int = 1

    def cells(self) -> list[cr.Variable]:
        """New variables with the initial contents; those that can be trained are."""
        return [cr.Variable(x, trainable=is_floating(x.dtype)) for x in self.variables]

    def function(self, cells: Sequence[cr.Variable]) -> Function:
        """The program as a function of its arguments, over `cells` for variables."""

        def run(*arguments: Any) -> Any:
            values = [*arguments, *cells, *self.constants]
            for step in self.steps:
                perform(step, values)
            gradients: list[Any] = []
            if self.loss:
                found = sum_of([values[place] for place in self.loss]).backward()
                gradients = [found[cell] for cell in cells if cell in found]
            return [values[place] for place in self.results], gradients

        return run

    def __str__(self) -> str:
        sources = [*self.arguments, *self.variables, *self.constants]
        listed = [f"{place}: {x.dtype}{x.shape}" for place, x in enumerate(sources)]
        made = [f"{len(sources) + n}: {step}" for n, step in enumerate(self.steps)]
        counts = f"{len(self.arguments)} arguments, {len(self.variables)} variables"
        return "\n".join(
            ["", counts, *listed, *made, f"{self.results=} {self.loss=} {self.least_work=}"]
        )

    __repr__ = __str__


def sum_of(values: Sequence[Any]) -> Any:
    total = cr.sum(values[0])
    for value in values[1:]:
        total = total + cr.sum(value)
    return total


def perform(step: Step, values: list[Any]) -> None:
    """Append the step's result; an assignment appends what it assigned."""
    result = step.function(*(values[place] for place in step.operands))
    if step.target is not None:
        values[step.target].assign(result)
    values.append(result)
