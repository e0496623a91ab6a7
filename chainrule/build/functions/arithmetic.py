"""Arithmetic: the four operations, element by element, with broadcasting."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, asarray, floating, operands
from chainrule.build.operators import operator
from chainrule.build.primitives.elementwise import Add, Divide, Multiply, Negative, Subtract
from chainrule.build.tensor import Tensor


@operator
def add(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the sum, y_i = a_i + b_i.

    >>> add([1.0, 2.0], 10.0)
    Tensor([11., 12.], float32)
    """
    return Add()(*operands(x1, x2))


@operator
def subtract(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the difference, y_i = a_i − b_i.

    >>> subtract([1.0, 2.0], 10.0)
    Tensor([-9., -8.], float32)
    """
    return Subtract()(*operands(x1, x2))


@operator
def multiply(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the product, y_i = a_i · b_i.

    >>> multiply([1.0, 2.0], 10.0)
    Tensor([10., 20.], float32)
    """
    return Multiply()(*operands(x1, x2))


@operator
def divide(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the quotient, y_i = a_i / b_i; integers are divided as float32.

    >>> divide([1.0, 2.0], 4)
    Tensor([0.25, 0.5 ], float32)
    """
    return Divide()(*floating(x1, x2))


@operator
def negative(x: ArrayLike, /) -> Tensor:
    """Return the opposite, y_i = −x_i.

    >>> negative([1.0, -2.0])
    Tensor([-1.,  2.], float32)
    """
    return Negative()(asarray(x))
