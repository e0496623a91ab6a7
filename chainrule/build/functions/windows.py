"""Windows that slide along an axis."""

from __future__ import annotations

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.primitives.window import Window
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError


def unfold(
    x: ArrayLike, size: int, /, *, axis: int = -1, step: int = 1, dilation: int = 1
) -> Tensor:
    """Return y_(… i … t) = x_(… i·step + t·dilation …): windows of `size` elements along `axis`.

    There are ⌊(n − (size − 1)·dilation − 1) / step⌋ + 1 of them along an axis of length n; their
    elements stand on a new last axis. NumPy calls this a sliding window view. In a compiled
    function no element is copied.

    Errors: `ShapeError` where there is no such axis, or it is shorter than a window; `OptionError`
    for a size, step or dilation below 1.

    >>> unfold([1, 2, 3, 4], 2)
    Tensor([[1, 2],
            [2, 3],
            [3, 4]], int64)
    """
    held = asarray(x)
    along = normalize_axis(axis, held.ndim)
    if min(size, step, dilation) < 1:
        raise OptionError(
            f"unfold takes sizes of at least 1, got size {size}, step {step}, dilation {dilation}"
        )
    span = (size - 1) * dilation + 1
    if held.shape[along] < span:
        raise ShapeError(
            f"unfold: no window over {span} elements fits on axis {axis} of shape {held.shape}"
        )
    return Window((along,), (size,), (step,), (dilation,))(held)
