"""Copies of an array with some of its elements changed: `x.at[key].set(value)`.

    set        y[key] = v          add   y[key] += v       multiply  y[key] *= v
    subtract   y[key] -= v         min   y[key] = min(y[key], v)     and max alike

The key is that of `x[key]`. Where it names one place several times, sums and products, the largest
and the smallest take all values, in their order; of what is set the last remains. Everything is
differentiable, with respect to `x` and to the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, asarray, operands
from chainrule.build.functions.indexing import Selection, getitem, selected
from chainrule.build.operators import operator
from chainrule.build.primitives.broadcast import broadcast_to
from chainrule.build.primitives.elementwise import Add, Elementwise, Multiply
from chainrule.build.primitives.extremum import Maximum, Minimum
from chainrule.build.primitives.indexing import Gather, Scatter, ScatterAdd, along, check_indices
from chainrule.build.primitives.scatter import (
    ScatterMax,
    ScatterMin,
    ScatterMultiply,
    overwritten,
)
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError, OptionError, ShapeError

# What is combined at a place with what stands there, and how values that meet are combined.
WAYS: dict[str, tuple[type[Elementwise], type[Scatter]]] = {
    "add": (Add, ScatterAdd),
    "multiply": (Multiply, ScatterMultiply),
    "min": (Minimum, ScatterMin),
    "max": (Maximum, ScatterMax),
}


@operator
def at(x: ArrayLike, /) -> At:
    """Return what `x.at` is: the way to copies of `x` with some elements changed."""
    return At(asarray(x))


@dataclass(frozen=True)
class At:
    """An array about to be changed in places: `x.at[key]`.

    >>> asarray([1.0, 2.0, 3.0]).at[1:].set(0.0)
    Tensor([1., 0., 0.], float32)
    """

    x: Tensor

    def __getitem__(self, key: Any) -> Spots:
        return Spots(self.x, key)


@dataclass(frozen=True)
class Spots:
    """The places of an array that a key names.

    Values broadcast to the shape of `x[key]` and take the type of `x`.

    Errors of all: those of `x[key]`; `ShapeError` for values that do not broadcast, `DTypeError`
    for values of a higher type than the array's.
    """

    x: Tensor
    key: Any

    def get(self) -> Tensor:
        """Return `x[key]`.

        >>> asarray([1.0, 2.0, 3.0]).at[1:].get()
        Tensor([2., 3.], float32)
        """
        return getitem(self.x, self.key)

    def set(self, values: ArrayLike, /) -> Tensor:
        """Return `x` with `values` at the places; of several at one place the last.

        >>> asarray([1.0, 2.0, 3.0]).at[[0, 0]].set([7.0, 8.0])
        Tensor([8., 2., 3.], float32)
        """
        selection, new = self._prepared(values)
        if not selection.picks:
            return selection.put(self.x, new)
        kept = selection.kept(self.x)
        return selection.put(
            self.x,
            overwritten(kept, Gather(selection.axes), selection.picked(new), *selection.indices),
        )

    def add(self, values: ArrayLike, /) -> Tensor:
        """Return `x` with `values` added at the places, one after the other.

        >>> asarray([1.0, 2.0, 3.0]).at[[0, 0]].add([7.0, 8.0])
        Tensor([16.,  2.,  3.], float32)
        """
        return self._combined("add", values)

    def subtract(self, values: ArrayLike, /) -> Tensor:
        """Return `x` with `values` subtracted at the places, one after the other.

        >>> asarray([1.0, 2.0, 3.0]).at[0].subtract(1.0)
        Tensor([0., 2., 3.], float32)
        """
        return self._combined("add", -asarray(operands(self.x, values)[1]))

    def multiply(self, values: ArrayLike, /) -> Tensor:
        """Return `x` multiplied by `values` at the places, one after the other.

        >>> asarray([1.0, 2.0, 3.0]).at[[1, 1]].multiply([7.0, 8.0])
        Tensor([  1., 112.,   3.], float32)
        """
        return self._combined("multiply", values)

    def min(self, values: ArrayLike, /) -> Tensor:
        """Return `x` with the smallest of `x` and all `values` at the places.

        >>> asarray([1.0, 2.0, 3.0]).at[:].min(2.0)
        Tensor([1., 2., 2.], float32)
        """
        return self._combined("min", values)

    def max(self, values: ArrayLike, /) -> Tensor:
        """Return `x` with the largest of `x` and all `values` at the places.

        >>> asarray([1.0, 2.0, 3.0]).at[:].max(2.0)
        Tensor([2., 2., 3.], float32)
        """
        return self._combined("max", values)

    def _prepared(self, values: ArrayLike) -> tuple[Selection, Tensor]:
        """What the key selects, and the values in its shape and the array's type."""
        selection = selected(self.x.shape, self.key)
        return selection, broadcast_to(_fitting(self.x, values), selection.result)

    def _combined(self, way: str, values: ArrayLike) -> Tensor:
        selection, new = self._prepared(values)
        kept = selection.kept(self.x)
        if not selection.picks:
            return selection.put(self.x, WAYS[way][0]()(kept, new))
        gather = Gather(selection.axes)
        changed = _scattered(kept, gather, way, selection.picked(new), *selection.indices)
        return selection.put(self.x, changed)


