"""Functions in pieces: steps, lines between two numbers, lines between many points."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import divide, subtract
from chainrule.build.functions.comparison import isnan, where
from chainrule.build.functions.indexing import take
from chainrule.build.functions.searching import searchsorted
from chainrule.build.primitives.detach import detach
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError


def heaviside(x1: ArrayLike, x2: ArrayLike, /) -> Tensor:
    """Return the step 0 for a < 0, 1 for a > 0 and b for a = 0; its derivative by a is 0.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> heaviside([-1.5, 0.0, 2.0], 0.5)
    Tensor([0. , 0.5, 1. ], float32)
    """
    x, middle = floating(x1, x2)
    x = detach(x)
    sides = where(x > 0, 1.0, where(x < 0, 0.0, middle))
    return where(isnan(x), x, sides)


def lerp(start: ArrayLike, end: ArrayLike, weight: ArrayLike, /) -> Tensor:
    """Return y = a + w·(b − a): a for w = 0 and exactly b for w = 1.

    Errors: `ShapeError` where the shapes do not broadcast.

    >>> lerp(10.0, 20.0, [0.0, 0.25, 1.0])
    Tensor([10. , 12.5, 20. ], float32)
    """
    a, b, w = floating(start, end, weight)
    # From the nearer end, so that the rounding of b − a does not count there.
    distance = subtract(b, a)
    return where(w < 0.5, a + w * distance, b - (1.0 - w) * distance)


def interp(
    x: ArrayLike,
    xp: ArrayLike,
    fp: ArrayLike,
    /,
    *,
    left: ArrayLike | None = None,
    right: ArrayLike | None = None,
) -> Tensor:
    """Return the height at `x` of the line through the points (xp_i, fp_i), xp rising.

    y = f_i + (x − x_i)·(f_(i+1) − f_i) / (x_(i+1) − x_i) for x_i ≤ x < x_(i+1). Below the first
    point it is `left`, by default its height, above the last one `right`. Shapes: x and y (…), xp
    and fp (n). The derivative at a point is that of the piece behind it, and of the last piece at
    the last point; all three arrays have gradients.

    Errors: `ShapeError` where xp and fp are no vectors of one length, or of no points.

    >>> interp([0.5, 1.0, 9.0], [0.0, 1.0, 3.0], [0.0, 10.0, 20.0])
    Tensor([ 5., 10., 20.], float32)
    """
    at, points, heights = floating(x, xp, fp)
    if points.ndim != 1 or points.shape != heights.shape or not points.size:
        raise ShapeError(
            f"interp needs points and heights alike, got {points.shape} and {heights.shape}"
        )
    last = points.size - 1
    behind = searchsorted(detach(points), detach(at), side="right")
    behind = where(behind > last, last, where(behind < 1, min(1, last), behind))
    (x0, y0), (x1, y1) = (
        (take(points, place), take(heights, place)) for place in (behind - min(1, last), behind)
    )
    width = x1 - x0
    # Two points in one place are a step: nothing lies between them.
    inside = y0 + (at - x0) * divide(y1 - y0, where(width == 0, 1.0, width))
    low = where(at < points[0], heights[0] if left is None else left, inside)
    return where(at > points[-1], heights[-1] if right is None else right, low)
