"""One unit of a kernel of matrices: the matrices at one place of the axes in front."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.array.shape import Shape
from chainrule.plan.kernel import Matrices
from chainrule.render.builder import Function, Value, index
from chainrule.render.rows import Matrix, when


@dataclass(frozen=True)
class Unit:
    """What the primitive reads and writes here, and room for numbers in between.

    A vector is a matrix of one row. `fault` is the address of the kernel's fault, if it has one.
    """

    f: Function
    kernel: Matrices
    inputs: Sequence[Matrix]
    targets: Sequence[Matrix]
    scratch: Matrix | None
    fault: Value | None

    @property
    def shape(self) -> Shape:
        """The rows and columns of the first input."""
        return self.kernel.inputs[0].shape[-2:]

    def refuse(self, condition: Value) -> None:
        """Set the fault where `condition` holds."""
        if self.fault is not None:
            with when(self.f, condition):
                self.f.store(index(1), self.fault)

    def room(self, *shapes: tuple[int, int]) -> list[Matrix]:
        """Return matrices of these rows and columns in the scratch room, one after the other."""
        assert self.scratch is not None
        found, start = [], 0
        for rows, columns in shapes:
            base = self.scratch.address(index(0), index(start))
            found.append(Matrix(self.f, base, self.scratch.dtype, columns, 1, self.scratch.lanes))
            start += rows * columns
        return found
