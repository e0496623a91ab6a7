"""Kernels as text, a line each: what it is, over what, for which line of the user's code."""

from __future__ import annotations

from chainrule.plan.kernel import (
    Compute,
    Convolution,
    Kernel,
    Lines,
    Lookup,
    Map,
    Matrices,
    Pack,
    Product,
    Reduce,
    space_of,
)


def show(kernel: Kernel) -> str:
    """Return `kernel` in one line, with the user's line behind it."""
    return f"{describe(kernel)}  # {kernel.source}"


def describe(kernel: Kernel) -> str:
    """Return what `kernel` computes, over what."""
    what = f"{kind_of(kernel):<8} {_extent(kernel)}"
    named = " ".join(operations(kernel))
    if isinstance(kernel, Product | Convolution):
        return f"{what}, then {named}" if named else what
    return f"{what}: {named}" if named else what


def _extent(kernel: Kernel) -> str:
    """Over what `kernel` runs."""
    match kernel:
        case Map(space, axes):
            return f"{space} over axes {axes}" if axes else f"{space}"
        case Product(a, b, panels):
            return f"{a.shape} × {b.shape}{', B in panels' if panels is not None else ''}"
        case Convolution(a, b):
            return f"{a.shape} × {b.shape} at {space_of(kernel)}"
        case Lookup(data, _, values):
            return f"{values.shape} of {data.shape}"
        case Lines(_, inputs) | Matrices(_, inputs):
            return f"{inputs[0].shape}"
    return f"{kernel.operand.shape if isinstance(kernel, Pack) else kernel.target.shape}"


def kind_of(kernel: Kernel) -> str:
    """Return the kind of `kernel` in a word; a map without operations is a copy."""
    if isinstance(kernel, Lookup):
        return "scatter" if kernel.combines else "gather"
    if isinstance(kernel, Map) and not operations(kernel):
        return "copy"
    return "convolve" if isinstance(kernel, Convolution) else type(kernel).__name__.lower()


def operations(kernel: Kernel) -> list[str]:
    """Return the names of what `kernel` computes of each element, in order."""
    match kernel:
        case Map() | Product() | Convolution():
            found = [s.primitive for s in kernel.body if isinstance(s, Compute | Reduce)]
        case Lines(primitive) | Matrices(primitive):
            found = [primitive]
        case _:
            found = []
    return [type(primitive).__name__.lower() for primitive in found]
