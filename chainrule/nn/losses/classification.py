"""Losses of classes: cross-entropy from logits, and its second half from log-probabilities."""

from __future__ import annotations

from chainrule.array.dtype import int64, is_floating, is_integer
from chainrule.array.shape import Shape, normalize_axis, reduced
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.comparison import not_equal, where
from chainrule.build.functions.indexing import take
from chainrule.build.functions.labels import pick
from chainrule.build.functions.manipulation import reshape
from chainrule.build.functions.reduction import mean, sum
from chainrule.build.functions.softmax import log_softmax
from chainrule.build.primitives.elementwise import chain
from chainrule.build.primitives.indexing import first_outside
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError
from chainrule.nn.losses.reduction import opposite, reduce


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
    if not 0.0 <= label_smoothing <= 1.0:
        raise OptionError(f"cross_entropy: label_smoothing lies in 0 … 1, got {label_smoothing}")
    (x,) = floating(logits)
    along = normalize_axis(axis, x.ndim)
    _check_several(x.shape[along])
    logs = _scaled(log_softmax(x, axis=along), class_weights, along, "cross_entropy")
    given = asarray(target)
    if is_floating(given.dtype) and given.shape == x.shape:
        smooth = _smoothed(as_type(given, x.dtype), label_smoothing, x.shape[along])
        return reduce(opposite(sum(chain(smooth, logs), axis=along)), weights, reduction)
    labels, counted = _labels("cross_entropy", given, x.shape, along, ignore_index)
    losses = opposite((1.0 - label_smoothing) * pick(logs, labels, axis=along))
    if label_smoothing:
        losses = losses - label_smoothing * mean(logs, axis=along)
    return _reduced(losses, labels, counted, class_weights, weights, reduction)


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
    along = normalize_axis(axis, x.ndim)
    logs = _scaled(x, class_weights, along, "nll")
    named, counted = _labels("nll", asarray(labels), x.shape, along, ignore_index)
    losses = opposite(pick(logs, named, axis=along))
    return _reduced(losses, named, counted, class_weights, weights, reduction)


def _check_several(classes: int) -> None:
    if classes < 2:
        raise ShapeError(
            f"cross_entropy needs two classes or more and got {classes}: for a single output there "
            f"is binary_cross_entropy_with_logits (at {caller()})"
        )


def _scaled(logs: Tensor, class_weights: ArrayLike | None, axis: int, loss: str) -> Tensor:
    """The log-probability of each class times the weight of that class."""
    if class_weights is None:
        return logs
    w = as_type(asarray(class_weights), logs.dtype)
    classes = logs.shape[axis]
    if w.shape != (classes,):
        raise ShapeError(
            f"{loss}: class_weights has shape {w.shape}, but there are {classes} classes: give one "
            f"weight for each (at {caller()})"
        )
    return chain(reshape(w, (classes, *(1,) * (logs.ndim - 1 - axis))), logs)


def _smoothed(t: Tensor, smoothing: float, classes: int) -> Tensor:
    if smoothing == 0.0:
        return t
    smooth: Tensor = (1.0 - smoothing) * t + smoothing / classes
    return smooth


def _labels(
    loss: str, given: Tensor, shape: Shape, axis: int, ignored: int | None
) -> tuple[Tensor, Tensor | None]:
    """The labels, 0 where they are to be ignored, and which are not (`None` for all)."""
    _check_form(loss, given, shape, axis)
    labels = as_type(given, int64)
    counted = None if ignored is None else not_equal(labels, ignored)
    labels = labels if counted is None else where(counted, labels, 0)
    if labels.value is not None:
        _check_range(loss, labels.value, shape[axis])
    return labels, counted


def _check_form(loss: str, labels: Tensor, shape: Shape, axis: int) -> None:
    if not is_integer(labels.dtype):
        raise DTypeError(
            f"{loss}: labels are the numbers of classes and must be integers, got {labels.spec}; "
            f"write labels.astype('int64') (at {caller()})"
        )
    expected = reduced(shape, (axis,))
    if labels.shape == expected:
        return
    mend = f"the labels need shape {expected}"
    if labels.shape == shape:
        mend = f"for one-hot rows write target.argmax({axis})"
    elif labels.shape == (*expected, 1):
        mend = f"write labels.reshape{expected}"
    raise ShapeError(
        f"{loss}: labels of shape {labels.shape} do not name one class for each row of "
        f"{shape}, with the classes along axis {axis}: {mend} (at {caller()})"
    )


def _check_range(loss: str, labels: Array, classes: int) -> None:
    place = first_outside(labels, 0, classes)
    if place is None:
        return
    where_ = f" in row {place[0]}" if len(place) == 1 else f" at {list(place)}" if place else ""
    raise DataError(
        f"{loss}: label {labels[place]}{where_} is not one of the {classes} classes 0 to "
        f"{classes - 1}: {_range_mend(labels, classes)} (at {caller()})"
    )


def _range_mend(labels: Array, classes: int) -> str:
    if labels.min() < 0:
        return "pass ignore_index to leave rows without a label out"
    if labels.min() > 0 and labels.max() == classes:
        return "labels count from 0, subtract 1"
    return f"the last layer needs {labels.max() + 1} outputs"


def _reduced(
    losses: Tensor,
    labels: Tensor,
    counted: Tensor | None,
    class_weights: ArrayLike | None,
    weights: ArrayLike | None,
    reduction: str,
) -> Tensor:
    """The losses reduced, where each counts as much as its class, and ignored ones do not."""
    mass = None
    if class_weights is not None:
        mass = take(as_type(asarray(class_weights), losses.dtype), labels)
    if counted is not None:
        present = as_type(counted, losses.dtype)
        losses, mass = chain(present, losses), present if mass is None else chain(present, mass)
    return reduce(losses, weights, reduction, mass)
