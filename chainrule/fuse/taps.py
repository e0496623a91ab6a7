"""Single taps of windows, as slices; and the transpose of windows, as sums of taps.

unwindow(f_(i t))_(q·step + r)  =  Σ f at window q − m and tap t, over t·dilation = m·step + r
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import cast

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.leaf import constant
from chainrule.build.primitives.broadcast import Broadcast, broadcast_to, reshape
from chainrule.build.primitives.elementwise import Add, Elementwise, Where, zero
from chainrule.build.primitives.movement import Place, Slice, part, sliced
from chainrule.build.primitives.window import Interleave, Unwindow, Window
from chainrule.build.tensor import Tensor


@dataclass
class Taps:
    """Reads single taps of what has the `shape` of windows, at ranges of `places`.

    Places may lie outside; what is found there means nothing.
    """

    window: Window
    shape: Shape
    places: Sequence[range]

    def __post_init__(self) -> None:
        self.made: dict[object, Tensor] = {}

    def at(self, x: Tensor, tap: Sequence[int], places: Sequence[range]) -> Tensor:
        """Return `x` at `tap` of the windows at `places`, an array without axes of taps."""
        key = (x, *tap, *places)
        if key not in self.made:
            self.made[key] = self._at(x, tap, places)
        return self.made[key]

    def _at(self, x: Tensor, tap: Sequence[int], places: Sequence[range]) -> Tensor:
        if x.size == 1:
            return reshape(x, ())
        if isinstance(x.primitive, Elementwise) and x.inputs:
            operands = [self.at(cast(Tensor, y), tap, places) for y in x.inputs]
            return _chosen(operands) if _is_decided(x, operands) else x.primitive(*operands)
        if isinstance(x.primitive, Broadcast) and x.inputs:
            return self.at(cast(Tensor, x.inputs[0]), tap, places)
        if x.primitive == self.window and x.inputs:
            return self._of_image(cast(Tensor, x.inputs[0]), tap, places)
        return self._of_windows(x, tap, places)

    def _of_image(self, x: Tensor, tap: Sequence[int], places: Sequence[range]) -> Tensor:
        wanted, room = [range(length) for length in x.shape], [*x.shape]
        each = zip(self.window.each(), tap, places, self.places, strict=True)
        for (axis, _, step, dilation), t, place, most in each:
            first = place.start * step + t * dilation
            wanted[axis] = range(first, first + len(place) * step, step)
            room[axis] = max(room[axis], len(most) * step)
        return self._taken(x, wanted, [0] * x.ndim, room)

    def _of_windows(self, x: Tensor, tap: Sequence[int], places: Sequence[range]) -> Tensor:
        rank = len(self.shape) - len(tap)
        whole = reshape(x, (1,) * (len(self.shape) - x.ndim) + x.shape)
        for axis, t in enumerate(tap, rank):
            if whole.shape[axis] > 1:
                whole = part(whole, axis, range(t, t + 1))
        image = reshape(whole, whole.shape[:rank])
        wanted, room = [range(length) for length in image.shape], [*image.shape]
        before = [0] * rank
        each = zip(self.window.each(), places, self.places, strict=True)
        for (axis, size, step, dilation), place, most in each:
            if image.shape[axis] > 1:
                wanted[axis] = place
                before[axis] = (size - 1) * dilation // step
                room[axis] = before[axis] + max(room[axis], len(most))
        return self._taken(image, wanted, before, room)

    def _taken(
        self, x: Tensor, wanted: Sequence[range], before: Sequence[int], room: Sequence[int]
    ) -> Tensor:
        """The elements at `wanted`; where some lie outside, `x` is placed into `room` first."""
        if all(not w or (w[0] >= 0 and w[-1] < n) for w, n in zip(wanted, x.shape, strict=True)):
            return sliced(x, wanted)
        if (x, "placed") not in self.made:
            inside = Slice(tuple(before), x.shape, (1,) * x.ndim)
            self.made[x, "placed"] = Place(tuple(room), inside)(x)
        moved = [
            range(w.start + a, w.stop + a, w.step) for w, a in zip(wanted, before, strict=True)
        ]
        return sliced(self.made[x, "placed"], moved)


def _is_decided(x: Tensor, operands: Sequence[Tensor]) -> bool:
    """Whether `x` chooses between its operands by a single number that is known by now."""
    known = operands[0].size == 1 and operands[0].value is not None
    return isinstance(x.primitive, Where) and known


def _chosen(operands: Sequence[Tensor]) -> Tensor:
    condition, x, y = operands
    return x if bool(np.asarray(condition.value).item()) else y


def summed(terms: Sequence[Tensor]) -> Tensor:
    """Return the sum of one term at least, without those that are known to be 0."""
    counted = [term for term in terms if not _is_zero(term)]
    return reduce(Add(), counted or terms[:1])


def _is_zero(x: Tensor) -> bool:
    return x.size == 1 and x.value is not None and not np.asarray(x.value).item()


def in_phases(primitive: Unwindow, x: Tensor) -> Tensor:
    """y_(q·step + r) = Σ x at window q − m and tap t, over all t·dilation = m·step + r."""
    window, shape = primitive.window, [*primitive.shape]
    for axis, size, step, dilation in window.each():
        shape[axis] = x.shape[axis] + (size - 1) * dilation // step
    places = [range(shape[axis]) for axis in window.axes]
    taps = Taps(window, x.shape, places)
    ways = [
        [_reaching(r, size, step, dilation) for r in range(step)]
        for _, size, step, dilation in window.each()
    ]
    sums = []
    for phase in product(*ways):
        terms = [_masked(taps, x, each) for each in product(*phase)]
        total = summed(terms) if terms else zero(x)
        sums.append(broadcast_to(total, tuple(shape)))
    whole = sums[0] if len(sums) == 1 else Interleave(window.axes, window.steps)(*sums)
    return _fitted(whole, primitive.shape)


def _fitted(x: Tensor, shape: Shape) -> Tensor:
    """What of `x` lies in `shape`, and zeros behind it: places that no window reaches."""
    lengths = tuple(map(min, x.shape, shape))
    inside = sliced(x, [*map(range, lengths)])
    none, ones = (0,) * x.ndim, (1,) * x.ndim
    return inside if lengths == shape else Place(shape, Slice(none, lengths, ones))(inside)


def _reaching(phase: int, size: int, step: int, dilation: int) -> list[tuple[int, int]]:
    """The taps that reach a phase: (t, m) with t·dilation = m·step + phase."""
    ways = [(t, divmod(t * dilation - phase, step)) for t in range(size)]
    return [(t, m) for t, (m, rest) in ways if rest == 0]


def _masked(taps: Taps, x: Tensor, ways: Sequence[tuple[int, int]]) -> Tensor:
    """The taps t of the windows m before each place; 0 where there is no such window."""
    places = [range(-m, len(place) - m) for place, (_, m) in zip(taps.places, ways, strict=True)]
    found = taps.at(x, [t for t, _ in ways], places)
    for axis, place in zip(taps.window.axes, places, strict=True):
        there = np.array([0 <= q < x.shape[axis] for q in place])
        if not there.all():
            behind = x.ndim - len(ways) - axis - 1
            mask = constant(there.reshape(-1, *(1,) * behind))
            found = Where()(mask, found, zero(x))
    return found
