"""The triplet loss: an anchor, something like it, something unlike it."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.arithmetic import maximum, minimum
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.distance import alike_vectors, pairwise_distance
from chainrule.nn.losses.pairs import check_margin
from chainrule.nn.losses.reduction import reduce


def triplet_margin(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    margin: float = 1.0,
    swap: bool = False,
    distance: Callable[[Tensor, Tensor], Tensor] = pairwise_distance,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = max(0, d(a, p) − d(a, n) + m): the positive is nearer than the negative, by m.

    Schroff, Kalenichenko & Philbin, FaceNet (CVPR 2015), who square the distance. `swap` takes
    min(d(a, n), d(p, n)) for d(a, n): Balntas, Riba, Ponsa & Mikolajczyk, Learning local feature
    descriptors with triplets and shallow convolutional neural networks (BMVC 2016). `distance` is
    any function of two arrays of vectors that gives one number for each pair.

    Shapes: a, p and n (n, …, features), weights (n,) or (n, …), result () or, for "none", (n, …).
    Errors: `ShapeError` where they differ or the distance gives another shape; `OptionError` for a
    margin that is not positive or an unknown reduction.

    >>> round(float(triplet_margin([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 5.5]])), 4)
    0.5
    """
    check_margin("triplet_margin", margin)
    a, p, n = alike_vectors("triplet_margin", anchor=anchor, positive=positive, negative=negative)
    near, far = distance(a, p), distance(a, n)
    far = minimum(far, distance(p, n)) if swap else far
    if near.shape != a.shape[:-1]:
        raise ShapeError(
            f"triplet_margin: the distance of vectors of shape {a.shape} has shape {near.shape}; "
            f"it has to give one number for each pair, {a.shape[:-1]} (at {caller()})"
        )
    return reduce(maximum(near - far + margin, 0.0), weights, reduction)
