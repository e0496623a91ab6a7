"""The parts of a complex number, for programs that take any: all numbers here are real."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.arithmetic import positive
from chainrule.build.functions.creation import zeros_like
from chainrule.build.tensor import Tensor


def conj(x: ArrayLike, /) -> Tensor:
    """Return the complex conjugate, which of a real number is the number itself.

    Errors: `DTypeError` for bools.

    >>> conj([1.0, -2.0])
    Tensor([ 1., -2.], float32)
    """
    return positive(x)


def imag(x: ArrayLike, /) -> Tensor:
    """Return the imaginary part, which of a real number is 0.

    Errors: `DTypeError` for bools.

    >>> imag([1.0, -2.0])
    Tensor([0., 0.], float32)
    """
    return zeros_like(positive(x))


def real(x: ArrayLike, /) -> Tensor:
    """Return the real part, which of a real number is the number itself.

    Errors: `DTypeError` for bools.

    >>> real([1.0, -2.0])
    Tensor([ 1., -2.], float32)
    """
    return positive(x)
