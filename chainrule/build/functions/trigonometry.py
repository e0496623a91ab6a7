"""Circular and hyperbolic functions, element by element; angles in radians.

Integers are taken as float32. Outside a function's domain the result is NaN.
"""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.primitives.trigonometry import (
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atan2,
    Atanh,
    Cos,
    Cosh,
    Sin,
    Sinc,
    Sinh,
    Tan,
    Tanh,
)
from chainrule.build.tensor import Tensor


def sin(x: ArrayLike, /) -> Tensor:
    """Return the sine, y = sin x.

    >>> sin([0.0, 0.5])
    Tensor([0.        , 0.47942555], float32)
    """
    return Sin()(*floating(x))


def cos(x: ArrayLike, /) -> Tensor:
    """Return the cosine, y = cos x.

    >>> cos([0.0, 0.5])
    Tensor([1.        , 0.87758255], float32)
    """
    return Cos()(*floating(x))


def tan(x: ArrayLike, /) -> Tensor:
    """Return the tangent, y = tan x.

    >>> tan([0.0, 0.5])
    Tensor([0.       , 0.5463025], float32)
    """
    return Tan()(*floating(x))


def asin(x: ArrayLike, /) -> Tensor:
    """Return the inverse sine, from −π/2 to π/2, y = arcsin x.

    >>> asin([0.0, 0.5])
    Tensor([0.       , 0.5235988], float32)
    """
    return Asin()(*floating(x))


def acos(x: ArrayLike, /) -> Tensor:
    """Return the inverse cosine, from 0 to π, y = arccos x.

    >>> acos([0.0, 0.5])
    Tensor([1.5707964, 1.0471976], float32)
    """
    return Acos()(*floating(x))


def atan(x: ArrayLike, /) -> Tensor:
    """Return the inverse tangent, from −π/2 to π/2, y = arctan x.

    >>> atan([0.0, 0.5])
    Tensor([0.       , 0.4636476], float32)
    """
    return Atan()(*floating(x))


def sinh(x: ArrayLike, /) -> Tensor:
    """Return the hyperbolic sine, y = sinh x.

    >>> sinh([0.0, 0.5])
    Tensor([0.       , 0.5210953], float32)
    """
    return Sinh()(*floating(x))


def cosh(x: ArrayLike, /) -> Tensor:
    """Return the hyperbolic cosine, y = cosh x.

    >>> cosh([0.0, 0.5])
    Tensor([1.       , 1.1276261], float32)
    """
    return Cosh()(*floating(x))


def tanh(x: ArrayLike, /) -> Tensor:
    """Return the hyperbolic tangent, y = tanh x.

    >>> tanh([0.0, 0.5])
    Tensor([0.       , 0.4621172], float32)
    """
    return Tanh()(*floating(x))


def asinh(x: ArrayLike, /) -> Tensor:
    """Return the inverse hyperbolic sine, y = arsinh x.

    >>> asinh([0.0, 0.5])
    Tensor([0.       , 0.4812118], float32)
    """
    return Asinh()(*floating(x))


def acosh(x: ArrayLike, /) -> Tensor:
    """Return the inverse hyperbolic cosine, for x ≥ 1, y = arcosh x.

    >>> acosh([1.0, 2.0])
    Tensor([0.      , 1.316958], float32)
    """
    return Acosh()(*floating(x))


def atanh(x: ArrayLike, /) -> Tensor:
    """Return the inverse hyperbolic tangent, for |x| ≤ 1, y = artanh x.

    >>> atanh([0.0, 0.5])
    Tensor([0.        , 0.54930615], float32)
    """
    return Atanh()(*floating(x))


def atan2(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the angle of the point (b, a) from the first axis, from −π to π.

    The derivative at the origin is 0.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> atan2([1.0, 0.0], [0.0, -1.0])
    Tensor([1.5707964, 3.1415927], float32)
    """
    return Atan2()(*floating(x1, x2))


def sinc(x: ArrayLike, /) -> Tensor:
    """Return sin(πx) / (πx), and 1 at 0; smooth there, with the derivative 0.

    >>> sinc([0.0, 0.5])
    Tensor([1.        , 0.63661975], float32)
    """
    return Sinc()(*floating(x))
