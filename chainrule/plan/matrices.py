"""Kernels of what works on whole matrices: factors, and solving with them."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.build.primitives.matrix import OfMatrices
from chainrule.build.primitives.orthogonal import QR, SVD, Eigh
from chainrule.build.primitives.triangular import Cholesky, TriangularSolve
from chainrule.build.tensor import Bundle, Primitive, Spec, Tensor, spec_of
from chainrule.plan.kernel import Buffer, Matrices, View


def room_for(node: Bundle | Tensor) -> Spec | None:
    """Return the scratch room that the kernel of `node` needs: a line for each matrix."""
    (*front, m, n), dtype = spec_of(node.inputs[0])
    k, long = min(m, n), max(m, n)
    match node.primitive:
        case QR():  # the columns and those of Q
            count = (n + k) * m
        case Eigh():  # the matrix, the vectors, and their lengths
            count = 2 * n * n + n
        case SVD():  # the vectors on both sides, the long ones twice, and their lengths
            count = 2 * k * long + k * k + k
        case _:
            return None
    return Spec((*front, count), dtype)


def of_matrices(
    node: Bundle | Tensor,
    inputs: Sequence[View],
    targets: tuple[View, ...],
    scratch: View | None,
    fault: Buffer,
) -> Matrices:
    """Return the kernel of a node that works on whole matrices."""
    assert isinstance(node.primitive, OfMatrices)
    front = targets[0].shape[:-2] if isinstance(node, Tensor) else inputs[0].shape[:-2]
    given = tuple(view.broadcast((*front, *view.shape[-2:])) for view in inputs)
    fails = fault if _may_refuse(node.primitive) else None
    return Matrices(node.primitive, given, targets, scratch, fails, front, node.source)


def _may_refuse(primitive: Primitive) -> bool:
    """Whether there are matrices that `primitive` has no result for."""
    match primitive:
        case Cholesky():
            return True
        case TriangularSolve():
            return not (primitive.unit or primitive.absorbing)
    return False
