"""Losses of yes-or-no answers: binary cross-entropy and the margin losses."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import maximum, square
from chainrule.build.functions.exponential import log, log1p
from chainrule.build.primitives.elementwise import chain
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.activations.squashing import softplus
from chainrule.nn.losses.reduction import (
    SIGNS,
    alike,
    check_probabilities,
    check_shares,
    check_signs,
    check_values,
    opposite,
    reduce,
)

LEAST_LOG = -100.0


def binary_cross_entropy(
    probability: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −t log p − (1 − t) log(1 − p) for probabilities p of targets t between 0 and 1.

    The logarithms are kept above −100, so that a wrong certainty costs 100. It has no gradient
    then: better leave the sigmoid out and use `binary_cross_entropy_with_logits`.

    Shapes and errors: as in `mse`; `DataError` for a p or t outside 0 … 1, where they are known.

    >>> binary_cross_entropy([0.5, 0.25], [1.0, 0.0])
    Tensor(0.49041462, float32)
    """
    p, t = alike("binary_cross_entropy", probability, target)
    check_probabilities(
        "binary_cross_entropy", p, "; for logits there is binary_cross_entropy_with_logits"
    )
    check_shares("binary_cross_entropy", "the target", t)
    yes, no = maximum(log(p), LEAST_LOG), maximum(log1p(-p), LEAST_LOG)
    return reduce(opposite(t * yes + (1.0 - t) * no), weights, reduction)


def binary_cross_entropy_with_logits(
    logits: ArrayLike,
    target: ArrayLike,
    *,
    pos_weight: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −w t log σ(x) − (1 − t) log σ(−x) for logits x and targets t between 0 and 1.

    w, `pos_weight`, makes up for rare positives: number of negatives / number of positives.

    Shapes: x and t (n, …), w any that broadcasts to it, such as one for each of the last axis.
    Errors: as in `mse`; `DataError` for a target outside 0 … 1, where the targets are known.

    >>> binary_cross_entropy_with_logits([0.0, 1000.0], [1.0, 1.0], reduction="none")
    Tensor([0.6931472, 0.       ], float32)
    """
    x, t = alike("binary_cross_entropy_with_logits", logits, target)
    check_shares("binary_cross_entropy_with_logits", "the target", t)
    positive = t if pos_weight is None else t * _broadcasting(pos_weight, x)
    # Each target's own softplus, never x − tx + …, which loses all digits of a small loss.
    losses = chain(positive, softplus(-x)) + chain(1.0 - t, softplus(x))
    return reduce(losses, weights, reduction)


def _broadcasting(pos_weight: ArrayLike, x: Tensor) -> Tensor:
    w = as_type(asarray(pos_weight), x.dtype)
    fits = w.ndim <= x.ndim and all(
        n in (1, m) for n, m in zip(w.shape[::-1], x.shape[::-1], strict=False)
    )
    if not fits:
        raise ShapeError(
            f"pos_weight of shape {w.shape} does not broadcast to logits of shape {x.shape} "
            f"(at {caller()})"
        )
    return w


def hinge(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = max(0, 1 − t·p) for targets t of −1 and 1; the derivative at the kink is 0.

    Cortes & Vapnik, Support-vector networks (1995). Shapes and errors: as in `mse`; `DataError` for
    another target, where the targets are known.

    >>> hinge([0.5, 2.0], [1.0, -1.0])
    Tensor(1.75, float32)
    """
    p, t = alike("hinge", prediction, target)
    check_signs("hinge", t)
    return reduce(maximum(1.0 - t * p, 0.0), weights, reduction)


def squared_hinge(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = max(0, 1 − t·p)² for targets t of −1 and 1.

    Shapes and errors: as in `hinge`.

    >>> squared_hinge([0.5, 2.0], [1.0, -1.0])
    Tensor(4.625, float32)
    """
    p, t = alike("squared_hinge", prediction, target)
    check_signs("squared_hinge", t)
    return reduce(square(maximum(1.0 - t * p, 0.0)), weights, reduction)


def soft_margin(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = log(1 + exp(−t·p)) for targets t of −1 and 1 (or other sizes, as margins).

    Shapes and errors: as in `mse`; `DataError` for a target 0, where the targets are known.

    >>> soft_margin([0.0, 1000.0], [1.0, -1.0], reduction="none")
    Tensor([6.931472e-01, 1.000000e+03], float32)
    """
    p, t = alike("soft_margin", prediction, target)
    check_values("soft_margin", "the target", t, lambda v: v == 0, SIGNS)
    return reduce(softplus(-(t * p)), weights, reduction)
