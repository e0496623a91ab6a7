"""Losses that are negative log-likelihoods of counts and of numbers with an uncertainty."""

from __future__ import annotations

import math

from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import maximum, multiply, square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.exponential import exp, log
from chainrule.build.functions.manipulation import broadcast_to
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.losses.reduction import alike, check_values, reduce


def poisson_nll(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    log_input: bool = True,
    full: bool = False,
    epsilon: float = 1e-8,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the loss of counts t that are Poisson distributed, l = λ − t log λ.

    The prediction is log λ, or with `log_input=False` the rate λ itself; then `epsilon` is added to
    it in the logarithm. `full` adds Stirling's approximation of log t! where t > 1, which has no
    influence on the prediction: t log t − t + ½ log 2πt.

    Shapes and errors: as in `mse`; `DataError` for a negative count, where the targets are known.

    >>> poisson_nll([0.0, 1.0], [1.0, 2.0])
    Tensor(0.859141, float32)
    """
    p, t = alike("poisson_nll", prediction, target)
    check_values("poisson_nll", "the target", t, lambda v: v < 0, "is negative, not a count")
    losses = exp(p) - t * p if log_input else p - t * log(p + epsilon)
    return reduce(losses + _stirling(t) if full else losses, weights, reduction)


def _stirling(t: Tensor) -> Tensor:
    """Log t! where t > 1, else 0."""
    large = where(t > 1.0, t, 1.0)
    return where(t > 1.0, large * log(large) - large + 0.5 * log(2.0 * math.pi * large), 0.0)


def gaussian_nll(
    prediction: ArrayLike,
    target: ArrayLike,
    variance: ArrayLike,
    *,
    full: bool = False,
    epsilon: float = 1e-6,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the loss of a normal distribution, l = ½ (log v + (p − t)²/v), of the variance v.

    `full` adds ½ log 2π. A variance below `epsilon` counts as that, and gets no gradient. Nix &
    Weigend, Estimating the mean and variance of the target probability distribution (1994).

    Shapes: p and t (n, …); v the same, with some lengths 1 instead, or (). Errors: as in `mse`;
    `ShapeError` for a variance of another shape, `DataError` for a negative one, where it is known,
    `OptionError` for an epsilon that is not positive.

    >>> gaussian_nll([1.0, 2.0], [0.0, 4.0], 2.0)
    Tensor(0.9715736, float32)
    """
    if not epsilon > 0:
        raise OptionError(f"gaussian_nll: epsilon must be positive, got {epsilon}")
    p, t = alike("gaussian_nll", prediction, target)
    v = maximum(_variance(variance, p), epsilon)
    losses = multiply(0.5, log(v) + square(p - t) / v)
    return reduce(losses + 0.5 * math.log(2.0 * math.pi) if full else losses, weights, reduction)


def _variance(variance: ArrayLike, p: Tensor) -> Tensor:
    v = as_type(asarray(variance), p.dtype)
    check_values("gaussian_nll", "the variance", v, lambda x: x < 0, "is negative")
    fits = len(v.shape) == p.ndim and all(
        n in (1, m) for n, m in zip(v.shape, p.shape, strict=True)
    )
    if v.shape and not fits:
        raise ShapeError(
            f"gaussian_nll: the variance has shape {v.shape}, the prediction {p.shape}: give one "
            f"for each prediction, one for all, or lengths 1 where it is shared (at {caller()})"
        )
    return broadcast_to(v, p.shape)
