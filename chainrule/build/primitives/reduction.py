"""Reductions other than the sum: largest and smallest element, their places, the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from chainrule.array.dtype import bool_, int64
from chainrule.array.shape import Shape, reduced, size_of
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import Reduction, Sum, row_major, spread
from chainrule.build.primitives.comparison import Equal, IsNan, Or
from chainrule.build.primitives.elementwise import Astype, Where, chain
from chainrule.build.primitives.movement import Flip
from chainrule.build.primitives.scan import CumulativeProd, shifted
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of
from chainrule.errors import ShapeError


@dataclass(frozen=True)
class Extreme(Reduction, abstract=True):
    """y = the element of x along axes that comes first in an order; NaN comes before all.

    Elements that tie share the gradient equally. Of no elements there is no extreme, except of
    bools.
    """

    def infer(self, x: Spec) -> Spec:
        if x.dtype != bool_:
            check_not_empty(self, x.shape, self.axes)
        return super().infer(x)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        # A NaN does not equal itself, but where there is one it was chosen.
        chosen = Or()(Equal()(x, spread(y, x.shape, self.axes)), IsNan()(x))
        share = g / Sum(self.axes)(Astype(g.dtype)(chosen))
        zero = constant(np.zeros((), g.dtype))
        return (Where()(chosen, spread(share, x.shape, self.axes), zero),)


@dataclass(frozen=True)
class ReduceMax(Extreme):
    """y = max x over axes, which vanish; of no bools it is False."""

    def evaluate(self, x: Array) -> Array:
        initial = False if x.dtype == bool_ else None
        return np.asarray(np.maximum.reduce(row_major(x), self.axes, initial=initial))


@dataclass(frozen=True)
class ReduceMin(Extreme):
    """y = min x over axes, which vanish; of no bools it is True."""

    def evaluate(self, x: Array) -> Array:
        initial = True if x.dtype == bool_ else None
        return np.asarray(np.minimum.reduce(row_major(x), self.axes, initial=initial))


def check_not_empty(primitive: Primitive, shape: Shape, axes: tuple[int, ...]) -> None:
    """Raise where an array of `shape` has no elements along `axes`."""
    if 0 in (shape[axis] for axis in axes):
        raise ShapeError(
            f"{type(primitive).__name__} over axes {axes} of shape {shape}: no elements to "
            "choose from; leave empty arrays out"
        )


@dataclass(frozen=True)
class Along(Primitive, abstract=True):
    """y = one element for all elements of x along one axis, which vanishes."""

    axis: int

    def infer(self, x: Spec) -> Spec:
        return Spec(reduced(x.shape, (self.axis,)), x.dtype)

    def batch(self, batched: Sequence[bool], x: Tensor) -> Tensor:
        return replace(self, axis=self.axis + 1)(x)

    def cost(self, *inputs: Spec) -> Cost:
        return Cost(size_of(inputs[0].shape), bytes_of(*inputs, self.infer(*inputs)))


@dataclass(frozen=True)
class Prod(Along):
    """y = Π x along an axis, which vanishes."""

    def evaluate(self, x: Array) -> Array:
        return np.asarray(np.prod(row_major(x), self.axis, dtype=x.dtype))

    # dx_i = g · (x_0 ⋯ x_(i−1)) · (x_(i+1) ⋯ x_n): right where x is 0, unlike g · y / x_i.
    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        flip = Flip((self.axis,))
        others = self._before(x) * flip(self._before(flip(x)))
        return (chain(spread(g, x.shape, (self.axis,)), others),)

    def _before(self, x: Tensor) -> Tensor:
        return shifted(CumulativeProd(self.axis)(x), self.axis, 1.0)


@dataclass(frozen=True)
class ArgExtreme(Along, abstract=True):
    """y = the smallest i such that x_i comes first in an order; NaN comes before all."""

    def infer(self, x: Spec) -> Spec:
        check_not_empty(self, x.shape, (self.axis,))
        return Spec(reduced(x.shape, (self.axis,)), int64)

    def vjp(self, g: Tensor, y: Tensor, x: Tensor) -> Cotangents:
        return (None,)


@dataclass(frozen=True)
class ArgMax(ArgExtreme):
    """y = the smallest i with x_i = max x along an axis, which vanishes."""

    def evaluate(self, x: Array) -> Array:
        return np.asarray(np.argmax(x, self.axis), int64)


@dataclass(frozen=True)
class ArgMin(ArgExtreme):
    """y = the smallest i with x_i = min x along an axis, which vanishes."""

    def evaluate(self, x: Array) -> Array:
        return np.asarray(np.argmin(x, self.axis), int64)
