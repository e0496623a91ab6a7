"""Comparison, logic and selection, element by element, after promotion to one type.

Errors of all with two operands: `ShapeError` where the shapes do not broadcast, `DTypeError` where
the types have no common one. Bools are equal or not, but none is less than another: `DTypeError`.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.array.dtype import bool_, is_floating
from chainrule.build.convert import ArrayLike, asarray, floating, operands
from chainrule.build.leaf import constant
from chainrule.build.operators import operator
from chainrule.build.primitives.comparison import (
    And,
    Equal,
    Invert,
    IsNan,
    Less,
    LessEqual,
    Or,
    ShiftLeft,
    ShiftRight,
    SignBit,
    Xor,
)
from chainrule.build.primitives.elementwise import Where
from chainrule.build.primitives.extremum import Abs
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError


@operator
def equal(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether a = b.

    >>> equal([1.0, 2.0, 3.0], 2.0)
    Tensor([False,  True, False], bool)
    """
    return Equal()(*operands(x1, x2))


@operator
def not_equal(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether a ≠ b.

    >>> not_equal([1.0, 2.0, 3.0], 2.0)
    Tensor([ True, False,  True], bool)
    """
    return Invert()(equal(x1, x2))


@operator
def less(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether a < b.

    >>> less([1.0, 2.0, 3.0], 2.0)
    Tensor([ True, False, False], bool)
    """
    return Less()(*operands(x1, x2))


@operator
def less_equal(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether a ≤ b.

    >>> less_equal([1.0, 2.0, 3.0], 2.0)
    Tensor([ True,  True, False], bool)
    """
    return LessEqual()(*operands(x1, x2))


@operator
def greater(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether a > b.

    >>> greater([1.0, 2.0, 3.0], 2.0)
    Tensor([False, False,  True], bool)
    """
    a, b = operands(x1, x2)
    return Less()(b, a)


@operator
def greater_equal(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether a ≥ b.

    >>> greater_equal([1.0, 2.0, 3.0], 2.0)
    Tensor([False,  True,  True], bool)
    """
    a, b = operands(x1, x2)
    return LessEqual()(b, a)


def logical_and(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether both are true, for bools.

    Errors: `DTypeError` for anything but bools.

    >>> logical_and([False, True], True)
    Tensor([False,  True], bool)
    """
    return And()(_bools(x1, "logical_and"), _bools(x2, "logical_and"))


def logical_or(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether at least one is true, for bools.

    Errors: `DTypeError` for anything but bools.

    >>> logical_or([False, True], True)
    Tensor([ True,  True], bool)
    """
    return Or()(_bools(x1, "logical_or"), _bools(x2, "logical_or"))


def logical_xor(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return whether exactly one is true, for bools.

    Errors: `DTypeError` for anything but bools.

    >>> logical_xor([False, True], True)
    Tensor([ True, False], bool)
    """
    return Xor()(_bools(x1, "logical_xor"), _bools(x2, "logical_xor"))


def logical_not(x: ArrayLike, /) -> Tensor:
    """Return whether x is false, for bools.

    Errors: `DTypeError` for anything but bools.

    >>> logical_not([False, True])
    Tensor([ True, False], bool)
    """
    return Invert()(_bools(x, "logical_not"))


def _bools(x: ArrayLike, name: str) -> Tensor:
    array = asarray(x)
    if array.dtype != bool_:
        raise DTypeError(f"{name} takes bools, got {array.dtype}; write a comparison, as in x != 0")
    return array


@operator
def bitwise_and(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the bits that both have, for integers and bools.

    Errors: `DTypeError` for floating numbers.

    >>> bitwise_and(12, 10)
    Tensor(8, int64)
    """
    return And()(*operands(x1, x2))


@operator
def bitwise_or(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the bits that at least one has, for integers and bools.

    Errors: `DTypeError` for floating numbers.

    >>> bitwise_or(12, 10)
    Tensor(14, int64)
    """
    return Or()(*operands(x1, x2))


@operator
def bitwise_xor(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the bits that exactly one has, for integers and bools.

    Errors: `DTypeError` for floating numbers.

    >>> bitwise_xor(12, 10)
    Tensor(6, int64)
    """
    return Xor()(*operands(x1, x2))


@operator
def bitwise_left_shift(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return a·2ᵇ, the bits moved up, for integers.

    Errors: `DTypeError` for anything but integers.

    >>> bitwise_left_shift(3, 2)
    Tensor(12, int64)
    """
    return ShiftLeft()(*operands(x1, x2))


@operator
def bitwise_right_shift(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return ⌊a / 2ᵇ⌋, the bits moved down, for integers.

    Errors: `DTypeError` for anything but integers.

    >>> bitwise_right_shift(12, 2)
    Tensor(3, int64)
    """
    return ShiftRight()(*operands(x1, x2))


@operator
def bitwise_invert(x: ArrayLike, /) -> Tensor:
    """Return every bit turned round, for integers and bools.

    Errors: `DTypeError` for floating numbers.

    >>> bitwise_invert(0)
    Tensor(-1, int64)
    """
    return Invert()(asarray(x))


def isnan(x: ArrayLike, /) -> Tensor:
    """Return whether x is not a number.

    >>> isnan([1.0, float("nan")])
    Tensor([False,  True], bool)
    """
    return IsNan()(asarray(x))


def isinf(x: ArrayLike, /) -> Tensor:
    """Return whether x is infinite, of either sign, |x| = ∞.

    >>> isinf([1.0, float("-inf")])
    Tensor([False,  True], bool)
    """
    return equal(_size(x), math.inf)


def isfinite(x: ArrayLike, /) -> Tensor:
    """Return whether x is neither infinite nor NaN, |x| < ∞.

    >>> isfinite([1.0, float("nan"), float("inf")])
    Tensor([ True, False, False], bool)
    """
    return less(_size(x), math.inf)


def _size(x: ArrayLike) -> Tensor:
    """The absolute value of floating numbers, 0 for integers and bools, which are all finite."""
    array = asarray(x)
    real = is_floating(array.dtype)
    return Abs()(array) if real else constant(np.zeros(array.shape, np.float32))


def signbit(x: ArrayLike, /) -> Tensor:
    """Return whether x carries a minus sign, as −0 does.

    >>> signbit([-0.0, 1.0])
    Tensor([ True, False], bool)
    """
    return SignBit()(*floating(x))


def where(condition: ArrayLike, x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return a where the condition holds and b elsewhere.

    The side that is not selected gets an exactly zero gradient, which no non-finite derivative
    behind it turns into NaN.

    Errors: `DTypeError` for a condition that is not bool.

    >>> where([True, False], 1.0, -1.0)
    Tensor([ 1., -1.], float32)
    """
    return Where()(asarray(condition), *operands(x1, x2))


def nan_to_num(
    x: ArrayLike,
    /,
    *,
    nan: float = 0.0,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Tensor:
    """Return x with NaN as `nan`, +∞ as `posinf` and −∞ as `neginf`; integers as they are.

    By default ±∞ become the largest numbers of the type. What is replaced has the derivative 0.

    >>> nan_to_num([1.0, float("nan")])
    Tensor([1., 0.], float32)
    """
    array = asarray(x)
    if not is_floating(array.dtype):
        return array
    largest = float(np.finfo(array.dtype).max)
    top = where(equal(array, math.inf), largest if posinf is None else posinf, array)
    low = where(equal(array, -math.inf), -largest if neginf is None else neginf, top)
    return where(isnan(array), nan, low)
