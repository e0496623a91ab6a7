"""A model as a table: its layers, what each gives, how many parameters it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from chainrule.array.shape import size_of
from chainrule.build.tensor import bytes_of
from chainrule.build.variable import Variable

if TYPE_CHECKING:
    from chainrule.nn.module import Module


class Row(NamedTuple):
    """One line of the table."""

    layer: str
    features: str
    parameters: str


HEAD = Row("layer", "output", "parameters")


def table(model: Module) -> str:
    """Return the table of `model`: a line a layer, and the total.

    The output is the length of the last axis, where the layers know it. A parameter that several
    layers share counts in each of them, and once in the total.
    """
    parameters = model.parameters()
    total = Row("total", "", f"{count(parameters):,}")
    lines = aligned([HEAD, *(_rows(model, None, "") or [_row(model, "", None)]), total])
    rule = "─" * len(lines[0])
    memory = in_units(sum(bytes_of(variable.spec) for variable in parameters))
    return "\n".join([lines[0], rule, *lines[1:-1], rule, f"{lines[-1]} ({memory})"])


def aligned(rows: Sequence[Row]) -> list[str]:
    """Return the rows as lines: words to the left, numbers to the right."""
    layer, features, parameters = (max(map(len, cells)) for cells in zip(*rows, strict=True))
    return [
        f"{row.layer:<{layer}}  {row.features:>{features}}  {row.parameters:>{parameters}}"
        for row in rows
    ]


def count(variables: Sequence[Variable]) -> int:
    """Return how many numbers the variables hold together."""
    return sum(size_of(variable.shape) for variable in variables)


def in_units(bytes_: float) -> str:
    """Return an amount of memory in the unit that suits it.

    >>> in_units(1_628_200)
    '1.6 MB'
    """
    for unit in ("bytes", "kB", "MB"):
        if bytes_ < 1000:
            return f"{bytes_:.3g} {unit}"
        bytes_ /= 1000
    return f"{bytes_:,.3g} GB"


def _rows(module: Module, features: int | None, indent: str) -> list[Row]:
    """The lines of what `module` holds; what these hold follows, further indented."""
    return list(_lines(module, features, indent))


