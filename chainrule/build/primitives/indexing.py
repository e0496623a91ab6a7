"""Indexing by arrays: gather elements, and scatter them back with addition.

The two are each other's transpose, so they stand together. Everything that looks elements up is
made of them: advanced indexing, embeddings, the picking of a label's probability, permutations.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

import numpy as np

from chainrule.array.dtype import DType, Scalar, is_integer
from chainrule.array.shape import Shape, size_of
from chainrule.build.primitives.broadcast import Movement, Sum, stretched
from chainrule.build.primitives.movement import Transpose
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of
from chainrule.errors import DataError, DTypeError, ShapeError


@dataclass(frozen=True)
class Gather(Movement):
    """y_(b i r) = x_(b r), the indices n¹_(b i), n²_(b i), … standing in it at axes.

    The first `shared` axes b belong to data and indices alike; behind them y has the indices' own
    axes i, then those axes r of x that are not indexed. Where `from_end`, −1 is the last index.
    """

    axes: tuple[int, ...]
    shared: int = 0
    from_end: bool = True

    def infer(self, x: Spec, *indices: Spec) -> Spec:
        shape = indices[0].shape
        if any(index.shape != shape for index in indices) or len(indices) != len(self.axes):
            listed = ", ".join(map(str, indices))
            raise ShapeError(f"needs {len(self.axes)} index arrays of one shape, got {listed}")
        if not all(is_integer(index.dtype) for index in indices):
            raise DTypeError(f"indices are integers, got {', '.join(map(str, indices))}")
        if shape[: self.shared] != x.shape[: self.shared]:
            raise ShapeError(f"{x} and indices {shape} must agree in the first {self.shared} axes")
        return Spec((*shape, *(x.shape[axis] for axis in self._rest(len(x.shape)))), x.dtype)

    def _rest(self, rank: int) -> list[int]:
        return [axis for axis in range(self.shared, rank) if axis not in self.axes]

    def order(self, rank: int) -> tuple[int, ...]:
        """Return the axes of the data: the shared ones, the indexed ones, the others."""
        return (*range(self.shared), *self.axes, *self._rest(rank))

    def evaluate(self, x: Array, *indices: Array) -> Array:
        self.check(x.shape, indices)
        if len(self.axes) == 1 and not self.shared:
            return x.transpose(self.order(x.ndim)).take(indices[0].astype(np.intp), 0)
        return x.transpose(self.order(x.ndim))[self.key(x.shape, indices)]

    def check(self, shape: Shape, indices: Sequence[Array]) -> None:
        """Raise `DataError` where an index lies outside its axis of the data's `shape`."""
        for axis, index in zip(self.axes, indices, strict=True):
            check_indices(index, shape[axis], axis, self.from_end)

    def key(self, shape: Shape, indices: Sequence[Array]) -> tuple[Array, ...]:
        """Return the NumPy index of what is gathered from data in `order`, all numbers positive."""
        own = (1,) * (indices[0].ndim - self.shared)
        places = np.indices(shape[: self.shared], sparse=True)
        lengths = (shape[axis] for axis in self.axes)
        return (
            *(place.reshape(place.shape + own) for place in places),
            *(_wrapped(index, length) for index, length in zip(indices, lengths, strict=True)),
        )

    def vjp(self, g: Tensor, y: Tensor, x: Tensor, *indices: Tensor) -> Cotangents:
        return (ScatterAdd(x.shape, self)(g, *indices), *(None for _ in indices))

    def batch(self, batched: Sequence[bool], x: Tensor, *indices: Tensor) -> Tensor:
        if not batched[0] and not self.shared:
            return self(x, *stretched(batched[1:], indices))
        return self.batched()(*stretched(batched, (x, *indices)))

    def batched(self) -> Gather:
        """Return the gather with one more shared axis in front."""
        return replace(self, axes=tuple(axis + 1 for axis in self.axes), shared=self.shared + 1)

    def cost(self, x: Spec, *indices: Spec) -> Cost:  # type: ignore[override]
        result = self.infer(x, *indices)
        return Cost(0, bytes_of(result, result, *indices))


