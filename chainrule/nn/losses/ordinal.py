"""The loss of classes in an order: grades, ages, severities."""

from __future__ import annotations

import numpy as np

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.comparison import greater, where
from chainrule.build.functions.manipulation import expand_dims
from chainrule.build.functions.reduction import sum
from chainrule.build.tensor import Tensor
from chainrule.nn.activations.squashing import softplus
from chainrule.nn.losses.classes import Classes


def ordinal(
    logits: ArrayLike,
    labels: ArrayLike,
    *,
    class_weights: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −w_c Σ_k log σ(±x_k), + where c > k: K − 1 answers to "is it above class k?".

    The predicted class is the number of positive logits. Cheng, Wang & Pollastri, A neural network
    approach to ordinal regression (2008). With logits f(x) + b_k it is the model of Cao, Mirjalili
    & Raschka, Rank consistent ordinal regression (2020).

    Shapes: x (n, …, K − 1), labels (n, …) from 0 to K − 1, class weights w (K,), weights (n,) or
    (n, …), result () or, for "none", (n, …). Errors: as in `cross_entropy`.

    >>> ordinal([[1000.0, 0.0]], [1])
    Tensor(0.6931472, float32)
    """
    (x,) = floating(logits)
    several = x.shape[normalize_axis(-1, x.ndim)] + 1
    classes = Classes("ordinal", -1, class_weights)
    named, _ = classes.labels(labels, (*x.shape[:-1], several))
    is_above = greater(expand_dims(named, axis=-1), np.arange(several - 1))
    losses = sum(softplus(where(is_above, -x, x)), axis=-1)
    return classes.by_label(losses, named, several, weights, reduction)
