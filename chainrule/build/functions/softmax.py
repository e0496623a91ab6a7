"""Softmax, its logarithm, and the logarithm of a sum of exponentials, without overflow.

A row that is −∞ everywhere (a mask that hides all) has the softmax 0 and sends no gradient back.
"""

from __future__ import annotations

from chainrule.array.shape import Axes
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions import reduction
from chainrule.build.functions.arithmetic import add, multiply, reciprocal, subtract
from chainrule.build.functions.comparison import isfinite, where
from chainrule.build.functions.exponential import exp, log
from chainrule.build.primitives.broadcast import reshape
from chainrule.build.primitives.detach import detach
from chainrule.build.tensor import Tensor


def softmax(x: ArrayLike, /, axis: Axes = -1) -> Tensor:
    """Return y_i = exp x_i / Σ_j exp x_j, the sum over `axis`. Shapes: x and y (…).

    Errors: `ShapeError` for an axis that is not there.

    >>> softmax([0.0, 0.0, float("-inf")])
    Tensor([0.5, 0.5, 0. ], float32)
    """
    (x,) = floating(x)
    powers = exp(x - _shift(x, axis))
    # One division a row; and the derivative needs no array besides the powers and the cotangent.
    return multiply(powers, reciprocal(_total(powers, axis)))


def log_softmax(x: ArrayLike, /, axis: Axes = -1) -> Tensor:
    """Return y_i = x_i − log Σ_j exp x_j, the sum over `axis`. Shapes: x and y (…).

    Errors: `ShapeError` for an axis that is not there.

    >>> log_softmax([1000.0, 1000.0])
    Tensor([-0.6931472, -0.6931472], float32)
    """
    (x,) = floating(x)
    shifted = x - _shift(x, axis)
    return subtract(shifted, log(_total(exp(shifted), axis)))


def logsumexp(x: ArrayLike, /, *, axis: Axes = None, keepdims: bool = False) -> Tensor:
    """Return y = log Σ exp x, the sum over `axis`. Shapes: x (…), y the same without the axes.

    Of no elements, and where x is −∞ everywhere, it is −∞. Where it is infinite no gradient comes
    back.

    Errors: `ShapeError` for an axis that is not there.

    >>> logsumexp([1000.0, 1000.0])
    Tensor(1000.69..., float32)
    """
    (x,) = floating(x)
    shift = _shift(x, axis)
    powers = reduction.sum(exp(x - shift), axis=axis, keepdims=keepdims)
    return add(log(powers), reshape(shift, powers.shape))


def _shift(x: Tensor, axis: Axes) -> Tensor:
    """What can be taken off x before the exponential: its maximum, where that is a number.

    The results do not depend on it, so it is no part of the derivative.
    """
    choose = reduction.max if x.size else reduction.sum  # of no elements the sum is 0
    largest = choose(detach(x), axis=axis, keepdims=True)
    return where(isfinite(largest), largest, 0.0)


def _total(powers: Tensor, axis: Axes) -> Tensor:
    """The sum of the powers, 1 in the place of 0."""
    total = reduction.sum(powers, axis=axis, keepdims=True)
    return where(total == 0, 1.0, total)
