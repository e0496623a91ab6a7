"""Losses of numbers: how far a prediction p lies from its target t."""

from __future__ import annotations

import math

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.arithmetic import abs as magnitude, divide, maximum, square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.exponential import exp, log1p
from chainrule.build.functions.trigonometry import sinh
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.losses.reduction import alike, reduce


def mse(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean squared error, l = (p − t)².

    Shapes: p and t (n, …), weights (n,) or (n, …), result () or, for "none", (n, …). The reductions
    and weights of all losses are described in `chainrule.nn.losses.reduction`.

    Errors: `ShapeError` where p and t, or the weights, do not fit; `OptionError` for an unknown
    reduction.

    >>> mse([1.0, 2.0], [0.0, 4.0])
    Tensor(2.5, float32)
    """
    p, t = alike("mse", prediction, target)
    return reduce(square(p - t), weights, reduction)


def mae(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean absolute error, l = |p − t|, with derivative 0 where p = t.

    Shapes and errors: as in `mse`.

    >>> mae([1.0, 2.0], [0.0, 4.0])
    Tensor(1.5, float32)
    """
    p, t = alike("mae", prediction, target)
    return reduce(magnitude(p - t), weights, reduction)


def huber(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    delta: float = 1.0,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return Huber's loss, l = ½e² where |e| ≤ δ, else δ(|e| − ½δ), of e = p − t.

    Huber, Robust estimation of a location parameter (1964). Shapes and errors: as in `mse`;
    `OptionError` for δ that is not positive.

    >>> huber([1.0, 2.0], [0.5, 4.0])
    Tensor(0.8125, float32)
    """
    if not delta > 0:
        raise OptionError(f"huber: delta must be positive, got {delta}")
    p, t = alike("huber", prediction, target)
    return reduce(_huber(p - t, delta), weights, reduction)


def _huber(e: Tensor, delta: float) -> Tensor:
    size = magnitude(e)
    return where(size <= delta, 0.5 * square(e), delta * (size - 0.5 * delta))


def smooth_l1(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    beta: float = 1.0,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return `huber` divided by its δ = β: l = e²/2β where |e| ≤ β, else |e| − ½β; β = 0 is `mae`.

    Girshick, Fast R-CNN (ICCV 2015), equation 3. Shapes and errors: as in `mse`; `OptionError` for
    negative β.

    >>> smooth_l1([1.0, 2.0], [0.5, 4.0])
    Tensor(0.8125, float32)
    """
    if not beta >= 0:
        raise OptionError(f"smooth_l1: beta must not be negative, got {beta}")
    p, t = alike("smooth_l1", prediction, target)
    losses = divide(_huber(p - t, beta), beta) if beta else magnitude(p - t)
    return reduce(losses, weights, reduction)


def log_cosh(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = log cosh(p − t): ½e² for small errors, |e| − log 2 for large ones.

    Shapes and errors: as in `mse`.

    >>> log_cosh([1.0, 2000.0], [0.0, 0.0], reduction="none")
    Tensor([4.3378079e-01, 1.9993069e+03], float32)
    """
    p, t = alike("log_cosh", prediction, target)
    e = p - t
    size = magnitude(e)
    is_small = size < 1.0
    # log cosh e = log(1 + 2 sinh²(e/2)) keeps its digits near 0, the other form never overflows.
    near = log1p(2.0 * square(sinh(0.5 * where(is_small, e, 0.0))))
    far = size + log1p(exp(-2.0 * size)) - math.log(2.0)
    return reduce(where(is_small, near, far), weights, reduction)


def quantile(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    level: float = 0.5,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the quantile (pinball) loss, l = max(q·e, (q − 1)·e) of e = t − p, for the `level` q.

    The prediction that makes it least is the q-quantile of the targets. At p = t the derivative is
    the mean of those on both sides. Koenker & Bassett, Regression quantiles (1978).

    Shapes and errors: as in `mse`; `OptionError` for a level that is not between 0 and 1.

    >>> quantile([1.0, 2.0], [0.0, 4.0], level=0.75)
    Tensor(0.875, float32)
    """
    if not 0.0 < level < 1.0:
        raise OptionError(f"quantile: the level must lie between 0 and 1, got {level}")
    p, t = alike("quantile", prediction, target)
    e = t - p
    return reduce(maximum(level * e, (level - 1.0) * e), weights, reduction)
