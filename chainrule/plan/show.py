"""Kernels as text, a line each: what it is, over what, for which line of the user's code."""

from __future__ import annotations

from chainrule.plan.kernel import (
    Compute,
    Kernel,
    Lines,
    Lookup,
    Map,
    Matrices,
    Pack,
    Product,
    Random,
    Reduce,
)


def show(kernel: Kernel) -> str:
    """Return `kernel` in one line, with the user's line behind it."""
    return f"{describe(kernel)}  # {kernel.source}"


def describe(kernel: Kernel) -> str:
    """Return what `kernel` computes, over what."""
    kind = kind_of(kernel)
    match kernel:
        case Map(space, axes):
            over = f" over axes {axes}" if axes else ""
            return f"{kind:<8} {space}{over}: {' '.join(operations(kernel))}".rstrip(": ")
        case Pack(operand):
            return f"{kind:<8} {operand.shape}"
        case Product(a, b, panels):
            packed = ", B in panels" if panels is not None else ""
            behind = "".join(f" {name}" for name in operations(kernel))
            return f"{kind:<8} {a.shape} × {b.shape}{packed}{behind and ', then'}{behind}"
        case Lookup(data, _, values):
            return f"{kind:<8} {values.shape} of {data.shape}"
        case Lines(_, inputs) | Matrices(_, inputs):
            return f"{kind:<8} {inputs[0].shape}: {operations(kernel)[0]}"
        case Random(_, target):
            return f"{kind:<8} {target.shape}"


def kind_of(kernel: Kernel) -> str:
    """Return the kind of `kernel` in a word; a map without operations is a copy."""
    if isinstance(kernel, Lookup):
        return "scatter" if kernel.adds else "gather"
    if isinstance(kernel, Map) and not operations(kernel):
        return "copy"
    return type(kernel).__name__.lower()


def operations(kernel: Kernel) -> list[str]:
    """Return the names of what `kernel` computes of each element, in order."""
    match kernel:
        case Map(_, _, body) | Product(_, _, _, _, body):
            found = [s.primitive for s in body if isinstance(s, Compute | Reduce)]
        case Lines(primitive) | Matrices(primitive):
            found = [primitive]
        case _:
            found = []
    return [type(primitive).__name__.lower() for primitive in found]
