"""Closeness: whether numbers are equal but for rounding."""

from __future__ import annotations

from chainrule.array.dtype import is_floating
from chainrule.build.convert import ArrayLike, asarray, operands
from chainrule.build.functions.arithmetic import abs
from chainrule.build.functions.comparison import equal, isfinite, isnan, logical_and, logical_or
from chainrule.build.functions.reduction import all
from chainrule.build.leaf import constant
from chainrule.build.primitives.detach import detach
from chainrule.build.tensor import Tensor


def isclose(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    *,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Tensor:
    """Return whether |a − b| ≤ atol + rtol·|b|; infinities are close to themselves alone.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> isclose([1.0, 2.0], [1.000001, 2.1])
    Tensor([ True, False], bool)
    """
    a, b = operands(x1, x2)
    if not is_floating(a.dtype):
        return equal(a, b)
    a, b = detach(a), detach(b)
    near = logical_and(abs(a - b) <= atol + rtol * abs(b), isfinite(b))
    same = logical_or(near, equal(a, b))
    return logical_or(same, logical_and(isnan(a), isnan(b))) if equal_nan else same


def allclose(
    x1: ArrayLike,
    x2: ArrayLike,
    /,
    *,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Tensor:
    """Return whether all of a are close to b; see `isclose`.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> allclose([1.0, 2.0], [1.000001, 2.1])
    Tensor(False, bool)
    """
    return all(isclose(x1, x2, rtol=rtol, atol=atol, equal_nan=equal_nan))


def array_equal(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether a and b have one shape and the same elements; NaN equals nothing.

    >>> array_equal([1, 2], [1, 2]), array_equal([1, 2], [[1, 2]])
    (Tensor(True, bool), Tensor(False, bool))
    """
    a, b = asarray(x1), asarray(x2)
    return all(equal(a, b)) if a.shape == b.shape else constant(False)
