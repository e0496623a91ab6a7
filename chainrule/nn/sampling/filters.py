"""Weighted sums of neighbors along an axis: what resizing an image comes down to.

    y_i = Σ_j w_ij · x_(n_i + j)        beyond its ends x is its outermost element

Where the weights repeat after every `a` places of y, and `b` places of x, as for any simple ratio,
windows slide over x in steps of b, and each of a phases is a sum over their taps. Otherwise the
elements are looked up.
"""

from __future__ import annotations

import numpy as np

from chainrule.build.functions.arithmetic import multiply
from chainrule.build.functions.comparison import where
from chainrule.build.functions.extension import pad
from chainrule.build.functions.indexing import take
from chainrule.build.functions.reduction import sum as total
from chainrule.build.leaf import constant
from chainrule.build.primitives.movement import part
from chainrule.build.primitives.window import Interleave, Window
from chainrule.build.tensor import Array, Tensor

LONGEST = 8  # more phases than these are looked up: each is a loop


def resampled(x: Tensor, axis: int, first: Array, weights: Array) -> Tensor:
    """Return y_i = Σ_j weights_ij · x_(first_i + j) along `axis`."""
    found = _period(first, weights)
    if found is None:
        return _looked_up(x, axis, first, weights)
    return _filtered(x, axis, first[: found[0]], weights[: found[0]], (len(first), found[1]))


def _period(first: Array, weights: Array) -> tuple[int, int] | None:
    """After how many places of y and of x everything repeats; None where it does not."""
    for phases in range(1, min(LONGEST, len(first) - 1) + 1):
        steps = np.unique(first[phases:] - first[:-phases])
        alike = np.allclose(weights[phases:], weights[:-phases], rtol=0, atol=1e-13)
        if len(steps) == 1 and steps[0] > 0 and alike:
            return phases, int(steps[0])
    return None


def _filtered(
    x: Tensor, axis: int, first: Array, weights: Array, lengths: tuple[int, int]
) -> Tensor:
    """The sums for all phases, which are rows of `weights`, out of windows that slide over x."""
    (target, step), phases = lengths, len(first)
    count, size = -(-target // phases), int(np.ptp(first)) + weights.shape[1]
    start = int(first.min())
    stop = start + (count - 1) * step + size
    ends = max(-start, 0), max(stop - x.shape[axis], 0)
    widths = [(0, 0)] * axis + [ends] + [(0, 0)] * (x.ndim - axis - 1)
    framed = pad(x, widths, mode="edge") if any(ends) else x
    inside = part(framed, axis, range(start + ends[0], stop + ends[0]))
    windows = Window((axis,), (size,), (step,), (1,))(inside)
    sums = []
    for shift, row in zip(first - start, weights, strict=True):
        taps = np.zeros(size, x.dtype)
        taps[shift : shift + len(row)] = row
        # A tap of weight 0 is left out, so that an infinity there does no harm.
        taken = where(constant(taps != 0), windows, 0.0)
        sums.append(total(multiply(taken, constant(taps)), axis=-1))
    whole = sums[0] if phases == 1 else Interleave((axis,), (phases,))(*sums)
    return part(whole, axis, range(target))


def _looked_up(x: Tensor, axis: int, first: Array, weights: Array) -> Tensor:
    behind = (1,) * (x.ndim - axis - 1)
    sums: list[Tensor] = []
    for shift, weight in enumerate(weights.T):
        place = (first + shift).clip(0, x.shape[axis] - 1)
        found = take(x, constant(place), axis=axis)
        if not (weight == 1).all():
            found = multiply(found, constant(weight.astype(x.dtype).reshape(-1, *behind)))
        sums = [sums[0] + found] if sums else [found]
    return sums[0]
