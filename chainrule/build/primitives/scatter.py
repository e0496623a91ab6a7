"""Scattering by other means than addition: products, the largest, the smallest; what is put.

Each is deterministic: what meets at one place does so in the order of appearance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from chainrule.array.dtype import DType, Scalar, greatest, int64, least
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import broadcast_to, reshape
from chainrule.build.primitives.comparison import Equal, IsNan, Less, Or
from chainrule.build.primitives.elementwise import Add, Astype, Multiply, Where, chain, zero
from chainrule.build.primitives.indexing import Gather, Scatter, ScatterAdd
from chainrule.build.primitives.movement import Flip, Place, Transpose, slice_of
from chainrule.build.primitives.ordering import Argsort
from chainrule.build.primitives.reduction import Prod, ReduceMax, ReduceMin
from chainrule.build.primitives.scan import ChainRecurrence, shifted
from chainrule.build.tensor import Cotangents, Tensor


@dataclass(frozen=True)
class ScatterMultiply(Scatter):
    """y = 1 in `shape`, and y[gather] *= x."""

    reduction = Prod(0)
    ufunc = np.multiply

    def start(self, dtype: DType) -> Scalar:
        return 1

    # dx_i = g · Π of the others at its place, as for `Prod`: nothing is divided by x_i.
    def vjp(self, g: Tensor, y: Tensor, x: Tensor, *indices: Tensor) -> Cotangents:
        places = _places(self, indices)
        rows = reshape(x, (places.size, x.size // places.size if places.size else 1))
        others = reshape(_others(rows, places), x.shape)
        return (chain(self.gather(g, *indices), others), *(None for _ in indices))


class ScatterExtreme(Scatter, abstract=True):
    """The element that comes first of those that meet; those that tie share the gradient."""

    def vjp(self, g: Tensor, y: Tensor, x: Tensor, *indices: Tensor) -> Cotangents:
        # A NaN does not equal itself, but where there is one it was chosen.
        chosen = Or()(Equal()(x, self.gather(y, *indices)), IsNan()(x))
        count = ScatterAdd(self.shape, self.gather)(Astype(g.dtype)(chosen), *indices)
        share = self.gather(g / count, *indices)
        return (Where()(chosen, share, zero(g)), *(None for _ in indices))


@dataclass(frozen=True)
class ScatterMax(ScatterExtreme):
    """y = the least number of the type in `shape`, and y[gather] = max(y[gather], x)."""

    reduction = ReduceMax(())
    ufunc = np.maximum

    def start(self, dtype: DType) -> Scalar:
        return least(dtype)


@dataclass(frozen=True)
class ScatterMin(ScatterExtreme):
    """y = the greatest number of the type in `shape`, and y[gather] = min(y[gather], x)."""

    reduction = ReduceMin(())
    ufunc = np.minimum

    def start(self, dtype: DType) -> Scalar:
        return greatest(dtype)


def overlaid(x: Tensor, ranges: Sequence[range], part: Tensor) -> Tensor:
    """Return `x` with `part` at `ranges`, one for each axis, none of them backwards."""
    slices = slice_of(ranges)
    mask = np.zeros(x.shape, np.bool_)
    mask[slices.key()] = True
    return Where()(constant(mask), Place(x.shape, slices)(part), x)


def overwritten(x: Tensor, gather: Gather, values: Tensor, *indices: Tensor) -> Tensor:
    """Return `x` with `values` where `gather` would look; of several at one place the last.

    The values are numbered, and each place takes the one with the largest number.
    """
    own = indices[0].shape[gather.shared :]
    if prod(own) == 0:
        return x
    order, known = gather.order(x.ndim), gather.shared + len(gather.axes)
    lengths = tuple(x.shape[axis] for axis in order)
    numbers = constant(np.arange(prod(own)).reshape(own))
    picked = Gather(tuple(range(gather.shared, known)), gather.shared, gather.from_end)
    last = ScatterMax(lengths[:known], picked)(broadcast_to(numbers, indices[0].shape), *indices)
    none = constant(np.zeros((), int64))
    untouched = Less()(last, none)
    flat = reshape(values, (*lengths[: gather.shared], prod(own), *lengths[known:]))
    rows = Gather((gather.shared,), gather.shared)(flat, Where()(untouched, none, last))
    mask = reshape(untouched, (*lengths[:known], *(1 for _ in lengths[known:])))
    back = Transpose(tuple(sorted(range(x.ndim), key=order.__getitem__)))
    return Where()(back(mask), x, back(rows))


def _places(scatter: Scatter, indices: tuple[Tensor, ...]) -> Tensor:
    """The number of the place that each index stands for, as one vector: row-major, from 0."""
    gather, shape = scatter.gather, indices[0].shape
    places = constant(np.zeros((), int64))
    for axis in range(gather.shared):
        own = np.arange(shape[axis]).reshape(-1, *(1 for _ in shape[axis + 1 :]))
        places = _further(places, shape[axis], constant(own))
    for axis, index in zip(gather.axes, indices, strict=True):
        length = scatter.shape[axis]
        places = _further(places, length, _from_front(Astype(int64)(index), length))
    return reshape(broadcast_to(places, shape), (prod(shape),))


def _further(places: Tensor, length: int, index: Tensor) -> Tensor:
    return Add()(Multiply()(places, constant(np.array(length))), index)


def _from_front(index: Tensor, length: int) -> Tensor:
    negative = Less()(index, constant(np.zeros((), int64)))
    return Where()(negative, Add()(index, constant(np.array(length))), index)


def _others(x: Tensor, places: Tensor) -> Tensor:
    """The product, for each row of `x`, of the other rows with its place."""
    order = Argsort(0)(places)
    pick, flip = Gather((0,)), Flip((0,))
    rows, sorted_places = pick(x, order), pick(places, order)
    first = Equal()(sorted_places, shifted(sorted_places, 0, -1))
    last = Equal()(flip(sorted_places), shifted(flip(sorted_places), 0, -1))
    others = chain(_before(rows, first), flip(_before(flip(rows), last)))
    return pick(others, Argsort(0)(order))


def _before(x: Tensor, follows: Tensor) -> Tensor:
    """The product of the rows before each row, back to the last that follows no other."""
    mask = reshape(follows, (x.shape[0], 1))
    start = constant(np.ones((), x.dtype))
    factors = Where()(mask, shifted(x, 0, 1.0), zero(x))
    return ChainRecurrence(0)(factors, broadcast_to(Where()(mask, zero(x), start), x.shape))
