"""Losses of overlap: how much of a predicted region and a true one is shared, in segmentation."""

from __future__ import annotations

from chainrule.array.shape import Axes
from chainrule.build.convert import ArrayLike
from chainrule.build.functions.reduction import sum
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.losses.reduction import alike, check_probabilities, check_shares, reduce


def tversky(
    probability: ArrayLike,
    target: ArrayLike,
    *,
    alpha: float = 0.3,
    beta: float = 0.7,
    smooth: float = 1.0,
    axis: Axes = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = 1 − (S + ε) / (S + α F + β M + ε) of what is shared, found falsely, and missed.

    S = Σ p t, F = Σ p (1 − t), M = Σ (1 − p) t, for probabilities p of targets t between 0 and 1;
    ε is `smooth`, which makes an empty prediction of nothing cost 0. α = β = ½ is `dice`, α = β = 1
    `jaccard`. Salehi, Erdogmus & Gholipour, Tversky loss function for image segmentation using 3D
    fully convolutional deep networks (2017), whose best α and β are the defaults.

    Shapes: p and t (n, …); the sums run over `axis`, by default over all axes but the first, so
    that each example has one loss; give the axes of the image to have one for each class as well.
    Errors: as in `mse`; `DataError` for a p or t outside 0 … 1, where they are known; `OptionError`
    for a negative α, β or ε; `ShapeError` for numbers without any axis.

    >>> tversky([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]], alpha=0.5, beta=0.5, smooth=0.0)
    Tensor(0.3333333, float32)
    """
    losses = _overlap("tversky", probability, target, (alpha, beta, smooth), axis)
    return reduce(losses, weights, reduction)


def dice(
    probability: ArrayLike,
    target: ArrayLike,
    *,
    smooth: float = 1.0,
    axis: Axes = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = 1 − (2 Σ p t + ε) / (Σ p + Σ t + ε), one minus the Dice coefficient.

    Dice, Measures of the amount of ecologic association between species (1945); as a loss, Sudre,
    Li, Vercauteren, Ourselin & Cardoso, Generalised Dice overlap as a deep learning loss function
    (2017). Arguments, shapes and errors: as in `tversky`.

    >>> dice([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]], smooth=0.0)
    Tensor(0.3333333, float32)
    """
    losses = _overlap("dice", probability, target, (0.5, 0.5, 0.5 * smooth), axis)
    return reduce(losses, weights, reduction)


def jaccard(
    probability: ArrayLike,
    target: ArrayLike,
    *,
    smooth: float = 1.0,
    axis: Axes = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = 1 − (Σ p t + ε) / (Σ p + Σ t − Σ p t + ε), one minus intersection over union.

    Rahman & Wang, Optimizing intersection-over-union in deep neural networks for image segmentation
    (2016). Arguments, shapes and errors: as in `tversky`.

    >>> jaccard([[1.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]], smooth=0.0)
    Tensor(0.5, float32)
    """
    losses = _overlap("jaccard", probability, target, (1.0, 1.0, smooth), axis)
    return reduce(losses, weights, reduction)


def _overlap(
    loss: str,
    probability: ArrayLike,
    target: ArrayLike,
    shares: tuple[float, float, float],
    axis: Axes,
) -> Tensor:
    """1 − (S + ε) / (S + α F + β M + ε), with (α, β, ε) the shares."""
    if not min(shares) >= 0:
        raise OptionError(f"{loss}: alpha, beta and smooth must not be negative, got {shares}")
    p, t = alike(loss, probability, target)
    check_probabilities(loss, p)
    check_shares(loss, "the target", t)
    if not p.ndim:
        raise ShapeError(
            f"{loss} sums over the elements of an example, and got one number alone (at {caller()})"
        )
    over = tuple(range(1, p.ndim)) if axis is None else axis
    false, missed, smooth = shares
    shared = sum(p * t, axis=over)
    union = shared + false * sum(p * (1.0 - t), axis=over) + missed * sum((1.0 - p) * t, axis=over)
    losses: Tensor = 1.0 - (shared + smooth) / (union + smooth)
    return losses
