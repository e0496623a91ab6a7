"""The transpose of windows of many taps: a sum over a skewed view of memory.

    y_(q·step + r)  =  Σ_j x_(q − j, j, r)      the tap t·dilation being j·step + r

Rows of taps with zeros behind them lie one after the other; read as rows one shorter, each is
shifted by one against the row before.
"""

from __future__ import annotations

from chainrule.build.primitives.broadcast import Sum, reshape
from chainrule.build.primitives.movement import Place, Slice, Transpose, part, swap_last
from chainrule.build.primitives.window import Unwindow
from chainrule.build.tensor import Tensor


def skewed(primitive: Unwindow, x: Tensor) -> Tensor:
    """Return what `primitive`, the transpose of windows along one axis, makes of `x`."""
    window = primitive.window
    (axis,), (step,), (dilation,) = window.axes, window.steps, window.dilations
    order = (*(a for a in range(x.ndim - 1) if a != axis), x.ndim - 1, axis)
    sums = _diagonals(_by_phase(Transpose(order)(x), step, dilation))
    lines = swap_last(sums)
    line = reshape(lines, (*lines.shape[:-2], lines.shape[-2] * step))
    length = primitive.shape[axis]
    fitted = _placed(_front(line, min(length, line.shape[-1])), length)
    return Transpose(tuple(sorted(range(x.ndim - 1), key=order.__getitem__)))(fitted)


def _by_phase(x: Tensor, step: int, dilation: int) -> Tensor:
    """x_(… t i) as y_(… r j i) with t·dilation = j·step + r; 0 where there is no such tap."""
    *front, size, count = x.shape
    rows = -(-((size - 1) * dilation + 1) // step)
    taps = swap_last(_placed(swap_last(x), rows * step, dilation))
    apart = reshape(taps, (*front, rows, step, count))
    rank = len(front)
    return Transpose((*range(rank), rank + 1, rank, rank + 2))(apart)


def _diagonals(x: Tensor) -> Tensor:
    """y_(… q) = Σ_j x_(… j q−j)."""
    *front, rows, count = x.shape
    wide = count + rows - 1
    flat = reshape(_placed(x, wide + 1), (*front, rows * (wide + 1)))
    skewed = reshape(_front(flat, rows * wide), (*front, rows, wide))
    return Sum((len(front),))(skewed)


def _placed(x: Tensor, length: int, step: int = 1) -> Tensor:
    """The elements along the last axis `step` apart, in zeros of that length."""
    if length == x.shape[-1]:
        return x
    steps = (*(1 for _ in x.shape[:-1]), step)
    return Place((*x.shape[:-1], length), Slice((0,) * x.ndim, x.shape, steps))(x)


def _front(x: Tensor, length: int) -> Tensor:
    """The first elements along the last axis."""
    return part(x, x.ndim - 1, range(length))
