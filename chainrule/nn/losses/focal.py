"""Focal losses: cross-entropy in which examples that are right already count little."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.arithmetic import pow as power
from chainrule.build.functions.exponential import exp, expm1
from chainrule.build.functions.softmax import log_softmax
from chainrule.build.primitives.elementwise import chain
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.activations.squashing import softplus
from chainrule.nn.losses.classes import Classes
from chainrule.nn.losses.reduction import alike, check_shares, reduce


def focal(
    logits: ArrayLike,
    target: ArrayLike,
    *,
    gamma: float = 2.0,
    class_weights: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    axis: int = -1,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −Σ_k t_k w_k (1 − p_k)^γ log p_k, p = softmax(x): easy examples count little.

    With γ = 0 it is `cross_entropy`; the other arguments, shapes and errors are as there. Lin,
    Goyal, Girshick, He & Dollár, Focal loss for dense object detection (ICCV 2017), whose α are the
    `class_weights`. `OptionError` for a negative γ.

    >>> focal([[0.0, 0.0], [0.0, 1000.0]], [0, 1], reduction="none")
    Tensor([0.1732868, 0.       ], float32)
    """
    _check_gamma("focal", gamma)
    classes = Classes("focal", axis, class_weights, ignore_index)
    logs = log_softmax(classes.scores(logits), axis=axis)
    focused = chain(power(-expm1(logs), gamma), logs)
    return classes.expected(focused, target, label_smoothing, weights, reduction)


def binary_focal(
    logits: ArrayLike,
    target: ArrayLike,
    *,
    gamma: float = 2.0,
    alpha: float | None = None,
    weights: ArrayLike | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return l = −α t (1 − p)^γ log p − (1 − α)(1 − t) p^γ log(1 − p), p = σ(x), for logits x.

    Targets t lie between 0 and 1. α, the share that positives count, is left away where it is
    `None`; with γ = 0 it is then `binary_cross_entropy_with_logits`. Lin et al., Focal loss for
    dense object detection (ICCV 2017), equations 4 and 5; there α = ¼.

    Shapes and errors: as in `mse`; `DataError` for a target outside 0 … 1, where the targets are
    known; `OptionError` for a negative γ or an α outside 0 … 1.

    >>> binary_focal([0.0, 1000.0], [1.0, 1.0], reduction="none")
    Tensor([0.1732868, 0.       ], float32)
    """
    _check_gamma("binary_focal", gamma)
    if alpha is not None and not 0.0 <= alpha <= 1.0:
        raise OptionError(f"binary_focal: alpha lies in 0 … 1, got {alpha}")
    x, t = alike("binary_focal", logits, target)
    check_shares("binary_focal", "the target", t)
    positive, negative = (t, 1.0 - t) if alpha is None else (alpha * t, (1.0 - alpha) * (1.0 - t))
    losses = chain(positive, _focused(x, gamma)) + chain(negative, _focused(-x, gamma))
    return reduce(losses, weights, reduction)


def _focused(x: Tensor, gamma: float) -> Tensor:
    """−(1 − p)^γ log p: both from a softplus, so that no digit of a small loss is lost."""
    return chain(exp(-gamma * softplus(x)), softplus(-x))


def _check_gamma(loss: str, gamma: float) -> None:
    if not gamma >= 0:
        raise OptionError(f"{loss}: gamma must not be negative, got {gamma}")
