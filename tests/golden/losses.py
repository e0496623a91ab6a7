"""What the reference calls its losses, and how they are called here.

It broadcasts targets silently and we never do: where a case does, the target is broadcast first.
Its weights stand along the last axes and do not count in a mean.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn
from tests.golden.linear_algebra import distance
from tests.golden.reference import Call


def reduced(losses: Any, reduction: str) -> Any:
    return {"none": cr.positive, "mean": cr.mean, "sum": cr.sum}[reduction](losses)


def regression(call: Call, **names: str) -> Call:
    """A loss of two arrays that broadcast; `names` gives our names of the reference's options."""

    def loss(x: Any, target: Any, reduction: str = "mean", **options: Any) -> Any:
        renamed = {names.get(key, key): value for key, value in options.items()}
        return call(*cr.broadcast_arrays(x, target), reduction=reduction, **renamed)

    return loss


def binary(call: Call) -> Call:
    def loss(x: Any, target: Any, weight: Any = None, reduction: str = "mean", **more: Any) -> Any:
        if weight is None:
            return call(x, target, reduction=reduction, **more)
        return reduced(cr.multiply(weight, call(x, target, reduction="none", **more)), reduction)

    return loss


def kl_div(x: Any, target: Any, reduction: str = "mean", log_target: bool = False) -> Any:
    taken = "sum" if reduction == "batchmean" else reduction
    loss = nn.kl_divergence(x, target, log_target=log_target, axis=None, reduction=taken)
    return loss / float(x.shape[0]) if reduction == "batchmean" else loss


