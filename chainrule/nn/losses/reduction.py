"""What the losses share: equal shapes, values in their range, and one number out of many.

Each loss has a number for every example (or element), l_i. With weights w_i the reductions are

    "mean"   Σ w_i l_i / Σ w_i
    "sum"    Σ w_i l_i
    "none"   w_i l_i

where an example of weight 0 leaves no trace, in value or gradient, even if its l_i is NaN. If all
weights are 0 there is nothing to average: the mean is NaN, the gradient 0.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.array.shape import Shape
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.arithmetic import divide, subtract
from chainrule.build.functions.manipulation import broadcast_to, reshape
from chainrule.build.functions.reduction import mean, sum
from chainrule.build.primitives.elementwise import chain
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import DataError, OptionError, ShapeError

Names = tuple[str, str]

REDUCTIONS = ("mean", "sum", "none")
SIGNS = "is neither −1 nor 1; for targets of 0 and 1 write 2 * target - 1"
BETWEEN = "does not lie between 0 and 1"


def alike(
    loss: str, prediction: ArrayLike, target: ArrayLike, names: Names = ("prediction", "target")
) -> tuple[Tensor, Tensor]:
    """Return both as tensors of the prediction's data type, checked to have equal shapes."""
    (predicted,) = floating(prediction)
    wanted = as_type(asarray(target), predicted.dtype)
    if predicted.shape != wanted.shape:
        raise ShapeError(
            f"{loss}: the {names[0]} has shape {predicted.shape}, the {names[1]} {wanted.shape}; "
            f"they are compared element by element and never broadcast. "
            f"{_mend(predicted.shape, wanted.shape, names)} (at {caller()})"
        )
    return predicted, wanted


def _mend(predicted: Shape, wanted: Shape, names: Names) -> str:
    if [n for n in predicted if n != 1] != [n for n in wanted if n != 1]:
        return f"Give one {names[1]} for each element of the {names[0]}"
    lengths = ", ".join(map(str, (-1, *predicted[1:])))
    return f"Write {names[1]}.reshape({lengths if predicted else '()'})"


def reduce(
    losses: Tensor, weights: ArrayLike | None, reduction: str, mass: Tensor | None = None
) -> Tensor:
    """Return `losses` reduced to one number, or not at all; `mass` is what each counts in the mean.

    Weights of shape (n,) for losses of shape (n, …) hold for whole examples.
    """
    if reduction not in REDUCTIONS:
        listed = ", ".join(map(repr, REDUCTIONS))
        raise OptionError(f"reduction must be one of {listed}, got {reduction!r}")
    if weights is not None:
        scale = _over(weights, losses)
        losses, mass = chain(scale, losses), scale if mass is None else chain(scale, mass)
    if reduction == "none":
        return losses
    if reduction == "sum":
        return sum(losses)
    return mean(losses) if mass is None else divide(sum(losses), sum(mass))


def opposite(logs: Tensor) -> Tensor:
    """Return −x, written so that where x = 0 the loss is 0 and not −0."""
    return subtract(0.0, logs)


def _over(weights: ArrayLike, losses: Tensor) -> Tensor:
    """The weights, one for each of `losses`."""
    given = as_type(asarray(weights), losses.dtype)
    if given.shape != losses.shape[: given.ndim]:
        raise ShapeError(
            f"weights of shape {given.shape} for losses of shape {losses.shape}: give one for each "
            f"example, {losses.shape[:1]}, or one for each loss (at {caller()})"
        )
    ones = (1,) * (losses.ndim - given.ndim)
    return broadcast_to(reshape(given, (*given.shape, *ones)), losses.shape)


def check_values(
    loss: str, what: str, values: Tensor, wrong: Callable[[Array], Array], must: str
) -> None:
    """Raise `DataError` naming the first of `values` that is `wrong`, as far as they are known."""
    places = () if values.value is None else np.argwhere(wrong(values.known()))
    for place in places:
        found = values.known()[tuple(place)]
        raise DataError(f"{loss}: {what} {found} at {place.tolist()} {must} (at {caller()})")


def check_probabilities(loss: str, prediction: Tensor, mend: str = "") -> None:
    """Raise `DataError` for a prediction outside 0 … 1, as far as they are known; NaN may pass."""
    must = f"is no probability{mend}"
    check_values(loss, "the prediction", prediction, lambda v: (v < 0) | (v > 1), must)


def check_shares(loss: str, what: str, values: Tensor) -> None:
    """Raise `DataError` for a value outside 0 … 1, as far as they are known."""
    check_values(loss, what, values, lambda v: ~((v >= 0) & (v <= 1)), BETWEEN)


def check_signs(loss: str, target: Tensor) -> None:
    """Raise `DataError` for a target other than −1 and 1, as far as they are known."""
    check_values(loss, "the target", target, lambda v: (v != -1) & (v != 1), SIGNS)
