"""Units: the pieces of a kernel that threads take, fixed by the problem and the machine alone.

A unit is a block of `step` places along one axis of what the kernel writes. Every element of a
result belongs to one unit and is computed there from beginning to end, so that its bits do not
depend on the number of threads.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.array.shape import Shape, size_of
from chainrule.plan.kernel import (
    Convolution,
    Kernel,
    Lines,
    Lookup,
    Map,
    Matrices,
    Pack,
    Product,
    Random,
    View,
    space_of,
)
from chainrule.plan.lines import pieces, strips
from chainrule.plan.machine import Machine
from chainrule.plan.order import loops_of

# Below so many elementary steps a kernel is done before a second thread has heard of it.
LEAST_WORK = 8192
# Columns of a row that are added to by one thread: whole lines of the cache, in so many units.
COLUMN = 32
MOST_COLUMNS = 8


@dataclass(frozen=True)
class Split:
    """`count` units of `step` places each along `axis` (counted from the end where negative)."""

    axis: int
    step: int
    count: int


WHOLE = Split(0, 1, 1)


@dataclass(frozen=True)
class Tiling:
    """The tiles of a product or convolution: rows and vectors of one, and lanes of a vector."""

    height: int
    vectors: int
    lanes: int

    @property
    def width(self) -> int:
        """The columns of a tile, and of a panel of B."""
        return self.vectors * self.lanes


def tiling(kernel: Product, machine: Machine) -> Tiling:
    """Return tiles as large as the registers allow, dividing the rows evenly if possible."""
    rows = kernel.a.shape[-2]
    lanes, vectors = panel_of(kernel.b, machine)
    most = max(1, min(machine.rows(vectors), rows))
    even = [height for height in range(most, most * 2 // 3, -1) if rows % height == 0]
    return Tiling(even[0] if even else most, vectors, lanes)


# Tiles of a convolution are no wider: what they read of an image stays near from one to the next.
# With few rows there are few sums under way, so that a wider tile makes more at once.
NARROW, FEW = 2, 3


def tiling_of(kernel: Convolution, machine: Machine) -> Tiling:
    """Return tiles for a convolution: strips of rows that are as high as each other."""
    rows, lanes = kernel.a.shape[-2], machine.lanes(kernel.b.buffer.dtype.itemsize)
    is_wide = rows <= FEW and kernel.a.shape[-1] > 1
    widest = machine.widest if is_wide else min(NARROW, machine.widest)
    vectors = max(1, min(widest, -(-kernel.b.shape[-1] // lanes)))
    count = -(-rows // machine.rows(vectors))
    return Tiling(max(1, -(-rows // max(1, count))), vectors, lanes)


def strips_of(kernel: Convolution, machine: Machine) -> Shape:
    """Return how many places there are along each axis of the result, strips for the rows.

    A unit is a strip at one place, with all its columns.
    """
    *front, rows, _ = space_of(kernel)
    return (*front, -(-rows // tiling_of(kernel, machine).height))


def _sums(kernel: Convolution) -> int:
    """About how many products are added."""
    return size_of(space_of(kernel)) * kernel.a.shape[-1]


def panel_of(b: View, machine: Machine) -> tuple[int, int]:
    """Return the lanes of a vector, and how many vectors a panel of `b` is wide."""
    lanes = machine.lanes(b.buffer.dtype.itemsize)
    return lanes, min(machine.widest, max(1, -(-b.shape[-1] // lanes)))


def split(kernel: Kernel, machine: Machine) -> Split:
    """Return the units of `kernel`."""
    match kernel:
        case Map():
            return _split_map(kernel, machine)
        case Pack(_, target):
            return _along(target, len(target.shape) - 3, 1)
        case Product():
            return _split_product(kernel, machine)
        case Lookup():
            return _split_lookup(kernel)
    return Split(0, 1, _count(kernel, machine))


def _count(kernel: Convolution | Lines | Matrices | Random, machine: Machine) -> int:
    """How many units there are of what is cut along several axes at once."""
    match kernel:
        case Convolution():
            return 1 if _sums(kernel) < LEAST_WORK else size_of(strips_of(kernel, machine))
        case Lines():
            return strips(kernel, machine).count
        case Matrices():
            return size_of(kernel.front)
    return pieces(kernel, machine)


def _along(view: View, axis: int, step: int) -> Split:
    """Units along the first axis that is longer than 1, up to `axis`."""
    for outer in range(axis):
        if view.shape[outer] > 1:
            return Split(outer, 1, view.shape[outer])
    return Split(axis, step, -(-view.shape[axis] // step))


def _split_map(kernel: Map, machine: Machine) -> Split:
    if size_of(kernel.space) * len(kernel.body) < LEAST_WORK:
        return WHOLE
    order = loops_of(kernel)
    kept = [a for a in order if a not in kernel.axes and kernel.space[a] > 1]
    if not kept:
        return WHOLE
    alone = len(kept) == 1 and (not kernel.axes or order[-1] not in kernel.axes)
    step = 16 * machine.vector_bytes if alone else 1
    return Split(kept[0], step, -(-kernel.space[kept[0]] // step))


def _split_lookup(kernel: Lookup) -> Split:
    if size_of(kernel.values.shape) < LEAST_WORK or not kernel.indices[0].shape:
        return WHOLE
    if kernel.combines is None:
        return _along(kernel.values, 0, 1)
    if kernel.shared and kernel.data.shape[0] > 1:
        return Split(0, 1, kernel.data.shape[0])
    return _split_columns(kernel)


def _split_columns(kernel: Lookup) -> Split:
    """Units of columns: each goes through all indices, and nobody meets in a row."""
    columns = kernel.data.shape[-1]
    is_row = len(kernel.data.shape) > kernel.shared + len(kernel.indices)
    if not is_row or kernel.data.strides[-1] != 1:
        return WHOLE
    step = -(-columns // (COLUMN * MOST_COLUMNS)) * COLUMN
    return Split(-1, step, -(-columns // step))


def _split_product(kernel: Product, machine: Machine) -> Split:
    tiles, front = tiling(kernel, machine), kernel.a.shape[:-2]
    for axis, length in enumerate(front):
        if length > 1:
            return Split(axis, 1, length)
    rows = Split(len(front), tiles.height, -(-kernel.a.shape[-2] // tiles.height))
    columns = Split(len(front) + 1, tiles.width, -(-kernel.b.shape[-1] // tiles.width))
    return rows if rows.count >= columns.count else columns
