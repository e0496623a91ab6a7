"""Arithmetic, element by element, with broadcasting."""

from __future__ import annotations

from chainrule.array.dtype import bool_
from chainrule.build.convert import ArrayLike, asarray, floating, operands
from chainrule.build.operators import operator
from chainrule.build.primitives.elementwise import Add, Divide, Multiply, Negative, Subtract
from chainrule.build.primitives.extremum import Abs, Maximum, Minimum
from chainrule.build.primitives.power import Power, Sqrt, Square
from chainrule.build.primitives.rounding import FloorDivide, Remainder, Sign
from chainrule.build.primitives.trigonometry import Hypot
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError


@operator
def add(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the sum, y_i = a_i + b_i.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> add([1.0, 2.0], 10.0)
    Tensor([11., 12.], float32)
    """
    return Add()(*operands(x1, x2))


@operator
def subtract(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the difference, y_i = a_i − b_i.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> subtract([1.0, 2.0], 10.0)
    Tensor([-9., -8.], float32)
    """
    return Subtract()(*operands(x1, x2))


@operator
def multiply(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the product, y_i = a_i · b_i.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> multiply([1.0, 2.0], 10.0)
    Tensor([10., 20.], float32)
    """
    return Multiply()(*operands(x1, x2))


@operator
def divide(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the quotient, y_i = a_i / b_i; integers are divided as float32.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> divide([1.0, 2.0], 4)
    Tensor([0.25, 0.5 ], float32)
    """
    a, b = operands(x1, x2)
    return Divide()(*floating(_number(a, "divide"), b))


@operator
def negative(x: ArrayLike, /) -> Tensor:
    """Return the opposite, y_i = −x_i.

    Errors: `DTypeError` for bools.

    >>> negative([1.0, -2.0])
    Tensor([-1.,  2.], float32)
    """
    return Negative()(asarray(x))


@operator
def positive(x: ArrayLike, /) -> Tensor:
    """Return x itself.

    Errors: `DTypeError` for bools.

    >>> positive([1.0, -2.0])
    Tensor([ 1., -2.], float32)
    """
    return _number(asarray(x), "positive")


def _number(x: Tensor, name: str) -> Tensor:
    if x.dtype == bool_:
        raise DTypeError(f"{name} takes numbers, got bool; use astype (at {caller()})")
    return x


@operator
def floor_divide(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the quotient rounded down, y_i = ⌊a_i / b_i⌋; its derivative is 0.

    An integer divided by 0 gives 0.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> floor_divide([7.0, -7.0], 2.0)
    Tensor([ 3., -4.], float32)
    """
    return FloorDivide()(*operands(x1, x2))


@operator
def remainder(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the rest of the division rounded down, y_i = a_i − b_i·⌊a_i / b_i⌋.

    It has the sign of b. An integer divided by 0 leaves 0.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> remainder([7.0, -7.0], 4.0)
    Tensor([3., 1.], float32)
    """
    return Remainder()(*operands(x1, x2))


@operator
def pow(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the power, y_i = a_i to the b_i, with 0⁰ = 1; NaN for a < 0 with a fractional b.

    ∂y/∂a = b·aᵇ⁻¹, which is 0 for b = 0 whatever a is; ∂y/∂b = aᵇ·ln a, and 0 at a = 0.

    Errors: `DTypeError` for bools and for negative powers of integers, `ShapeError` where the
    shapes do not broadcast.

    >>> pow([2.0, -3.0], 2)
    Tensor([4., 9.], float32)
    """
    base, exponent = operands(x1, x2)
    is_square = isinstance(x2, int | float) and x2 == 2
    return Square()(base) if is_square else Power()(base, exponent)


def square(x: ArrayLike, /) -> Tensor:
    """Return the square, y_i = x_i².

    Errors: `DTypeError` for bools.

    >>> square([1.0, -2.0])
    Tensor([1., 4.], float32)
    """
    return Square()(asarray(x))


def sqrt(x: ArrayLike, /) -> Tensor:
    """Return the square root, y_i = √x_i; NaN for negative numbers.

    The derivative at 0 is +∞, which an exact zero on either side of it in the chain rule absorbs.

    >>> sqrt([4.0, 9.0])
    Tensor([2., 3.], float32)
    """
    return Sqrt()(*floating(x))


def reciprocal(x: ArrayLike, /) -> Tensor:
    """Return one over x, y_i = 1 / x_i.

    >>> reciprocal([2.0, -4.0])
    Tensor([ 0.5 , -0.25], float32)
    """
    return divide(1.0, x)


def rsqrt(x: ArrayLike, /) -> Tensor:
    """Return one over the square root, y_i = 1 / √x_i.

    >>> rsqrt([4.0, 16.0])
    Tensor([0.5 , 0.25], float32)
    """
    return divide(1.0, sqrt(x))


def hypot(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the length of the hypotenuse, y_i = √(a_i² + b_i²), without overflow.

    The derivative at (0, 0) is 0.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> hypot([3.0, 3.0e30], [4.0, 4.0e30])
    Tensor([5.e+00, 5.e+30], float32)
    """
    return Hypot()(*floating(x1, x2))


@operator
def abs(x: ArrayLike, /) -> Tensor:
    """Return the distance from zero, y_i = |x_i|, with the derivative 0 at 0.

    The least number of a signed integer type has no opposite in it and stays as it is.

    Errors: `DTypeError` for bools.

    >>> abs([1.0, -2.0])
    Tensor([1., 2.], float32)
    """
    return Abs()(asarray(x))


def sign(x: ArrayLike, /) -> Tensor:
    """Return −1, 0 or 1 by the sign of x; its derivative is 0.

    Errors: `DTypeError` for bools.

    >>> sign([3.0, 0.0, -2.0])
    Tensor([ 1.,  0., -1.], float32)
    """
    return Sign()(asarray(x))


def maximum(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the larger of a and b; NaN where one of them is.

    Where two variable arguments are equal each gets half of the gradient; an argument equal to a
    constant gets none.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> maximum([1.0, 5.0], 3.0)
    Tensor([3., 5.], float32)
    """
    return Maximum()(*operands(x1, x2))


def minimum(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the smaller of a and b; NaN where one of them is.

    Where two variable arguments are equal each gets half of the gradient; an argument equal to a
    constant gets none.

    Errors: `DTypeError` for bools, `ShapeError` where the shapes do not broadcast.

    >>> minimum([1.0, 5.0], 3.0)
    Tensor([1., 3.], float32)
    """
    return Minimum()(*operands(x1, x2))


def clip(x: ArrayLike, /, min: ArrayLike | None = None, max: ArrayLike | None = None) -> Tensor:
    """Return x moved into the interval from `min` to `max`, y = minimum(maximum(x, min), max).

    The derivative is 0 outside the interval, and on its ends where they are constants.

    Errors: `DTypeError` for bools and where a bound has a higher type than x, `ShapeError` where
    the shapes do not broadcast.

    >>> clip([-1.0, 0.5, 2.0], min=0.0, max=1.0)
    Tensor([0. , 0.5, 1. ], float32)
    """
    array = positive(x)
    low = array if min is None else maximum(array, min)
    result = low if max is None else minimum(low, max)
    if result.dtype != array.dtype:
        raise DTypeError(f"clip of {array.dtype} has a bound of type {result.dtype}; use astype")
    return result