def put_along_axis(
    x: ArrayLike,
    indices: ArrayLike,
    values: ArrayLike,
    /,
    *,
    axis: int = -1,
    way: str = "set",
) -> Tensor:
    """Return `x` with v_(a i c) at y_(a n c), n = indices_(a i c): `take_along_axis` reversed.

    `way` says what becomes of what stands there: "set" replaces it, "add", "multiply", "min" and
    "max" combine it with all values that meet; of several that are set the last remains. `x` and
    `indices` have equally many axes, of the same lengths except `axis`; `values` broadcast to the
    shape of `indices`.

    Errors: `OptionError` for another way, `DataError` for an index outside the axis, `ShapeError`
    where shapes do not fit, `DTypeError` for indices that are no integers and for values of a
    higher type than the array's.

    >>> put_along_axis([[1.0, 2.0], [3.0, 4.0]], [[1], [0]], 9.0)
    Tensor([[1., 9.],
            [9., 4.]], float32)
    """
    held, index = asarray(x), asarray(indices)
    number = normalize_axis(axis, held.ndim)
    if index.ndim != held.ndim or along(index, number).shape[:-1] != along(held, number).shape[:-1]:
        raise ShapeError(
            f"put_along_axis needs indices like {held.shape} except along axis {number}, "
            f"got {index.shape}"
        )
    if index.value is not None and index.dtype.kind in "iu":
        check_indices(index.value, held.shape[number], number)
    new = broadcast_to(_fitting(held, values), index.shape)
    gather = Gather((held.ndim - 1,), held.ndim - 1)
    lines = (along(held, number), gather, way, along(new, number), along(index, number))
    return along(_put(*lines), number, back=True)


def _put(x: Tensor, gather: Gather, way: str, values: Tensor, *indices: Tensor) -> Tensor:
    if way == "set":
        return overwritten(x, gather, values, *indices)
    if way not in WAYS:
        raise OptionError(f"put_along_axis knows the ways set, {', '.join(WAYS)}, got {way!r}")
    return _scattered(x, gather, way, values, *indices)


def _scattered(x: Tensor, gather: Gather, way: str, values: Tensor, *indices: Tensor) -> Tensor:
    combine, scatter = WAYS[way]
    return combine()(x, scatter(x.shape, gather)(values, *indices))


def _fitting(x: Tensor, values: ArrayLike) -> Tensor:
    """The values in the type of `x`."""
    _, new = operands(x, values)
    if new.dtype != x.dtype:
        raise DTypeError(f"an array of {x.dtype} cannot hold values of {new.dtype}; use astype")
    return new
