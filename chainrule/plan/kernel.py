"""The language of kernels: what a program does to its buffers, step by step.

Buffer    = (index, dtype, size, role)         a stretch of memory
View      = (buffer, offset, shape, strides)   an array in it; strides count elements, 0 repeats
Kernel    = Map | Pack | Product | Convolution | Lookup | Lines | Matrices | Random
Map       = (space, axes, body)                the body for every place; `Reduce` runs over axes
Pack      = (operand, target)                  target = the columns of B, side by side in panels
Product   = (a, b, panels, absorbs, body)      C_mn = Σ_k A_mk B_kn, then the body for every place
Convolution = (a, b, windows, absorbs, sums, body)
                                               C_um = Σ_(v k) A_(v m k) B_(w k n), then the body
Lookup    = (data, indices, values, fault, shared, from_end, combines)
                                               values = data at the indices, or data += values there
Lines     = (primitive, inputs, target, scratch, fault)
                                               target = primitive(inputs), along the last axis
Matrices  = (primitive, inputs, targets, scratch, fault, front)
                                               targets = primitive(inputs), matrix by matrix
Random    = (state, target)                    target = random words, from stream and draw number
Statement = Load(target, view) | Compute(target, primitive, operands, dtype) | Store(view, operand)
          | Reduce(view, primitive, operand)

Each kernel also names the line of the user's code that it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.array.shape import Shape
from chainrule.build.primitives.matrix import OfMatrices
from chainrule.build.source import Source
from chainrule.build.tensor import Primitive
from chainrule.plan.buffer import (
    Buffer as Buffer,
    Role as Role,
    View as View,
    contiguous as contiguous,
)
from chainrule.plan.statement import (
    Compute as Compute,
    Load as Load,
    Reduce as Reduce,
    Statement as Statement,
    Store as Store,
)
from chainrule.plan.window import Window


@dataclass(frozen=True, slots=True)
class Map:
    """The body for every place of `space`; what is reduced runs over `axes`."""

    space: Shape
    axes: tuple[int, ...]
    body: tuple[Statement, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Pack:
    """target_(… j k l) = source_(… k n) with n = j·width + l, and 0 where n is beyond the last.

    So the right operand of a product lies as its tiles read it: in panels of `width` columns.
    """

    operand: View
    target: View
    source: Source


@dataclass(frozen=True, slots=True)
class Product:
    """C_mn = Σ_k A_mk B_kn for each place of the axes in front, then the body; value 0 is C.

    Where the columns of B do not lie side by side, `panels` has a copy in which they do. With
    `absorbs`, a zero that was not rounded takes part in no sum: the absorbing zero of the chain
    rule.
    """

    a: View
    b: View
    panels: View | None
    absorbs: bool
    body: tuple[Statement, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Convolution:
    """C_(g u… m n) = Σ_(v… k) A_(g v… m k) B_(g w… k n) for the places that meet, then the body.

    Each of `windows` says of one spatial axis which v and w meet a place u of the result. The
    columns of B lie side by side. Where the sums are long they are made in rounds, a place v of the
    first window each, and wait in `sums` between them. With `absorbs`, a product with a zero takes
    part in no sum whose other factor is no number.
    """

    a: View
    b: View
    windows: tuple[Window, ...]
    absorbs: bool
    sums: View | None
    body: tuple[Statement, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Lookup:
    """values_(b i r) = data_(b n₁ n₂ … r) for indices n_(b i), or the other way round.

    With a reduction that `combines`, data starts as what that starts from, and values are combined
    with it, one after the other.
    The first `shared` axes b belong to all. An index outside its axis sets `fault` to 1; there is
    none where an earlier kernel looked at the same indices.
    """

    data: View
    indices: tuple[View, ...]
    values: View
    fault: Buffer | None
    shared: int
    from_end: bool
    combines: Primitive | None
    source: Source


@dataclass(frozen=True, slots=True)
class Lines:
    """target = primitive(inputs) for each place of the axes in front; the last axis is the line.

    An ordering sorts back and forth between `target` and `scratch`. What the primitive refuses (a
    negative power of an integer) sets `fault` to 1.
    """

    primitive: Primitive
    inputs: tuple[View, ...]
    target: View
    scratch: View | None
    fault: Buffer | None
    source: Source


@dataclass(frozen=True, slots=True)
class Matrices:
    """targets = primitive(inputs) for each place of the axes in front; the others are a matrix.

    What each view is of one matrix (a number, a vector, a matrix), the primitive says. `scratch`
    has a line of room for each. A matrix that the primitive refuses sets `fault` to 1.
    """

    primitive: OfMatrices
    inputs: tuple[View, ...]
    targets: tuple[View, ...]
    scratch: View | None
    fault: Buffer | None
    front: Shape
    source: Source


@dataclass(frozen=True, slots=True)
class Random:
    """target = 32-bit words of the generator; `state` holds the stream and the draw's number."""

    state: View
    target: View
    source: Source


Kernel = Map | Pack | Product | Convolution | Lookup | Lines | Matrices | Random


def fault_of(kernel: Kernel) -> Buffer | None:
    """Return the buffer that tells whether `kernel` refused its input; None where it cannot."""
    return kernel.fault if isinstance(kernel, Lookup | Lines | Matrices) else None


def space_of(kernel: Map | Product | Convolution) -> Shape:
    """Return the places that the kernel's body runs over."""
    if isinstance(kernel, Map):
        return kernel.space
    if isinstance(kernel, Convolution):
        places = (window.results for window in kernel.windows)
        return (kernel.a.shape[0], *places, kernel.a.shape[-2], kernel.b.shape[-1])
    return (*kernel.a.shape[:-1], kernel.b.shape[-1])


def reads(kernel: Kernel) -> list[View]:
    """Return the views that `kernel` reads."""
    match kernel:
        case Map(_, _, body):
            return [s.view for s in body if isinstance(s, Load)]
        case Pack(operand) | Random(operand):
            return [operand]
        case Product(a, b, panels, _, body):
            right = [b] if panels is None else [b, panels]
            return [a, *right, *(s.view for s in body if isinstance(s, Load))]
        case Convolution(a, b, _, _, _, body):
            return [a, b, *(s.view for s in body if isinstance(s, Load))]
        case Lookup(data, indices, values, _, _, _, combines):
            return [*indices, values if combines else data]
        case Lines(_, inputs) | Matrices(_, inputs):
            return list(inputs)


def written(kernel: Kernel) -> list[View]:
    """Return the views that `kernel` writes, its scratch room included."""
    match kernel:
        case Map(_, _, body) | Product(_, _, _, _, body):
            return [s.view for s in body if isinstance(s, Store | Reduce)]
        case Convolution(_, _, _, _, sums, body):
            stored = [s.view for s in body if isinstance(s, Store)]
            return stored if sums is None else [*stored, sums]
        case Pack(_, target) | Random(_, target):
            return [target]
        case Lookup(data, _, values, _, _, _, combines):
            return [data if combines else values]
        case Lines(_, _, target, scratch):
            return [target] if scratch is None else [target, scratch]
        case Matrices(_, _, targets, scratch):
            return [*targets] if scratch is None else [*targets, scratch]


def views(kernel: Kernel) -> list[View]:
    """Return all views that `kernel` reads or writes."""
    return [*reads(kernel), *written(kernel)]


def writes(kernel: Kernel) -> list[Buffer]:
    """Return the buffers that `kernel` writes, its fault included."""
    fault = fault_of(kernel)
    made = [view.buffer for view in written(kernel)]
    return made if fault is None else [*made, fault]
