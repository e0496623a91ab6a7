"""Forward mode: `jvp`, and the full derivatives `jacobian` and `hessian`.

A Jacobian-vector product is the reverse pass reversed: g ↦ gᵀJ is linear in g, so pulling a tangent
back through *it* gives J·v, and one rule a primitive serves both modes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chainrule.array.shape import size_of
from chainrule.array.structure import LEAF, flatten, unflatten
from chainrule.build.convert import asarray
from chainrule.build.leaf import argument, constant
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.tensor import Tensor
from chainrule.derive.batch import vmap
from chainrule.derive.grad import grad, matching, places, pulled_back
from chainrule.derive.reverse import check_real, gradients
from chainrule.errors import OptionError


def jvp(
    function: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]
) -> tuple[Any, Any]:
    """Return `f(x, …)` and its derivative ∂f/∂x · v along the tangents v.

    >>> jvp(lambda x: x * x, (3.0,), (1.0,))
    (Tensor(9., float32), Tensor(6., float32))
    """
    if len(primals) != len(tangents):
        raise OptionError(f"{len(primals)} primals but {len(tangents)} tangents")
    leaves, structure = places(tuple(primals))
    vectors = matching(tuple(tangents), leaves, structure)
    result = function(*unflatten(structure, leaves))
    outputs, shape = flatten(result)
    outputs = [asarray(output) for output in outputs]
    probes = [argument(output.spec, tracked=True) for output in outputs]
    pulled = gradients(outputs, probes, leaves)
    reached = [(g, v) for g, v in zip(pulled, vectors, strict=True) if g is not None]
    pushed = pulled_back([g for g, _ in reached], [v for _, v in reached], probes)
    return unflatten(shape, outputs), unflatten(shape, pushed)


def jacobian(function: Callable[[Any], Any]) -> Callable[[Any], Tensor]:
    """Return the function x ↦ ∂f_i/∂x_j, of shape `f(x).shape + x.shape`.

    Every row is one reverse pass; all of them run at once.

    Errors: `OptionError` where x or f(x) is a container of arrays; `DTypeError` for integers.

    >>> jacobian(lambda x: x * x)([1.0, 2.0])
    Tensor([[2., 0.],
            [0., 4.]], float32)
    """

    def derivative(x: Any) -> Tensor:
        leaves, _ = places((_single(x),))
        y = asarray(_single(function(leaves[0])))
        check_real(y)
        size = size_of(y.shape)
        basis = constant(np.eye(size, dtype=y.dtype).reshape(size, *y.shape))
        rows: Tensor = vmap(lambda g: pulled_back([y], [g], leaves)[0])(basis)
        return reshape(rows, (*y.shape, *leaves[0].shape))

    return derivative


def _single(x: Any) -> Any:
    """`x`, which must be one array."""
    if flatten(x)[1] != LEAF:
        raise OptionError("a Jacobian is of one array by one array; flatten and concat the others")
    return x


def hessian(function: Callable[[Any], Any]) -> Callable[[Any], Tensor]:
    """Return the function x ↦ ∂²f/∂x_i∂x_j for a scalar-valued `function`.

    >>> hessian(lambda x: (x * x * x).sum())([1.0, 2.0])
    Tensor([[ 6.,  0.],
            [ 0., 12.]], float32)
    """
    return jacobian(grad(function))
