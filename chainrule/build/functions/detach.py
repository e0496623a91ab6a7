"""`stop_gradient`: a value that counts as a constant."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.primitives.detach import detach
from chainrule.build.tensor import Tensor


def stop_gradient(x: ArrayLike, /) -> Tensor:
    """Return `x` as a constant: y = x, ∂y/∂x = 0. Shapes: x and y (…).

    >>> stop_gradient([1.0, 2.0])
    Tensor([1., 2.], float32)
    """
    return detach(asarray(x))
