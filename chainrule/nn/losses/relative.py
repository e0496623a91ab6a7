"""Losses of amounts whose error counts in proportion to their size."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.arithmetic import abs as magnitude, maximum, square
from chainrule.build.functions.exponential import log1p
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.losses.reduction import alike, check_values, reduce


def msle(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean squared logarithmic error, l = (log(1 + p) − log(1 + t))².

    Shapes and errors: as in `mse`; `DataError` for a p or t of −1 or less, where they are known
    (keep p above it, as by `softplus`).

    >>> round(float(msle([0.0, 3.0], [0.0, 1.0])), 4)
    0.2402
    """
    p, t = alike("msle", prediction, target)
    for what, values in (("the prediction", p), ("the target", t)):
        check_values("msle", what, values, lambda v: v <= -1, "is not above −1")
    return reduce(square(log1p(p) - log1p(t)), weights, reduction)


def mape(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    epsilon: float = 1e-7,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the mean absolute relative error, l = |p − t| / max(|t|, ε); times 100, in percent.

    Shapes and errors: as in `mse`; `OptionError` for ε that is not positive.

    >>> mape([1.0, 5.0], [2.0, 4.0])
    Tensor(0.375, float32)
    """
    if not epsilon > 0:
        raise OptionError(f"mape: epsilon must be positive, got {epsilon}")
    p, t = alike("mape", prediction, target)
    return reduce(magnitude(p - t) / maximum(magnitude(t), epsilon), weights, reduction)