@dataclass(frozen=True)
class Scatter(Primitive, abstract=True):
    """y = one number in `shape`, and what x has at y[gather] combined with it, one by one.

    What meets at one place is combined in the order of appearance, as `reduction` would.
    """

    shape: Shape
    gather: Gather

    reduction: ClassVar[Primitive]
    ufunc: ClassVar[np.ufunc]

    def infer(self, x: Spec, *indices: Spec) -> Spec:
        expected = self.gather.infer(Spec(self.shape, x.dtype), *indices)
        if expected != x:
            raise ShapeError(f"{x} does not fit the {expected} that the indices point to")
        return Spec(self.shape, x.dtype)

    def evaluate(self, x: Array, *indices: Array) -> Array:
        self.gather.check(self.shape, indices)
        order = self.gather.order(len(self.shape))
        lengths = tuple(self.shape[axis] for axis in order)
        key = self.gather.key(self.shape, indices)
        y = np.full(lengths, self.start(x.dtype), x.dtype)
        # One flat index a number: NumPy combines along those ten times faster than along rows.
        row = prod(lengths[len(key) :])
        starts = np.ravel_multi_index(np.broadcast_arrays(*key), lengths[: len(key)]) * row
        places = np.add.outer(starts, np.arange(row)).reshape(-1)
        self.ufunc.at(y.reshape(-1), places, x.reshape(-1))
        return y.transpose(np.argsort(order))

    @abstractmethod
    def start(self, dtype: DType) -> Scalar:
        """Return what stands where nothing was scattered."""

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        whole = stretched(batched, inputs)
        shape = (whole[0].shape[0], *self.shape)
        return replace(self, shape=shape, gather=self.gather.batched())(*whole)

    def cost(self, x: Spec, *indices: Spec) -> Cost:  # type: ignore[override]
        return Cost(size_of(x.shape), bytes_of(x, *indices, Spec(self.shape, x.dtype)))


@dataclass(frozen=True)
class ScatterAdd(Scatter):
    """y = 0 in `shape`, and y[gather] += x: the transpose of `Gather`."""

    reduction = Sum(())
    ufunc = np.add

    def start(self, dtype: DType) -> Scalar:
        return 0

    def vjp(self, g: Tensor, y: Tensor, x: Tensor, *indices: Tensor) -> Cotangents:
        return (self.gather(g, *indices), *(None for _ in indices))


def _wrapped(index: Array, length: int) -> Array:
    """The index with negative numbers counted from the front."""
    whole = index.astype(np.intp, copy=False)
    return np.where(whole < 0, whole + length, whole) if (whole < 0).any() else whole


def check_indices(index: Array, length: int, axis: int, from_end: bool = True) -> None:
    """Raise `DataError` naming the first element of `index` that an axis of `length` lacks.

    Where `from_end`, −1 stands for the last element, −length for the first.
    """
    wrong = first_outside(index, -length if from_end else 0, length)
    if wrong is None:
        return
    where = f" (at {list(wrong)} of the index array)" if wrong else ""
    valid = f"valid are {-length if from_end else 0} to {length - 1}"
    raise DataError(
        f"index {index[wrong]}{where} is outside axis {axis}, which has length {length}; "
        f"{valid if length else 'no index is valid'}"
    )


def first_outside(index: Array, low: int, high: int) -> tuple[int, ...] | None:
    """Return the place of the first element that is not in low … high − 1; `None` if all are."""
    if index.size == 0 or (low <= index.min() and index.max() < high):
        return None
    return tuple(int(place) for place in np.argwhere((index < low) | (index >= high))[0])


def gather_along(x: Tensor, indices: Tensor, axis: int) -> Tensor:
    """Return y_(a i c) = x_(a n c) with n = indices_(a i c); the other axes agree in length."""
    last = x.ndim - 1
    return along(Gather((last,), last)(along(x, axis), along(indices, axis)), axis, back=True)


def along(x: Tensor, axis: int, back: bool = False) -> Tensor:
    """Return `x` with `axis` moved to the end; or, on the way `back`, the last axis to there."""
    if axis == x.ndim - 1:
        return x
    order = (*(other for other in range(x.ndim) if other != axis), axis)
    return Transpose(tuple(sorted(range(x.ndim), key=order.__getitem__)) if back else order)(x)
