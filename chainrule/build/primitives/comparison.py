"""Comparison and logic, element by element; nothing here has a derivative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.array.dtype import bool_, is_floating
from chainrule.build.primitives.elementwise import Flat, Numeric, Real
from chainrule.build.tensor import Array, Spec
from chainrule.errors import DTypeError


class Predicate(Flat, abstract=True):
    """An elementwise question, answered by a bool."""

    def infer(self, *inputs: Spec) -> Spec:
        return Spec(super().infer(*inputs).shape, bool_)


@dataclass(frozen=True)
class Equal(Predicate):
    """y = (a = b)"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.equal(a, b)


@dataclass(frozen=True)
class Less(Predicate, Numeric):
    """y = (a < b)"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.less(a, b)


@dataclass(frozen=True)
class LessEqual(Predicate, Numeric):
    """y = (a ≤ b)"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.less_equal(a, b)


@dataclass(frozen=True)
class IsNan(Predicate):
    """y = (x is NaN)"""

    def evaluate(self, x: Array) -> Array:
        return np.isnan(x)


@dataclass(frozen=True)
class SignBit(Predicate, Real):
    """y = (x carries a minus sign)"""

    def evaluate(self, x: Array) -> Array:
        return np.signbit(x)


class Bitwise(Flat, abstract=True):
    """An elementwise function of the bits of integers and bools."""

    def infer(self, *inputs: Spec) -> Spec:
        result = super().infer(*inputs)
        if is_floating(result.dtype):
            raise DTypeError(
                f"{type(self).__name__} takes integers or bools, got {result.dtype}; "
                "compare first, or use astype"
            )
        return result


@dataclass(frozen=True)
class And(Bitwise):
    """y = a ∧ b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.bitwise_and(a, b)


@dataclass(frozen=True)
class Or(Bitwise):
    """y = a ∨ b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.bitwise_or(a, b)


@dataclass(frozen=True)
class Xor(Bitwise):
    """y = a ⊕ b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.bitwise_xor(a, b)


@dataclass(frozen=True)
class Invert(Bitwise):
    """y = ¬x"""

    def evaluate(self, x: Array) -> Array:
        return np.bitwise_invert(x)


@dataclass(frozen=True)
class ShiftLeft(Bitwise, Numeric):
    """y = a·2ᵇ"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.left_shift(a, b)


@dataclass(frozen=True)
class ShiftRight(Bitwise, Numeric):
    """y = ⌊a / 2ᵇ⌋"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.right_shift(a, b)
