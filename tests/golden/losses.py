"""What the reference calls its losses, and how they are called here.

It broadcasts targets silently and we never do: where a case does, the target is broadcast first.
Its weights stand along the last axes and do not count in a mean.
"""

from __future__ import annotations

from typing import Any

import chainrule as cr
from chainrule import nn
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


def signed(call: Call) -> Call:
    """A loss of pairs that are alike, 1, or not, −1; to the reference other targets are both."""

    def loss(x: Any, target: Any, reduction: str = "mean", **options: Any) -> Any:
        near, far = (
            call(x, cr.full_like(x, sign), reduction="none", **options) for sign in (1.0, -1.0)
        )
        ours = cr.where(cr.equal(target, 1.0), near, far)
        is_known = cr.equal(cr.abs(target), 1.0)
        return reduced(cr.where(is_known, ours, near + far), reduction)

    return loss


def multi_margin(
    x: Any, target: Any, weight: Any = None, reduction: str = "mean", **options: Any
) -> Any:
    """Labels of one example may have an axis; a single class has nothing to be ahead of."""
    labels = cr.reshape(target, cr.asarray(x).shape[:-1])
    if cr.asarray(x).size < 2:
        return cr.multiply(x, 0.0)
    losses = nn.multi_margin(x, labels, class_weights=weight, reduction="none", **options)
    return reduced(losses, reduction)


def multilabel_margin(x: Any, target: Any, **options: Any) -> Any:
    if cr.asarray(x).size < 2:
        return cr.multiply(x, 0.0)
    return nn.multilabel_margin(x, target, **options)


def from_logits(x: Any, target: Any, reduction: str = "mean", **options: Any) -> Any:
    """The reference takes targets outside 0 … 1, ours refuses them: mixed from both ends."""
    zero, one = (
        nn.binary_cross_entropy_with_logits(x, cr.full_like(x, end), reduction="none", **options)
        for end in (0, 1)
    )
    return reduced(zero + target * (one - zero), reduction)


def multilabel_soft_margin(x: Any, target: Any, weight: Any = None) -> Any:
    """Its weight may be one for each element, and targets lie anywhere: each element by itself."""
    alone = cr.expand_dims(x, axis=-1)
    zero, one = (
        nn.multilabel_soft_margin(alone, cr.full_like(alone, end), reduction="none")
        for end in (0, 1)
    )
    losses = zero + target * (one - zero)
    return cr.mean(losses if weight is None else losses * weight)


CALLS: dict[str, Call] = {
    "nn.functional.binary_cross_entropy": binary(nn.binary_cross_entropy),
    "nn.functional.binary_cross_entropy_with_logits": binary(from_logits),
    "nn.functional.cosine_embedding_loss": nn.cosine_embedding,
    "nn.functional.cross_entropy": classes(nn.cross_entropy),
    "nn.functional.gaussian_nll_loss": gaussian,
    "nn.functional.hinge_embedding_loss": signed(nn.hinge_embedding),
    "nn.functional.huber_loss": regression(nn.huber),
    "nn.functional.kl_div": kl_div,
    "nn.functional.l1_loss": regression(nn.mae),
    "nn.functional.linear_cross_entropy": linear_cross_entropy,
    "nn.functional.margin_ranking_loss": nn.margin_ranking,
    "nn.functional.mse_loss": regression(nn.mse),
    "nn.functional.multi_margin_loss": multi_margin,
    "nn.functional.multilabel_margin_loss": multilabel_margin,
    "nn.functional.multilabel_soft_margin_loss": multilabel_soft_margin,
    "nn.functional.nll_loss": classes(nn.nll),
    "nn.functional.poisson_nll_loss": poisson,
    "nn.functional.smooth_l1_loss": regression(nn.smooth_l1),
    "nn.functional.soft_margin_loss": regression(nn.soft_margin),
    "nn.functional.triplet_margin_loss": nn.triplet_margin,
}
