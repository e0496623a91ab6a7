"""Rounding, element by element, of derivative 0 everywhere; and the transfer of a sign."""

from __future__ import annotations

from chainrule.array.dtype import is_integer
from chainrule.build.convert import ArrayLike, asarray, floating
from chainrule.build.functions.comparison import signbit, where
from chainrule.build.primitives.elementwise import Flat
from chainrule.build.primitives.extremum import Abs
from chainrule.build.primitives.rounding import Ceil, Floor, NextAfter, Round, Trunc
from chainrule.build.tensor import Tensor


def floor(x: ArrayLike, /) -> Tensor:
    """Return the largest integer not above x, y = ⌊x⌋; integers stay as they are.

    Errors: `DTypeError` for bools.

    >>> floor([-1.5, 0.5, 2.7])
    Tensor([-2.,  0.,  2.], float32)
    """
    return _rounded(Floor(), x)


def ceil(x: ArrayLike, /) -> Tensor:
    """Return the smallest integer not below x, y = ⌈x⌉; integers stay as they are.

    Errors: `DTypeError` for bools.

    >>> ceil([-1.5, 0.5, 2.7])
    Tensor([-1.,  1.,  3.], float32)
    """
    return _rounded(Ceil(), x)


def trunc(x: ArrayLike, /) -> Tensor:
    """Return x without its fraction, y = sign(x)·⌊|x|⌋; integers stay as they are.

    Errors: `DTypeError` for bools.

    >>> trunc([-1.5, 0.5, 2.7])
    Tensor([-1.,  0.,  2.], float32)
    """
    return _rounded(Trunc(), x)


def round(x: ArrayLike, /) -> Tensor:
    """Return the nearest integer, the even one of two, y = ⌊x⌉; integers stay as they are.

    Errors: `DTypeError` for bools.

    >>> round([-1.5, 0.5, 2.7])
    Tensor([-2.,  0.,  3.], float32)
    """
    return _rounded(Round(), x)


def nextafter(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the number of the data type next to a on the way to b; b itself where a = b.

    It moves as a does: the derivative is 1 with respect to a, 0 with respect to b.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> nextafter(1.0, 2.0) - 1.0 == 2.0**-23
    Tensor(True, bool)
    """
    return NextAfter()(*floating(x1, x2))


def copysign(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the size of a with the sign of b, y = |a|·sign(b), by the sign bit of b.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> copysign([1.0, 2.0], [-0.0, 3.0])
    Tensor([-1.,  2.], float32)
    """
    a, b = floating(x1, x2)
    size = Abs()(a)
    return where(signbit(b), -size, size)


def _rounded(primitive: Flat, x: ArrayLike) -> Tensor:
    array = asarray(x)
    return array if is_integer(array.dtype) else primitive(array)
