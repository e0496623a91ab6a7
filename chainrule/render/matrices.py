"""Kernels of matrices: which matrix stands where, and what is written for each."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.array.shape import size_of
from chainrule.build.primitives.orthogonal import QR, SVD, Eigh
from chainrule.build.primitives.triangular import LU, Cholesky, TriangularSolve
from chainrule.build.tensor import Primitive
from chainrule.plan.kernel import Matrices, View, views
from chainrule.plan.machine import Machine
from chainrule.render.builder import Function, Value, index
from chainrule.render.conversion import memory_of
from chainrule.render.elimination import write_cholesky, write_lu, write_triangular
from chainrule.render.lanes import Units, base_pointers
from chainrule.render.reflections import write_qr
from chainrule.render.rotations import write_eigh, write_svd
from chainrule.render.rows import Matrix
from chainrule.render.unit import Unit

WRITERS: dict[type[Primitive], Callable[[Unit], None]] = {
    Cholesky: write_cholesky,
    TriangularSolve: write_triangular,
    LU: write_lu,
    QR: write_qr,
    Eigh: write_eigh,
    SVD: write_svd,
}


def write_matrices(f: Function, kernel: Matrices, machine: Machine, units: Units) -> None:
    """Write the units of `kernel` into `f`: one matrix after the other."""
    buffers = [*dict.fromkeys(view.buffer for view in views(kernel))]
    if kernel.fault is not None:
        buffers.append(kernel.fault)
    bases = base_pointers(f, buffers)

    def matrix(view: View, place: Value) -> Matrix:
        start = f.plus(_offset(f, view, kernel, place), index(view.offset))
        dtype = view.buffer.dtype
        base = f.address(bases[view.buffer], memory_of(dtype), start)
        row, column = (0, 0, *view.strides[len(kernel.front) :])[-2:]
        return Matrix(f, base, dtype, row, column, machine.lanes(dtype.itemsize))

    if size_of(kernel.front) == 0:
        return
    with f.loop(units.first, units.last) as loop:
        unit = Unit(
            f,
            kernel,
            [matrix(view, loop.index) for view in kernel.inputs],
            [matrix(view, loop.index) for view in kernel.targets],
            None if kernel.scratch is None else matrix(kernel.scratch, loop.index),
            None if kernel.fault is None else bases[kernel.fault],
        )
        WRITERS[type(kernel.primitive)](unit)


def _offset(f: Function, view: View, kernel: Matrices, place: Value) -> Value:
    """Where the matrix number `place` of a view begins."""
    offset = index(0)
    for axis in reversed(range(len(kernel.front))):
        length = index(kernel.front[axis])
        step = f.times(f.binary("urem", place, length), view.strides[axis])
        offset, place = f.plus(offset, step), f.binary("udiv", place, length)
    return offset
