"""Margins between the scores of classes: the right ones have to be ahead of the others."""

from __future__ import annotations

import numpy as np

from chainrule.array.dtype import int64, is_integer
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.arithmetic import maximum, pow as power
from chainrule.build.functions.comparison import (
    equal,
    greater_equal,
    logical_and,
    logical_not,
    where,
)
from chainrule.build.functions.indexing import take_along_axis
from chainrule.build.functions.manipulation import expand_dims
from chainrule.build.functions.reduction import any as any_of, max as greatest, mean, sum
from chainrule.build.functions.scan import cumulative_prod
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import DTypeError, OptionError, ShapeError
from chainrule.nn.losses.binary import binary_cross_entropy_with_logits
from chainrule.nn.losses.classes import Classes
from chainrule.nn.losses.reduction import check_values, reduce


def multi_margin(
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    p: int = 1,
    margin: float = 1.0,
    class_weights: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = w_c/K Σ_(k≠c) max(0, m − x_c + x_k)^p for the scores x of K classes and label c.

    Weston & Watkins, Support vector machines for multi-class pattern recognition (1999), divided by
    K as in PyTorch. w are the `class_weights`; an example then counts w_c in the mean.

    Shapes: x (n, …, K), labels (n, …), w (K,), weights (n,) or (n, …), result () or, for "none",
    (n, …). Errors: as in `cross_entropy`; `OptionError` for p other than 1 and 2.

    >>> multi_margin([[0.5, 1.0, -2.0]], [0])
    Tensor(0.5, float32)
    """
    if p not in (1, 2):
        raise OptionError(f"multi_margin: p must be 1 or 2, got {p}")
    classes = Classes("multi_margin", -1, class_weights)
    x = classes.scores(scores)
    named, _ = classes.labels(labels, x.shape)
    own = expand_dims(named, axis=-1)
    gaps = power(maximum(margin - take_along_axis(x, own, axis=-1) + x, 0.0), p)
    is_other = logical_not(equal(own, np.arange(x.shape[-1])))
    losses = mean(where(is_other, gaps, 0.0), axis=-1)
    return classes.by_label(losses, named, x.shape[-1], weights, reduction)


def categorical_hinge(
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    margin: float = 1.0,
    class_weights: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = w_c max(0, m + max_(k≠c) x_k − x_c): the right class leads the next one by m.

    Crammer & Singer, On the algorithmic implementation of multiclass kernel-based vector machines
    (2001). Shapes and errors: as in `multi_margin`.

    >>> categorical_hinge([[0.5, 1.0, -2.0]], [0])
    Tensor(1.5, float32)
    """
    classes = Classes("categorical_hinge", -1, class_weights)
    x = classes.scores(scores)
    named, _ = classes.labels(labels, x.shape)
    own = expand_dims(named, axis=-1)
    others = where(equal(own, np.arange(x.shape[-1])), -np.inf, x)
    gaps = margin + greatest(others, axis=-1, keepdims=True) - take_along_axis(x, own, axis=-1)
    losses = maximum(mean(gaps, axis=-1), 0.0)
    return classes.by_label(losses, named, x.shape[-1], weights, reduction)


def multilabel_margin(
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = 1/K Σ_c Σ_k max(0, 1 − x_c + x_k), c over the labels and k over all other classes.

    A row of `labels` lists those of its example, up to the first negative number; a label that
    stands there twice counts twice. Elisseeff & Weston, A kernel method for multi-labelled
    classification (2001), divided by K as in PyTorch.

    Shapes: x (n, …, K), labels (n, …, K), weights (n,) or (n, …), result () or, for "none", (n, …).
    Errors: as in `cross_entropy`.

    >>> multilabel_margin([[0.1, 0.2, 0.4, 0.8]], [[3, 0, -1, 1]])
    Tensor(0.85, float32)
    """
    x = Classes("multilabel_margin", -1).scores(scores)
    named = _listing(labels, x)
    is_listed = equal(cumulative_prod(as_type(greater_equal(named, 0), int64), axis=-1), 1)
    known = where(is_listed, named, 0)
    own = expand_dims(take_along_axis(x, known, axis=-1), axis=-1)
    gaps = maximum(1.0 - own + expand_dims(x, axis=-2), 0.0)
    counted = where(_is_rival(known, is_listed, x.shape[-1]), gaps, 0.0)
    return reduce(sum(counted, axis=(-2, -1)) / float(x.shape[-1]), weights, reduction)


def _is_rival(labels: Tensor, is_listed: Tensor, classes: int) -> Tensor:
    """Whether a label of the list meets a class that is not in it, (n, …, list, classes)."""
    listed = expand_dims(is_listed, axis=-1)
    is_own = equal(expand_dims(labels, axis=-1), np.arange(classes))
    is_wanted = any_of(logical_and(listed, is_own), axis=-2, keepdims=True)
    return logical_and(listed, logical_not(is_wanted))


def _listing(labels: ArrayLike, x: Tensor) -> Tensor:
    """The lists of labels, checked."""
    held = asarray(labels)
    if not is_integer(held.dtype):
        raise DTypeError(
            f"multilabel_margin: labels are the numbers of classes and must be integers, got "
            f"{held.spec}; for 0 and 1 there is multilabel_soft_margin (at {caller()})"
        )
    if held.shape != x.shape:
        raise ShapeError(
            f"multilabel_margin: lists of labels of shape {held.shape} for scores of shape "
            f"{x.shape}: give lists as long as there are classes, with −1 behind the last label "
            f"(at {caller()})"
        )
    classes = x.shape[-1]
    check_values(
        "multilabel_margin",
        "the label",
        held,
        lambda v: v >= classes,
        f"is none of the classes 0 to {classes - 1}",
    )
    return as_type(held, int64)


def multilabel_soft_margin(
    logits: ArrayLike,
    target: ArrayLike,
    *,
    class_weights: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −1/K Σ_k w_k (t_k log σ(x_k) + (1 − t_k) log σ(−x_k)): K yes-or-no answers.

    Targets t lie between 0 and 1; w are the `class_weights`, all 1 without.

    Shapes: x and t (n, …, K), w (K,), weights (n,) or (n, …), result () or, for "none", (n, …).
    Errors: as in `binary_cross_entropy_with_logits`; `ShapeError` for other class weights.

    >>> multilabel_soft_margin([[0.0, 1000.0]], [[1.0, 1.0]])
    Tensor(0.3465736, float32)
    """
    losses = binary_cross_entropy_with_logits(logits, target, reduction="none")
    scaled = Classes("multilabel_soft_margin", -1, class_weights).scaled(losses)
    return reduce(mean(scaled, axis=-1), weights, reduction)