def gaussian(
    x: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Any:
    """A variance of one axis less is that of each row."""
    rows = x.shape[:-1] == var.shape != x.shape
    each = cr.expand_dims(var, axis=-1) if rows else var
    same, wanted, variance = cr.broadcast_arrays(x, target, each)
    options: dict[str, Any] = {"full": full, "epsilon": eps, "reduction": reduction}
    return nn.gaussian_nll(same, wanted, variance, **options)


def poisson(x: Any, target: Any, eps: float = 1e-8, **options: Any) -> Any:
    return nn.poisson_nll(x, target, epsilon=eps, **options)


def classes(call: Call) -> Call:
    """The classes lie along the second axis, or the only one; labels of −100 are left out."""

    def loss(
        x: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: str = "mean"
    ) -> Any:
        axis = 0 if cr.asarray(x).ndim == 1 else 1
        options: dict[str, Any] = {"axis": axis, "reduction": reduction, "class_weights": weight}
        if cr.asarray(target).dtype.kind in "iu":
            return call(x, target, ignore_index=ignore_index, **options)
        if reduction != "mean":
            return call(x, target, **options)
        options["reduction"] = "sum"  # the mean over examples, whatever their weights
        return call(x, target, **options) / float(max(x.size // x.shape[axis], 1))

    return loss


def linear_cross_entropy(
    x: Any, weight: Any, target: Any, /, linear_bias: Any = None, **more: Any
) -> Any:
    """The cross-entropy of what a linear layer gives; its features may have several axes."""
    front = tuple(weight.shape[:-1])
    flat = cr.reshape(weight, (-1, weight.shape[-1]))
    bias = None if linear_bias is None else cr.reshape(linear_bias, (-1,))
    logits = cr.reshape(nn.linear(x, flat, bias), (*x.shape[:-1], *front))
    return classes(nn.cross_entropy)(logits, target, **more)


def hinge_embedding(x: Any, target: Any, margin: float = 1.0, reduction: str = "mean") -> Any:
    near = cr.where(cr.equal(target, 1.0), x, 0.0)
    far = cr.where(cr.equal(target, -1.0), cr.maximum(margin - x, 0.0), 0.0)
    both = cr.logical_or(cr.equal(target, 1.0), cr.equal(target, -1.0))
    # A target that is neither counts as both: the reference adds the two parts up.
    return reduced(cr.where(both, near + far, x + cr.maximum(margin - x, 0.0)), reduction)


def margin_ranking(
    x: Any, y: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    return reduced(cr.maximum(margin - target * (x - y), 0.0), reduction)


def cosine_embedding(
    x: Any, y: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    dot = cr.vecdot(x, y, axis=-1)
    size = cr.sqrt((cr.vecdot(x, x) + 1e-12) * (cr.vecdot(y, y) + 1e-12))
    alike = dot / size
    near = cr.where(cr.equal(target, 1.0), 1.0 - alike, 0.0)
    far = cr.where(cr.equal(target, -1.0), cr.maximum(alike - margin, 0.0), 0.0)
    return reduced(near + far, reduction)


def triplet(
    anchor: Any,
    near: Any,
    far: Any,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    gap = distance(anchor, far)
    gap = cr.minimum(gap, distance(near, far)) if swap else gap
    return reduced(cr.maximum(margin + distance(anchor, near) - gap, 0.0), reduction)


def multi_margin(
    x: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    reduction: str = "mean",
) -> Any:
    scores = cr.reshape(x, (-1, x.shape[-1] if x.ndim else 1))
    labels = np.reshape(target, (-1, 1))
    gaps = cr.maximum(margin - cr.take_along_axis(scores, labels, axis=1) + scores, 0.0) ** p
    others = np.arange(scores.shape[1]) != labels
    weighted = gaps if weight is None else gaps * np.asarray(weight)[labels]
    losses = cr.sum(cr.where(others, weighted, 0.0), axis=1) / float(scores.shape[1])
    return reduced(losses if x.ndim > 1 else cr.sum(losses), reduction)


def multilabel_margin(x: Any, target: Any, reduction: str = "mean") -> Any:
    """Labels are listed up to the first −1."""
    scores, labels = (
        cr.reshape(x, (-1, max(x.size // max(len(x), 1), 1) if x.ndim > 1 else x.size)),
        None,
    )
    labels = np.reshape(target, scores.shape)
    listed = np.cumprod(labels >= 0, axis=1).astype(bool)
    named = np.where(listed, labels, 0)
    count = scores.shape[1]
    wanted = np.array(
        [np.isin(np.arange(count), row[keep]) for row, keep in zip(labels, listed, strict=True)]
    )
    gaps = 1.0 - cr.expand_dims(cr.take_along_axis(scores, named, axis=1), axis=2)
    gaps = cr.maximum(gaps + cr.expand_dims(scores, axis=1), 0.0)
    counted = listed[:, :, None] & ~wanted[:, None, :]
    losses = cr.sum(cr.where(counted, gaps, 0.0), axis=(1, 2)) / float(count)
    return reduced(losses if x.ndim > 1 else cr.sum(losses), reduction)


def from_logits(x: Any, target: Any, reduction: str = "mean", **options: Any) -> Any:
    """The reference takes targets outside 0 … 1, ours refuses them: mixed from both ends."""
    zero, one = (
        nn.binary_cross_entropy_with_logits(x, cr.full_like(x, end), reduction="none", **options)
        for end in (0, 1)
    )
    return reduced(zero + target * (one - zero), reduction)


def multilabel_soft_margin(x: Any, target: Any, weight: Any = None) -> Any:
    losses = from_logits(x, target, reduction="none")
    return cr.mean(losses if weight is None else losses * weight)


CALLS: dict[str, Call] = {
    "nn.functional.binary_cross_entropy": binary(nn.binary_cross_entropy),
    "nn.functional.binary_cross_entropy_with_logits": binary(from_logits),
    "nn.functional.cosine_embedding_loss": cosine_embedding,
    "nn.functional.cross_entropy": classes(nn.cross_entropy),
    "nn.functional.gaussian_nll_loss": gaussian,
    "nn.functional.hinge_embedding_loss": hinge_embedding,
    "nn.functional.huber_loss": regression(nn.huber),
    "nn.functional.kl_div": kl_div,
    "nn.functional.l1_loss": regression(nn.mae),
    "nn.functional.linear_cross_entropy": linear_cross_entropy,
    "nn.functional.margin_ranking_loss": margin_ranking,
    "nn.functional.mse_loss": regression(nn.mse),
    "nn.functional.multi_margin_loss": multi_margin,
    "nn.functional.multilabel_margin_loss": multilabel_margin,
    "nn.functional.multilabel_soft_margin_loss": multilabel_soft_margin,
    "nn.functional.nll_loss": classes(nn.nll),
    "nn.functional.poisson_nll_loss": poisson,
    "nn.functional.smooth_l1_loss": regression(nn.smooth_l1),
    "nn.functional.soft_margin_loss": regression(nn.soft_margin),
    "nn.functional.triplet_margin_loss": triplet,
}
