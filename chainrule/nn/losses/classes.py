"""What the losses of classes share: labels and their checks, weights of classes, smoothing."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.array.dtype import DType, int64, is_floating, is_integer
from chainrule.array.shape import Shape, normalize_axis, reduced
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.comparison import not_equal, where
from chainrule.build.functions.indexing import take
from chainrule.build.functions.labels import pick
from chainrule.build.functions.manipulation import reshape
from chainrule.build.functions.reduction import mean, sum
from chainrule.build.primitives.elementwise import chain
from chainrule.build.primitives.indexing import first_outside
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import DataError, DTypeError, OptionError, ShapeError
from chainrule.nn.losses.reduction import opposite, reduce


@dataclass(frozen=True)
class Classes:
    """The classes of the loss called `loss`: their axis, their weights, the label that is none."""

    loss: str
    axis: int
    class_weights: ArrayLike | None = None
    ignore_index: int | None = None

    def scores(self, given: ArrayLike) -> Tensor:
        """Return one score for each class, checked to be of two classes or more."""
        (x,) = floating(given)
        classes = x.shape[normalize_axis(self.axis, x.ndim)]
        if classes < 2:
            raise ShapeError(
                f"{self.loss} needs two classes or more and got {classes}: for a single output "
                f"there is binary_cross_entropy_with_logits (at {caller()})"
            )
        return x

    def expected(
        self,
        logs: Tensor,
        target: ArrayLike,
        smoothing: float,
        weights: ArrayLike | None,
        reduction: str,
    ) -> Tensor:
        """Return −Σ_k t_k w_k logs_k for labels or probabilities t, smoothed, reduced."""
        if not 0.0 <= smoothing <= 1.0:
            raise OptionError(f"{self.loss}: label_smoothing lies in 0 … 1, got {smoothing}")
        given, each = asarray(target), self.scaled(logs)
        if is_floating(given.dtype) and given.shape == logs.shape:
            t = _smoothed(as_type(given, logs.dtype), smoothing, logs.shape[self.axis])
            return reduce(opposite(sum(chain(t, each), axis=self.axis)), weights, reduction)
        labels, counted = self.labels(given, logs.shape)
        losses = opposite((1.0 - smoothing) * pick(each, labels, axis=self.axis))
        if smoothing:
            losses = losses - smoothing * mean(each, axis=self.axis)
        return self.reduced(losses, labels, counted, weights, reduction)

    def scaled(self, values: Tensor) -> Tensor:
        """Return the value of each class times the weight of that class."""
        along = normalize_axis(self.axis, values.ndim)
        classes = values.shape[along]
        w = self._weights(values.dtype, classes)
        behind = (1,) * (values.ndim - 1 - along)
        return values if w is None else chain(reshape(w, (classes, *behind)), values)

    def _weights(self, dtype: DType, classes: int) -> Tensor | None:
        if self.class_weights is None:
            return None
        w = as_type(asarray(self.class_weights), dtype)
        if w.shape != (classes,):
            raise ShapeError(
                f"{self.loss}: class_weights has shape {w.shape}, but there are {classes} classes: "
                f"give one weight for each (at {caller()})"
            )
        return w

    def labels(self, target: ArrayLike, shape: Shape) -> tuple[Tensor, Tensor | None]:
        """Return the labels, 0 where they are to be ignored, and which are not (`None` for all)."""
        along = normalize_axis(self.axis, len(shape))
        given = asarray(target)
        self._check_form(given, shape, along)
        labels = as_type(given, int64)
        counted = None if self.ignore_index is None else not_equal(labels, self.ignore_index)
        labels = labels if counted is None else where(counted, labels, 0)
        if labels.value is not None:
            self._check_range(labels.value, shape[along])
        return labels, counted

    def _check_form(self, labels: Tensor, shape: Shape, axis: int) -> None:
        if not is_integer(labels.dtype):
            raise DTypeError(
                f"{self.loss}: labels are the numbers of classes and must be integers, got "
                f"{labels.spec}; write labels.astype('int64') (at {caller()})"
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
            f"{self.loss}: labels of shape {labels.shape} do not name one class for each row of "
            f"{shape}, with the classes along axis {axis}: {mend} (at {caller()})"
        )

    def _check_range(self, labels: Array, classes: int) -> None:
        place = first_outside(labels, 0, classes)
        if place is None:
            return
        row = f" in row {place[0]}" if len(place) == 1 else f" at {list(place)}" if place else ""
        raise DataError(
            f"{self.loss}: label {labels[place]}{row} is not one of the {classes} classes 0 to "
            f"{classes - 1}: {_range_mend(labels, classes)} (at {caller()})"
        )

    def reduced(
        self,
        losses: Tensor,
        labels: Tensor,
        counted: Tensor | None,
        weights: ArrayLike | None,
        reduction: str,
    ) -> Tensor:
        """Return the losses reduced: each counts as much as its class, and ignored ones do not."""
        mass = None
        if self.class_weights is not None:
            mass = take(as_type(asarray(self.class_weights), losses.dtype), labels)
        if counted is not None:
            present = as_type(counted, losses.dtype)
            mass = present if mass is None else chain(present, mass)
            losses = chain(present, losses)
        return reduce(losses, weights, reduction, mass)

    def by_label(
        self,
        losses: Tensor,
        labels: Tensor,
        classes: int,
        weights: ArrayLike | None,
        reduction: str,
    ) -> Tensor:
        """Return the losses, each times the weight of its class, reduced."""
        w = self._weights(losses.dtype, classes)
        mass = None if w is None else take(w, labels)
        each = losses if mass is None else chain(mass, losses)
        return reduce(each, weights, reduction, mass)


def _smoothed(t: Tensor, smoothing: float, classes: int) -> Tensor:
    if smoothing == 0.0:
        return t
    smooth: Tensor = (1.0 - smoothing) * t + smoothing / classes
    return smooth


def _range_mend(labels: Array, classes: int) -> str:
    if labels.min() < 0:
        return "pass ignore_index to leave rows without a label out"
    if labels.min() > 0 and labels.max() == classes:
        return "labels count from 0, subtract 1"
    return f"the last layer needs {labels.max() + 1} outputs"
