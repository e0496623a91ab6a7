"""Divergences: how far one distribution is from another."""

from __future__ import annotations

import math

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.exponential import exp, log, logaddexp
from chainrule.build.functions.reduction import sum
from chainrule.build.primitives.elementwise import chain
from chainrule.build.tensor import Tensor
from chainrule.nn.losses.reduction import alike, check_values, reduce


def kl_divergence(
    log_prediction: ArrayLike,
    target: ArrayLike,
    *,
    log_target: bool = False,
    axis: int | None = -1,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = Σ_k t_k (log t_k − log q_k), how far a distribution q is from the target t.

    The prediction is log q; with `log_target` the target is log t. The sum runs over `axis`, and
    the mean over what is left: it is the mean divergence of an example. `axis=None` sums nothing,
    which is PyTorch's meaning of `kl_div`. Where t = 0 the term is 0. Kullback & Leibler, On
    information and sufficiency (1951).

    Shapes: log q and t (n, …, K), weights (n,) or (n, …), result () or, for "none", (n, …).
    Errors: as in `mse`; `DataError` for a negative target, where the targets are known.

    >>> kl_divergence([[-0.6931472, -0.6931472]], [[1.0, 0.0]])
    Tensor(0.6931472, float32)
    """
    q, t = alike("kl_divergence", log_prediction, target)
    if log_target:
        losses = chain(exp(t), t - q)
    else:
        check_values("kl_divergence", "the target", t, lambda v: v < 0, "is no probability")
        losses = chain(t, log(t) - q)
    return reduce(losses if axis is None else sum(losses, axis=axis), weights, reduction)


def jensen_shannon(
    log_prediction: ArrayLike,
    target: ArrayLike,
    *,
    log_target: bool = False,
    axis: int = -1,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = ½ Σ_k t_k log(t_k/m_k) + ½ Σ_k q_k log(q_k/m_k), m = ½ (t + q), from 0 to log 2.

    The prediction is log q; with `log_target` the target is log t. Unlike `kl_divergence` it is
    finite where q = 0, and symmetric. Lin, Divergence measures based on the Shannon entropy (1991).

    Shapes and errors: as in `kl_divergence`.

    >>> jensen_shannon([[-0.6931472, -0.6931472]], [[1.0, 0.0]])
    Tensor(0.21576157, float32)
    """
    log_q, given = alike("jensen_shannon", log_prediction, target)
    if not log_target:
        check_values("jensen_shannon", "the target", given, lambda v: v < 0, "is no probability")
    t, log_t = (exp(given), given) if log_target else (given, log(given))
    log_m = logaddexp(log_q, log_t) - math.log(2.0)
    terms = chain(t, log_t - log_m) + chain(exp(log_q), log_q - log_m)
    return reduce(0.5 * sum(terms, axis=axis), weights, reduction)
