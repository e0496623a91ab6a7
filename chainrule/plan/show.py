"""Kernels as text, a line each: what it is, over what, for which line of the user's code."""

from __future__ import annotations

from chainrule.array.shape import size_of
from chainrule.plan.kernel import (
    Compute,
    Kernel,
    Lines,
    Lookup,
    Map,
    Product,
    Random,
    Reduce,
    Statement,
)


def show(kernel: Kernel) -> str:
    """Return `kernel` in one line."""
    match kernel:
        case Map(space, axes, body):
            over = f" over axes {axes}" if axes else ""
            return f"map      {space}{over}: {_operations(body)}  # {kernel.source}"
        case Product(a, b, panels, _, body):
            sizes = f"{a.shape} × {b.shape}"
            packed = ", B in panels" if panels is not None else ""
            behind = f", then {_operations(body)}" if _operations(body) else ""
            return f"product  {sizes}{packed}{behind}  # {kernel.source}"
        case Lookup(data, _, values, _, _, _, adds):
            what = "scatter" if adds else "gather "
            return f"{what}  {values.shape} of {data.shape}  # {kernel.source}"
        case Lines(primitive, inputs):
            name = type(primitive).__name__.lower()
            return f"lines    {inputs[0].shape}: {name}  # {kernel.source}"
        case Random(_, target):
            return f"random   {target.shape}  # {kernel.source}"


def _operations(body: tuple[Statement, ...]) -> str:
    names = [type(s.primitive).__name__.lower() for s in body if isinstance(s, Compute | Reduce)]
    return " ".join(names)


def flops(kernel: Kernel) -> int:
    """Return how many floating-point operations `kernel` takes."""
    match kernel:
        case Map(space, _, body):
            return size_of(space) * sum(isinstance(s, Compute | Reduce) for s in body)
        case Product(a, b, _, _, body):
            places = size_of(a.shape[:-1]) * b.shape[-1]
            return places * (2 * a.shape[-1] + sum(isinstance(s, Compute) for s in body))
        case Lines(_, inputs):
            return size_of(inputs[0].shape)
    return 0
