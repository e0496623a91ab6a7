"""A model as a table: its layers, what each gives, how many parameters it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from chainrule.array.shape import size_of
from chainrule.build.tensor import bytes_of
from chainrule.build.variable import Variable

if TYPE_CHECKING:
    from chainrule.nn.module import Module


class Step(NamedTuple):
    """A module inside another: its name there, and the features that it gets and gives."""

    name: str
    module: Module
    before: int | None
    after: int | None


class Row(NamedTuple):
    """One line of the table."""

    layer: str
    output: str
    parameters: str


HEAD = Row("layer", "output", "parameters")


def table(model: Module) -> str:
    """Return the table of `model`: a line a layer, and the total.

    The output is the length of the last axis, where the layers know it. A parameter that several
    layers share counts in each of them, and once in the total.
    """
    parameters = model.parameters()
    rows = _rows(Step("", model, None, model.features_after(None)), indent="")
    total = Row("total", "", f"{count(parameters):,}")
    head, *body, foot = aligned([HEAD, *rows, total])
    rule = "─" * len(head)
    memory = in_units(sum(bytes_of(variable.spec) for variable in parameters))
    return "\n".join([head, rule, *body, rule, f"{foot} ({memory})"])


def aligned(rows: Sequence[Row]) -> list[str]:
    """Return the rows as lines: words to the left, numbers to the right."""
    layer, output, parameters = (max(map(len, cells)) for cells in zip(*rows, strict=True))
    return [
        f"{row.layer:<{layer}}  {row.output:>{output}}  {row.parameters:>{parameters}}".rstrip()
        for row in rows
    ]


def count(variables: Sequence[Variable]) -> int:
    """Return how many numbers the variables hold together."""
    return sum(size_of(variable.shape) for variable in variables)


def in_units(amount: float) -> str:
    """Return an amount of memory, given in bytes, in the unit that suits it.

    >>> in_units(1_628_200)
    '1.63 MB'
    """
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:,.3g} GB"


def _rows(step: Step, indent: str) -> Iterator[Row]:
    """Go through the line of a module and those of all inside, further indented."""
    module = step.module
    inside = list(module.flow(step.before))
    own = [held for _, held in module.held() if isinstance(held, Variable) and held.trainable]
    yield Row(
        indent + f"{step.name} {module.title()}".lstrip(),
        "" if step.after is None else f"{step.after:,}",
        "" if inside and not own else f"{count(own):,}",
    )
    for inner in inside:
        yield from _rows(inner, indent + "  ")
