"""Vectors of length 1."""

from __future__ import annotations

from chainrule.array.shape import Axes
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import divide, maximum
from chainrule.build.functions.norm import vector_norm
from chainrule.build.tensor import Tensor


def normalize(
    x: ArrayLike, *, order: float = 2.0, axis: Axes = 1, epsilon: float = 1e-12
) -> Tensor:
    """Return y = x / max(‖x‖_p, ε) for the vectors along `axis`, with p = `order`.

    Shapes: x and y (…). A vector of zeros stays one, and its gradient is finite.

    Errors: `ShapeError` for an axis that is not there.

    >>> normalize([[3.0, 4.0], [0.0, 0.0]])
    Tensor([[0.6, 0.8],
            [0. , 0. ]], float32)
    """
    (given,) = floating(x)
    length = vector_norm(given, ord=order, axis=axis, keepdims=True)
    return divide(given, maximum(length, epsilon))
