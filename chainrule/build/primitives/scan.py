"""Scans: sums, products and recurrences that run along an axis and keep every step."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainrule.array.dtype import int64
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import stretched
from chainrule.build.primitives.elementwise import absorbed, chain
from chainrule.build.primitives.movement import Concatenate, Flip, Slice
from chainrule.build.tensor import Array, Cotangents, Primitive, Spec, Tensor


@dataclass(frozen=True)
class Scan(Primitive, abstract=True):
    """y_k = f(x_0, …, x_k) for each k along an axis."""

    axis: int

    def infer(self, *inputs: Spec) -> Spec:
        return inputs[0]

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        return replace(self, axis=self.axis + 1)(*stretched(batched, inputs))


@dataclass(frozen=True)
class CumulativeSum(Scan):
    """y_k = Σ_(j≤k) x_j along an axis."""

    def evaluate(self, x: Array) -> Array:
        return np.cumsum(x, self.axis, dtype=x.dtype)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        flip = Flip((self.axis,))
        return (flip(self(flip(g))),)


@dataclass(frozen=True)
class CumulativeProd(Scan):
    """y_k = Π_(j≤k) x_j along an axis."""

    def evaluate(self, x: Array) -> Array:
        return np.cumprod(x, self.axis, dtype=x.dtype)

    # y_i = y_(k−1) · x_k · x_(k+1) ⋯ x_i        dx_k = y_(k−1) · Σ_(i≥k) g_i · x_(k+1) ⋯ x_i
    # Nothing is divided by x_k, so that zeros do no harm.
    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (chain(arriving(g, x, self.axis), shifted(y, self.axis, 1.0)),)


class CumulativePlace(Scan, abstract=True):
    """y_k = the smallest i ≤ k such that x_i comes first in an order; NaN comes before all."""

    def infer(self, *inputs: Spec) -> Spec:
        return Spec(inputs[0].shape, int64)

    def evaluate(self, x: Array) -> Array:
        along = np.moveaxis(x, self.axis, -1)
        best = self.running(along)
        # A place counts where what is best so far changes: numbers to better ones or to NaN, once.
        is_new = self.is_better(along[..., 1:], best[..., :-1]) | (
            np.isnan(along[..., 1:]) & ~np.isnan(best[..., :-1])
        )
        places = np.zeros(along.shape, np.int64)
        places[..., 1:] = is_new * np.arange(1, along.shape[-1] or 1)
        return np.moveaxis(np.maximum.accumulate(places, -1), -1, self.axis)

    @abstractmethod
    def running(self, x: Array) -> Array:
        """Return the element that comes first, up to each place along the last axis."""

    @abstractmethod
    def is_better(self, x: Array, best: Array) -> Array:
        """Tell whether numbers of `x` come before those of `best`."""

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (None,)


@dataclass(frozen=True)
class CumulativeArgMax(CumulativePlace):
    """y_k = the smallest i with x_i = max(x_0, …, x_k) along an axis."""

    def running(self, x: Array) -> Array:
        return np.maximum.accumulate(x, -1)

    def is_better(self, x: Array, best: Array) -> Array:
        return np.greater(x, best)


@dataclass(frozen=True)
class CumulativeArgMin(CumulativePlace):
    """y_k = the smallest i with x_i = min(x_0, …, x_k) along an axis."""

    def running(self, x: Array) -> Array:
        return np.minimum.accumulate(x, -1)

    def is_better(self, x: Array, best: Array) -> Array:
        return np.less(x, best)


@dataclass(frozen=True)
class ChainRecurrence(Scan):
    """y_k = a_k·y_(k−1) + b_k along an axis, the first without a; a zero absorbs as in `Chain`.

    It carries gradients back along an axis, and is closed under differentiation.
    """

    def evaluate(self, a: Array, b: Array) -> Array:
        y = b.copy()
        factors, steps = np.moveaxis(a, self.axis, 0), np.moveaxis(y, self.axis, 0)
        for k in range(1, len(steps)):
            steps[k] += absorbed(factors[k] * steps[k - 1], factors[k], steps[k - 1])
        return y

    def vjp(self, g: Tensor, y: Tensor, a: Tensor, b: Tensor) -> Cotangents:
        db = arriving(g, a, self.axis)
        return chain(db, shifted(y, self.axis, 0.0)), db


def arriving(g: Tensor, a: Tensor, axis: int) -> Tensor:
    """Return λ_k = g_k + a_(k+1)·λ_(k+1): what arrives at step k from the steps after it."""
    flip = Flip((axis,))
    return flip(ChainRecurrence(axis)(shifted(flip(a), axis, 0.0), flip(g)))


def shifted(x: Tensor, axis: int, first: float) -> Tensor:
    """Return y_k = x_(k−1) along `axis`, beginning with `first`."""
    if x.shape[axis] == 0:
        return x
    length = tuple(count - (i == axis) for i, count in enumerate(x.shape))
    return begun(Slice((0,) * x.ndim, length, (1,) * x.ndim)(x), axis, first)


def begun(x: Tensor, axis: int, first: float) -> Tensor:
    """Return `x` with one step more in front along `axis`, made of `first`."""
    shape = tuple(1 if i == axis else count for i, count in enumerate(x.shape))
    return Concatenate(axis)(constant(np.full(shape, first, x.dtype)), x)
