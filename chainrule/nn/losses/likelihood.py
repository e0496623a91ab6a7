"""Losses that are negative log-likelihoods of counts and of numbers with an uncertainty."""

from __future__ import annotations

import math

from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.arithmetic import maximum, multiply, square
from chainrule.build.functions.comparison import where
from chainrule.build.functions.exponential import exp, log
from chainrule.build.functions.manipulation import broadcast_to, expand_dims
from chainrule.build.functions.reduction import sum
from chainrule.build.functions.softmax import log_softmax, logsumexp
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.losses.reduction import alike, check_values, opposite, reduce


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
    p, t = alike("gaussian_nll", prediction, target)
    v = _variance("gaussian_nll", variance, p, epsilon)
    losses = multiply(0.5, log(v) + square(p - t) / v)
    return reduce(losses + 0.5 * math.log(2.0 * math.pi) if full else losses, weights, reduction)


def mixture_nll(
    logits: ArrayLike,
    means: ArrayLike,
    variances: ArrayLike,
    target: ArrayLike,
    *,
    full: bool = False,
    epsilon: float = 1e-6,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −log Σ_k w_k Π_d N(t_d; μ_kd, v_kd), w = softmax(x), of K normal distributions.

    The network gives the logits x, the means μ and the variances v (keep them positive, as by
    `softplus`). `full` adds the constant ½ D log 2π. A variance below `epsilon` counts as that, and
    gets no gradient. Bishop, Mixture density networks (1994).

    Shapes: x (n, …, K), t (n, …, D), μ (n, …, K, D), v the same, with some lengths 1 instead, or
    (); weights (n,) or (n, …), result () or, for "none", (n, …). Errors: as in `gaussian_nll`.

    >>> mixture_nll([[0.0, 0.0]], [[[1.0], [3.0]]], 1.0, [[1.0]])
    Tensor(0.56621915, float32)
    """
    x, m = floating(logits, means)
    t = as_type(asarray(target), m.dtype)
    if not (m.ndim > 1 and x.shape == m.shape[:-1] and t.shape == (*x.shape[:-1], m.shape[-1])):
        raise ShapeError(
            f"mixture_nll: logits have the shape (n, K), targets (n, D) and means (n, K, D), got "
            f"{x.shape}, {t.shape} and {m.shape} (at {caller()})"
        )
    v = _variance("mixture_nll", variances, m, epsilon)
    each = sum(log(v) + square(expand_dims(t, axis=-2) - m) / v, axis=-1)
    losses = opposite(logsumexp(log_softmax(x) - 0.5 * each, axis=-1))
    constant = 0.5 * m.shape[-1] * math.log(2.0 * math.pi)
    return reduce(losses + constant if full else losses, weights, reduction)


def _variance(loss: str, variance: ArrayLike, p: Tensor, epsilon: float) -> Tensor:
    """The variance of each prediction, at least epsilon."""
    if not epsilon > 0:
        raise OptionError(f"{loss}: epsilon must be positive, got {epsilon}")
    v = as_type(asarray(variance), p.dtype)
    check_values(loss, "the variance", v, lambda x: x < 0, "is negative")
    fits = len(v.shape) == p.ndim and all(
        n in (1, m) for n, m in zip(v.shape, p.shape, strict=True)
    )
    if v.shape and not fits:
        raise ShapeError(
            f"{loss}: the variance has shape {v.shape}, the prediction {p.shape}: give one "
            f"for each prediction, one for all, or lengths 1 where it is shared (at {caller()})"
        )
    return maximum(broadcast_to(v, p.shape), epsilon)
