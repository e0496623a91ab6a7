"""Convolution: one form in three arrays, and each of them from the other two.

    E = Σ y_(n o p) w_(o c t) x_(n c i)    over all places with  i = stride·p + dilation·t − low

∂E/∂y is the convolution of the image x with the weights w; ∂E/∂x and ∂E/∂w are its derivatives. So
the form is closed under differentiation, and a transposed convolution is ∂E/∂x. A place i outside
the image takes part in no sum: padding costs nothing, and meets no weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

import numpy as np

from chainrule.array.shape import Shape, size_of
from chainrule.build.primitives.broadcast import reshape, stretched
from chainrule.build.primitives.contraction import product
from chainrule.build.primitives.movement import Transpose
from chainrule.build.tensor import Array, Cost, Cotangents, Primitive, Spec, Tensor, bytes_of
from chainrule.errors import DTypeError, ShapeError


class Part(Enum):
    """An array of the form: x (n, groups·c, …), w (groups·o, c, …), y (n, groups·o, …)."""

    IMAGE = auto()
    WEIGHTS = auto()
    RESULT = auto()


@dataclass(frozen=True)
class Geometry:
    """How places of the three arrays belong together: i = stride·p + dilation·t − low.

    Each field but the last has a number for each spatial axis; `image`, `taps` and `result` are how
    many i, t and p there are. Channels of different groups do not meet.
    """

    image: Shape
    taps: Shape
    result: Shape
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    low: tuple[int, ...]
    groups: int

    def lengths(self, part: Part) -> Shape:
        """Return the lengths of the spatial axes of `part`."""
        return {Part.IMAGE: self.image, Part.WEIGHTS: self.taps, Part.RESULT: self.result}[part]

    def met(self, axis: int, tap: int) -> tuple[slice, slice]:
        """Return the places i of the image, and p of the result, that a tap brings together."""
        stride, shift = self.strides[axis], self.dilations[axis] * tap - self.low[axis]
        first = max(0, -(shift // stride))
        stop = min(self.result[axis], (self.image[axis] - 1 - shift) // stride + 1)
        if stop <= first:
            return slice(0, 0), slice(0, 0)
        start, last = (stride * place + shift for place in (first, stop - 1))
        return slice(start, last + 1, stride), slice(first, stop)

    def pairs(self) -> int:
        """Return how many places of the result and of the taps meet a place of the image."""
        counts = (
            sum(len(range(*self.met(axis, tap)[1].indices(length))) for tap in range(taps))
            for axis, (taps, length) in enumerate(zip(self.taps, self.result, strict=True))
        )
        return math.prod(counts)


@dataclass(frozen=True)
class Convolve(Primitive):
    """y_(n o p) = Σ_(c t) w_(o c t) x_(n c i), or x, or w, of the same form.

    `made` is the array that is computed; the other two are given, in the order x, w, y.
    """

    made: Part
    geometry: Geometry

    @property
    def given(self) -> tuple[Part, Part]:
        """The two arrays that are given."""
        one, other = (part for part in Part if part is not self.made)
        return one, other

    def infer(self, one: Spec, other: Spec) -> Spec:
        if one.dtype != other.dtype or one.dtype.kind == "b":
            raise DTypeError(f"a convolution takes numbers of one data type, got {one} and {other}")
        shapes = {part: x.shape for part, x in zip(self.given, (one, other), strict=True)}
        lengths = self._lengths(shapes)
        for part, shape in shapes.items():
            if shape != self._shape(part, lengths):
                raise ShapeError(
                    f"a convolution's {part.name.lower()} has shape {self._shape(part, lengths)} "
                    f"beside {shapes}, got {shape}"
                )
        return Spec(self._shape(self.made, lengths), one.dtype)

    def _lengths(self, shapes: Mapping[Part, Shape]) -> dict[str, int]:
        """How many examples there are, and channels of image and result in a group."""
        groups = self.geometry.groups
        lengths: dict[str, int] = {}
        if Part.RESULT in shapes:
            lengths |= {"n": shapes[Part.RESULT][0], "o": shapes[Part.RESULT][1] // groups}
        if Part.WEIGHTS in shapes:
            lengths |= {"o": shapes[Part.WEIGHTS][0] // groups, "c": shapes[Part.WEIGHTS][1]}
        if Part.IMAGE in shapes:
            lengths |= {"n": shapes[Part.IMAGE][0], "c": shapes[Part.IMAGE][1] // groups}
        return lengths

    def _shape(self, part: Part, lengths: Mapping[str, int]) -> Shape:
        groups, places = self.geometry.groups, self.geometry.lengths(part)
        match part:
            case Part.IMAGE:
                return (lengths["n"], groups * lengths["c"], *places)
            case Part.WEIGHTS:
                return (groups * lengths["o"], lengths["c"], *places)
        return (lengths["n"], groups * lengths["o"], *places)

    def evaluate(self, one: Array, other: Array) -> Array:
        return self._summed(one, other)

    def _summed(self, one: Array, other: Array, absorbs: bool = False) -> Array:
        """The sums, tap by tap; with `absorbs`, without the products of which a factor is 0."""
        spec = self.infer(Spec(one.shape, one.dtype), Spec(other.shape, other.dtype))
        made = np.zeros(spec.shape, spec.dtype)
        given = dict(zip(self.given, (one, other), strict=True))
        parts = {part: self._grouped(part, x) for part, x in {**given, self.made: made}.items()}
        for keys in self._meetings():
            a, b = (_flat(parts[part][keys[part]], part) for part in self.given)
            place = parts[self.made][keys[self.made]]
            place += _joined(self.made, a, b, absorbs).reshape(place.shape)
        return made

    def _meetings(self) -> Iterator[dict[Part, Any]]:
        """Go through the taps: where in each array its elements lie that meet there."""
        for tap in np.ndindex(*self.geometry.taps):
            met = [self.geometry.met(axis, place) for axis, place in enumerate(tap)]
            image, result = ((..., *side) for side in (zip(*met, strict=True) if met else ((), ())))
            yield {Part.IMAGE: image, Part.WEIGHTS: (..., *tap), Part.RESULT: result}

    def _grouped(self, part: Part, x: Array) -> Array:
        """A view of `x` with an axis for the groups."""
        axis, groups = int(part is not Part.WEIGHTS), self.geometry.groups
        front, length, behind = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
        return x.reshape(*front, groups, length // groups, *behind)

    def vjp(self, g: Tensor, y: Tensor, one: Tensor, other: Tensor) -> Cotangents:
        form = dict(zip(self.given, (one, other), strict=True)) | {self.made: g}
        return [
            ChainConvolve(part, self.geometry)(*(form[p] for p in Part if p is not part))
            if form[part].tracked
            else None
            for part in self.given
        ]

    def batch(self, batched: Sequence[bool], *inputs: Tensor) -> Tensor:
        shared = dict(zip(self.given, batched, strict=True)).get(Part.WEIGHTS, True) is False
        if shared:
            return self._over_examples(inputs)
        apart = stretched(batched, inputs)
        count = apart[0].shape[0]
        wide = replace(self.geometry, groups=count * self.geometry.groups)
        made = replace(self, geometry=wide)(
            *(_merged(x, part) for part, x in zip(self.given, apart, strict=True))
        )
        return _parted(made, self.made, count)

    def _over_examples(self, inputs: Sequence[Tensor]) -> Tensor:
        """The batch as more examples, where all share the weights."""
        (count, examples), *_ = (
            x.shape[:2] for p, x in zip(self.given, inputs, strict=True) if p is not Part.WEIGHTS
        )
        made = self(
            *(
                x if part is Part.WEIGHTS else reshape(x, (count * examples, *x.shape[2:]))
                for part, x in zip(self.given, inputs, strict=True)
            )
        )
        return reshape(made, (count, examples, *made.shape[1:]))

    def cost(self, *inputs: Spec) -> Cost:
        result = self.infer(*inputs)
        shapes = {part: x.shape for part, x in zip(self.given, inputs, strict=True)}
        lengths = self._lengths({**shapes, self.made: result.shape})
        sums = self.geometry.groups * self.geometry.pairs() * math.prod(lengths.values())
        return Cost(2 * sums, bytes_of(*inputs, result))


@dataclass(frozen=True)
class ChainConvolve(Convolve):
    """The same sums without the products of which one factor is exactly 0 and the other no number.

    The absorbing zero for convolutions.
    """

    def evaluate(self, one: Array, other: Array) -> Array:
        made = self._summed(one, other)
        return self._summed(one, other, absorbs=True) if np.isnan(made).any() else made


def _flat(x: Array, part: Part) -> Array:
    """What meets at a tap as matrices: o × c, or channels × places."""
    return x if part is Part.WEIGHTS else x.reshape(*x.shape[:3], size_of(x.shape[3:]))


def _joined(made: Part, one: Array, other: Array, absorbs: bool) -> Array:
    """The sums of one tap: y = w x, x = wᵀ y, or w = Σ_n y xᵀ."""
    multiply = _absorbing if absorbs else product
    match made:
        case Part.RESULT:
            return multiply(other, one)
        case Part.IMAGE:
            return multiply(one.swapaxes(-1, -2), other)
    return np.asarray(multiply(other, one.swapaxes(-1, -2)).sum(0))


def _absorbing(a: Array, b: Array) -> Array:
    """The matrix product in which zero times anything is zero."""
    places = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    total = np.zeros((*places, a.shape[-2], b.shape[-1]), a.dtype)
    for k in range(a.shape[-1]):
        left, right = a[..., :, k, None], b[..., k, None, :]
        total += np.where((left == 0) | (right == 0), 0, left * right)
    return total


def _merged(x: Tensor, part: Part) -> Tensor:
    """`x` with its batch axis in front taken for more groups."""
    if part is Part.WEIGHTS:
        return reshape(x, (x.shape[0] * x.shape[1], *x.shape[2:]))
    moved = Transpose((1, 0, *range(2, x.ndim)))(x)
    return reshape(moved, (x.shape[1], x.shape[0] * x.shape[2], *x.shape[3:]))


def _parted(x: Tensor, part: Part, count: int) -> Tensor:
    """`x` with the batch taken out of its groups."""
    if part is Part.WEIGHTS:
        return reshape(x, (count, x.shape[0] // count, *x.shape[1:]))
    apart = reshape(x, (x.shape[0], count, x.shape[1] // count, *x.shape[2:]))
    return Transpose((1, 0, *range(2, apart.ndim)))(apart)
