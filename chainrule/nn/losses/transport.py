"""Losses of transport: the work of moving one distribution to another, along a line."""

from __future__ import annotations

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike
from chainrule.build.functions.arithmetic import abs as magnitude, square
from chainrule.build.functions.manipulation import split
from chainrule.build.functions.ordering import sort
from chainrule.build.functions.reduction import mean, sum
from chainrule.build.functions.scan import cumulative_sum
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.losses.reduction import alike, check_values, reduce


def earth_mover(
    probability: ArrayLike,
    target: ArrayLike,
    *,
    power: int = 1,
    axis: int = -1,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = Σ_(k<K) |Q_k − T_k|^r of the cumulated distributions Q_k = Σ_(j≤k) q_j and T.

    For classes in an order, such as ages or grades. r is `power`: with 1 it is the least work of
    moving shares of q until they are t, where a step to the next class costs 1; 2 is smoother. Hou,
    Yu & Samaras, Squared earth mover's distance-based loss (2016).

    Shapes: q and t (n, …, K), with the classes along `axis`, weights (n,) or (n, …), result () or,
    for "none", (n, …). Errors: as in `mse`; `DataError` for a negative q or t, where they are
    known; `OptionError` for another power.

    >>> earth_mover([[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]])
    Tensor(2., float32)
    """
    q, t = alike("earth_mover", probability, target)
    for what, values in (("the prediction", q), ("the target", t)):
        check_values("earth_mover", what, values, lambda v: v < 0, "is no probability")
    # Up to the last class both have all: a gap there would be rounding, with a slope of its own.
    last = q.shape[normalize_axis(axis, q.ndim)] - 1
    short, _ = split(q - t, [last], axis=axis)
    gaps = cumulative_sum(short, axis=axis)
    return reduce(sum(_raised("earth_mover", gaps, power), axis=axis), weights, reduction)


def wasserstein(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    power: int = 1,
    axis: int = -1,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = 1/m Σ_k |x_(k) − y_(k)|^r of two samples of m numbers in ascending order.

    It is how far the one sample, as a distribution, is from the other: Wasserstein's distance, and
    with r = 2, `power`, the square of its second kind. Vallender, Calculation of the
    Wasserstein distance between probability distributions on the line (1974).

    Shapes: x and y (n, …, m), with the samples along `axis`, weights (n,) or (n, …), result () or,
    for "none", (n, …). Errors: as in `mse`; `OptionError` for another power.

    >>> wasserstein([[3.0, 1.0]], [[1.5, 2.5]])
    Tensor(0.5, float32)
    """
    x, y = alike("wasserstein", prediction, target)
    gaps = sort(x, axis=axis) - sort(y, axis=axis)
    return reduce(mean(_raised("wasserstein", gaps, power), axis=axis), weights, reduction)


def _raised(loss: str, gaps: Tensor, power: int) -> Tensor:
    if power not in (1, 2):
        raise OptionError(f"{loss}: the power must be 1 or 2, got {power}")
    return magnitude(gaps) if power == 1 else square(gaps)
