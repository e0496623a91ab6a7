"""The Kullback-Leibler divergence."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.exponential import exp, log
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
