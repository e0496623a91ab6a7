"""Exponentials and logarithms, element by element; integers are taken as float32."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, floating, operands
from chainrule.build.primitives.comparison import IsNan
from chainrule.build.primitives.elementwise import Where, chain
from chainrule.build.primitives.exponential import (
    Exp,
    Expm1,
    Log,
    Log1p,
    Log2,
    Log10,
    LogAddExp,
    Sigmoid,
)
from chainrule.build.primitives.power import Power
from chainrule.build.tensor import Tensor


def exp(x: ArrayLike, /) -> Tensor:
    """Return the exponential, y = eˣ.

    >>> exp([0.0, float("-inf")])
    Tensor([1., 0.], float32)
    """
    return Exp()(*floating(x))


def expm1(x: ArrayLike, /) -> Tensor:
    """Return the exponential less one, y = eˣ − 1, with all its digits near 0.

    >>> expm1([0.0, 1.0e-8])
    Tensor([0.e+00, 1.e-08], float32)
    """
    return Expm1()(*floating(x))


def log(x: ArrayLike, /) -> Tensor:
    """Return the natural logarithm, y = ln x; NaN for negative numbers.

    At 0 it is −∞ with the derivative +∞, which an exact zero in the chain rule absorbs.

    >>> log([1.0, 10.0])
    Tensor([0.       , 2.3025851], float32)
    """
    return Log()(*floating(x))


def log1p(x: ArrayLike, /) -> Tensor:
    """Return the logarithm of one plus x, y = ln(1 + x), with all its digits near 0.

    >>> log1p([0.0, 1.0e-8])
    Tensor([0.e+00, 1.e-08], float32)
    """
    return Log1p()(*floating(x))


def exp2(x: ArrayLike, /) -> Tensor:
    """Return the power of two, y = 2ˣ, exact at integers.

    >>> exp2([0.0, 3.0])
    Tensor([1., 8.], float32)
    """
    return Power()(*operands(2.0, *floating(x)))


def log2(x: ArrayLike, /) -> Tensor:
    """Return the logarithm to base 2, y = ln x / ln 2, exact at powers of 2.

    >>> log2([1.0, 8.0])
    Tensor([0., 3.], float32)
    """
    return Log2()(*floating(x))


def log10(x: ArrayLike, /) -> Tensor:
    """Return the logarithm to base 10, y = ln x / ln 10, exact at powers of 10 in float64.

    >>> log10([1.0, 10.0])
    Tensor([0., 1.], float32)
    """
    return Log10()(*floating(x))


def logaddexp(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the logarithm of a sum of exponentials, y = ln(eᵃ + eᵇ), without overflow.

    Where both are −∞ the derivatives are 0. `logaddexp(x, 0)` is softplus.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> logaddexp(1000.0, 1000.0)
    Tensor(1000.6932, float32)
    """
    return LogAddExp()(*floating(x1, x2))


def sigmoid(x: ArrayLike, /) -> Tensor:
    """Return the logistic function, y = 1 / (1 + e⁻ˣ), without overflow.

    >>> sigmoid([0.0, 100.0])
    Tensor([0.5, 1. ], float32)
    """
    return Sigmoid()(*floating(x))


def xlogy(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return a·ln b, and 0 where a is 0, whatever b is but NaN: a term of an entropy.

    The derivative by a is ln b, so −∞ at b = 0, which an exact zero in the chain rule absorbs.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> xlogy([0.0, 2.0], [0.0, 1.0])
    Tensor([0., 0.], float32)
    """
    a, b = floating(x1, x2)
    return _unless_nan(b, chain(a, log(b)))


def xlog1py(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return a·ln(1 + b), and 0 where a is 0, whatever b is but NaN.

    The derivative by a is ln(1 + b), so −∞ at b = −1, which an exact zero absorbs.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> xlog1py([0.0, 2.0], [-1.0, 0.0])
    Tensor([0., 0.], float32)
    """
    a, b = floating(x1, x2)
    return _unless_nan(b, chain(a, log1p(b)))


def _unless_nan(b: Tensor, y: Tensor) -> Tensor:
    return Where()(IsNan()(b), b, y)
