"""Arithmetic, element by element, and the chain rule's own product.

An elementwise primitive takes operands of one data type whose shapes broadcast. A rule returns its
cotangents in the broadcast shape; the reverse pass sums them down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainrule.array.conversion import converted
from chainrule.array.dtype import DType, bool_, is_floating
from chainrule.array.shape import broadcast
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import raised
from chainrule.build.tensor import Array, Cotangents, Primitive, Spec, Tensor
from chainrule.errors import DTypeError


class Elementwise(Primitive, abstract=True):
    """y_i = f(a_i, b_i, …) after broadcasting, in the operands' data type."""

    def infer(self, *inputs: Spec) -> Spec:
        dtype = inputs[0].dtype
        if any(x.dtype != dtype for x in inputs):
            listed = ", ".join(map(str, inputs))
            raise DTypeError(f"{type(self).__name__} takes one data type, got {listed}")
        return Spec(broadcast(*(x.shape for x in inputs)), dtype)

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        return self(*raised(batched, inputs))


class Numeric(Elementwise, abstract=True):
    """An elementwise function of numbers: integers or floating, not bools."""

    def infer(self, *inputs: Spec) -> Spec:
        result = super().infer(*inputs)
        if inputs[0].dtype == bool_:
            raise DTypeError(
                f"{type(self).__name__} takes numbers, got bool; use astype, or logic: &, |, ^, ~"
            )
        return result


class Real(Numeric, abstract=True):
    """An elementwise function of real numbers: float32 or float64 only."""

    def infer(self, *inputs: Spec) -> Spec:
        result = super().infer(*inputs)
        if not is_floating(result.dtype):
            raise DTypeError(
                f"{type(self).__name__} takes floating numbers, got {result.dtype}; use astype"
            )
        return result


class Flat(Elementwise, abstract=True):
    """An elementwise function whose derivative is zero wherever it exists."""

    def vjp(self, g: Tensor, y: Tensor, *inputs: Tensor) -> Cotangents:
        return (None,) * len(inputs)


@dataclass(frozen=True)
class Astype(Elementwise):
    """y = x in another data type, the nearest number of it; as a whole number without fraction."""

    dtype: DType

    def infer(self, *inputs: Spec) -> Spec:
        return Spec(inputs[0].shape, self.dtype)

    def evaluate(self, x: Array) -> Array:
        return converted(x, self.dtype)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (Astype(x.dtype)(g),) if is_floating(x.dtype) else (None,)


@dataclass(frozen=True)
class Chain(Real):
    """y = g·d, and 0 where either factor is exactly 0: the chain rule's product.

    An element that the forward pass did not select has a zero cotangent; this product keeps a
    non-finite derivative there from turning it into NaN (the absorbing zero).
    """

    def evaluate(self, g: Array, d: Array) -> Array:
        return absorbed(np.multiply(g, d), g, d)

    def vjp(self, h: Tensor, y: Tensor, g: Tensor, d: Tensor) -> Cotangents:
        return chain(h, d), chain(h, g)


def absorbed(product: Array, g: Array, d: Array) -> Array:
    """Return `product` = g·d with 0 in place of the NaN of 0·inf and 0·NaN."""
    lost = np.isnan(product)
    if not lost.any():
        return product
    return np.where(lost & ((g == 0) | (d == 0)), product.dtype.type(0), product)


def chain(g: Tensor, derivative: Tensor) -> Tensor:
    """Return the chain-rule product of an incoming gradient and a local derivative."""
    return Chain()(g, derivative)


@dataclass(frozen=True)
class Add(Numeric):
    """y = a + b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.add(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return g, g


@dataclass(frozen=True)
class Subtract(Numeric):
    """y = a − b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.subtract(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return g, -g


@dataclass(frozen=True)
class Multiply(Numeric):
    """y = a·b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.multiply(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return chain(g, b), chain(g, a)


@dataclass(frozen=True)
class Divide(Real):
    """y = a / b"""

    def evaluate(self, a: Array, b: Array) -> Array:
        return np.divide(a, b)

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return chain(g, 1 / b), chain(g, -y / b)


@dataclass(frozen=True)
class Negative(Numeric):
    """y = −x"""

    def evaluate(self, x: Array) -> Array:
        return np.negative(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (-g,)


@dataclass(frozen=True)
class Where(Elementwise):
    """y = a where the condition holds, else b."""

    def infer(self, *inputs: Spec) -> Spec:
        condition, a, b = inputs
        if condition.dtype != bool_:
            raise DTypeError(f"where needs a bool condition, got {condition}; write a comparison")
        shape, dtype = super().infer(a, b)
        return Spec(broadcast(condition.shape, shape), dtype)

    def evaluate(self, condition: Array, a: Array, b: Array) -> Array:
        return np.where(condition, a, b)

    def vjp(self, g: Tensor, y: Tensor, condition: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        return None, self(condition, g, zero(g)), self(condition, zero(g), g)


def zero(like: Tensor) -> Tensor:
    """Return the number 0 in the data type of `like`."""
    return constant(np.zeros((), like.dtype))
