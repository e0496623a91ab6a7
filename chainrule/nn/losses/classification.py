"""Losses of classes: cross-entropy from logits, and its second half from log-probabilities."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.labels import pick
from chainrule.build.functions.softmax import log_softmax
from chainrule.build.tensor import Tensor
from chainrule.nn.losses.classes import Classes
from chainrule.nn.losses.reduction import opposite


def cross_entropy(
    logits: ArrayLike,
    target: ArrayLike,
    *,
    class_weights: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    axis: int = -1,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −Σ_k t_k w_k log softmax(x)_k for logits x and integer labels or probabilities t.

    A label c stands for t_c = 1. `label_smoothing` ε makes t' = (1 − ε) t + ε/K of K classes
    (Szegedy et al., Rethinking the inception architecture, CVPR 2016, section 7). w are the
    `class_weights`, all 1 without; an example then counts w_c in the mean, or 1 where t are
    probabilities. An example whose label is `ignore_index` is left out.

    Shapes: x (n, …, K), labels (n, …) or probabilities (n, …, K), w (K,), weights (n,) or (n, …),
    result () or, for "none", (n, …). The classes lie along `axis`.

    Errors: `DataError` naming the first label that is not one of 0 … K − 1 (while a function is
    being recorded, labels have no values: then the error comes when it runs); `DTypeError` for
    labels that are no integers; `ShapeError` where shapes do not fit or there is one class only;
    `OptionError` for an unknown reduction or a smoothing outside 0 … 1.

    >>> cross_entropy([[0.0, 0.0], [0.0, 1000.0]], [0, 1], reduction="none")
    Tensor([0.6931472, 0.       ], float32)
    """
    classes = Classes("cross_entropy", axis, class_weights, ignore_index)
    logs = log_softmax(classes.scores(logits), axis=axis)
    return classes.expected(logs, target, label_smoothing, weights, reduction)


def nll(
    log_probabilities: ArrayLike,
    labels: ArrayLike,
    *,
    class_weights: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ignore_index: int | None = None,
    axis: int = -1,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −w_c (log p)_c for log-probabilities and integer labels c.

    `cross_entropy(x, c)` is `nll(log_softmax(x), c)`; arguments, shapes and errors as there.

    >>> nll([[-0.5, -1.0]], [1])
    Tensor(1., float32)
    """
    (x,) = floating(log_probabilities)
    classes = Classes("nll", axis, class_weights, ignore_index)
    logs = classes.scaled(x)
    named, counted = classes.labels(labels, x.shape)
    losses = opposite(pick(logs, named, axis=axis))
    return classes.reduced(losses, named, counted, weights, reduction)
