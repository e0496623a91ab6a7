"""What a kernel costs: operations, bytes moved, and a guess at its time on a machine.

The guess is a roofline (Williams, Waterman and Patterson 2009): a kernel takes as long as its
arithmetic at the machine's peak, or as long as its bytes at the speed of its memory, whichever is
longer. Only the sums of a product reach the peak: four operations a cycle on each lane of a vector.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.array.shape import size_of
from chainrule.build.primitives.elementwise import Chain, Divide, Real
from chainrule.build.primitives.exponential import Exp, Expm1, Log, Log1p, Log2, Log10, Sigmoid
from chainrule.build.primitives.ordering import Ordering
from chainrule.build.primitives.power import Sqrt
from chainrule.build.primitives.random import WORD_OPERATIONS
from chainrule.build.primitives.trigonometry import Tanh
from chainrule.build.tensor import Primitive, Spec
from chainrule.errors import OptionError
from chainrule.plan.kernel import (
    Compute,
    Convolution,
    Kernel,
    Lines,
    Lookup,
    Map,
    Matrices,
    Product,
    Random,
    Reduce,
    Statement,
    View,
    reads,
    space_of,
    written,
)
from chainrule.plan.machine import Machine

# Cycles for a vector, as measured; other functions of real numbers take `LONG`, the rest one.
CYCLES: dict[type[Primitive], int] = {
    Chain: 2,
    **dict.fromkeys((Divide, Sqrt), 16),
    **dict.fromkeys((Exp, Expm1, Sigmoid), 8),
    **dict.fromkeys((Log, Log1p, Log2, Log10), 11),
    Tanh: 17,
}
LONG = 20
PER_CYCLE = 4  # operations on each lane of a vector: two units multiply and add
CLOCK = 2.7e9
CALL = 30e-9  # seconds until a kernel has found its buffers and begins
ONE_BY_ONE = 1e-9  # seconds for a step along a line
FACTORING = 20  # rows of a matrix are taken one by one: so much slower than the peak
CACHE_BYTES = 1 << 20


@dataclass(frozen=True)
class Peak:
    """The limits of one core: float32 operations, and bytes near and far, per second.

    `near` is for what fits the cache, `far` for what does not. `python -m benchmarks` measures
    them; `step.profile()` does so shortly.

    Errors: `OptionError` where one is not a positive number.

    >>> Peak(100e9, 50e9, 10e9).flops
    100000000000.0
    """

    flops: float
    near: float
    far: float

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not (math.isfinite(value) and value > 0):
                raise OptionError(f"{name} of a peak is a number above 0, got {value!r}")


TYPICAL = Peak(8 * PER_CYCLE * CLOCK, 32e9, 12e9)


def peak_of(machine: Machine) -> Peak:
    """Return a guess at the limits of a core of `machine`, from the width of its vectors."""
    lanes = machine.lanes(4)
    return Peak(lanes * PER_CYCLE * CLOCK, 2 * lanes * CLOCK, TYPICAL.far)


def flops(kernel: Kernel) -> int:
    """Return how many operations on numbers `kernel` takes: a function of an element is one."""
    match kernel:
        case Map(space, _, body):
            return size_of(space) * sum(isinstance(s, Compute | Reduce) for s in body)
        case Product() | Convolution():
            return products(kernel) + _places(kernel) * _computed(kernel)
        case Lines(_, (view, *_)) | Lookup(_, _, view, _, _, _, Primitive()):
            return size_of(view.shape)
        case Matrices(primitive, inputs):
            return primitive.cost(*(Spec(x.shape, x.buffer.dtype) for x in inputs)).flops
        case Random(_, target):
            return WORD_OPERATIONS * size_of(target.shape)
    return 0


def products(kernel: Product | Convolution) -> int:
    """Return how many multiplications and additions the sums Σ_k A_mk B_kn take."""
    if isinstance(kernel, Product):
        return 2 * _places(kernel) * kernel.a.shape[-1]
    meetings = math.prod(window.meetings for window in kernel.windows)
    each = kernel.a.shape[0] * kernel.a.shape[-2] * kernel.a.shape[-1] * kernel.b.shape[-1]
    return 2 * each * meetings


def _places(kernel: Product | Convolution) -> int:
    return size_of(space_of(kernel))


def _computed(kernel: Product | Convolution) -> int:
    return sum(isinstance(s, Compute) for s in kernel.body)


def traffic(kernel: Kernel) -> int:
    """Return how many bytes `kernel` reads and writes, each element of a view once.

    A lookup touches of its data as many elements as it has indices for.
    """
    match kernel:
        case Lookup(data, indices, values):
            moved = 2 * size_of(values.shape) * data.buffer.dtype.itemsize
            return moved + _bytes(indices)
        case Product(a, b, panels):
            given = [a, b if panels is None else panels]
            behind = [s.view for s in kernel.body if not isinstance(s, Compute)]
            return _bytes([*given, *behind])
    return _bytes([*reads(kernel), *written(kernel)])


def _bytes(views: Iterable[View]) -> int:
    return sum(_distinct(v) * v.buffer.dtype.itemsize for v in views)


def _distinct(view: View) -> int:
    """How many elements `view` reaches: an axis that repeats counts once, windows may overlap."""
    lengths = zip(view.shape, view.strides, strict=True)
    return min(view.buffer.size, math.prod(n if s or n == 0 else 1 for n, s in lengths))


def estimate(kernel: Kernel, peak: Peak = TYPICAL) -> float:
    """Return how long `kernel` takes on one thread, in seconds: a guess.

    >>> from chainrule.array.dtype import float32
    >>> from chainrule.build.source import Source
    >>> from chainrule.plan.kernel import Buffer, Load, Role, Store, contiguous
    >>> x, y = (contiguous(Buffer(n, float32, 1000, Role.TEMPORARY), (1000,)) for n in (0, 1))
    >>> copy = Map((1000,), (), (Load(0, x), Store(y, 0)), Source("train.py", 1, ()))
    >>> f"{estimate(copy, Peak(100e9, 8e9, 4e9)):.3g}"
    '1.03e-06'
    """
    moved = traffic(kernel)
    bandwidth = peak.near if moved <= CACHE_BYTES else peak.far
    return CALL + max(_arithmetic(kernel, peak), moved / bandwidth)


def _arithmetic(kernel: Kernel, peak: Peak) -> float:
    """Seconds of arithmetic."""
    cycle = PER_CYCLE / peak.flops  # of a vector, shared by its lanes of 4 bytes
    match kernel:
        case Map(space, _, body):
            return size_of(space) * _cycles(body) * cycle
        case Product(a) | Convolution(a):
            sums = products(kernel) * a.buffer.dtype.itemsize / 4 / peak.flops
            return sums + _places(kernel) * _cycles(kernel.body) * cycle
        case Lines(primitive, inputs):
            shape = inputs[0].shape
            rounds = math.log2(max(shape[-1], 2)) if isinstance(primitive, Ordering) else 1
            return size_of(shape) * rounds * ONE_BY_ONE
        case Lookup(_, _, values):
            return size_of(values.shape) * ONE_BY_ONE
        case Matrices(_, inputs):
            return flops(kernel) * inputs[0].buffer.dtype.itemsize / 4 * FACTORING / peak.flops
    return flops(kernel) * cycle


def _cycles(body: Iterable[Statement]) -> float:
    """Cycles of the operations on one vector of 4 bytes an element; 8 bytes take twice as many."""
    return sum(
        (s.dtype.itemsize / 4 if isinstance(s, Compute) else 1) * _cycles_of(s.primitive)
        for s in body
        if isinstance(s, Compute | Reduce)
    )


def _cycles_of(primitive: Primitive) -> int:
    return CYCLES.get(type(primitive), LONG if isinstance(primitive, Real) else 1)
