"""Dropout of more than elements: of whole channels, and of the whole way around a block."""

from __future__ import annotations

from typing import ClassVar

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.comparison import where
from chainrule.build.random import Generator, default_generator
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.dropout import checked_rate
from chainrule.nn.identity import Passing


def feature_dropout(
    x: ArrayLike, rate: float, generator: Generator | None = None, *, axes: int = 2
) -> Tensor:
    """Return x / (1 − rate) or 0, one choice for all that has the same place on the first axes.

    With `axes=2` whole channels are left out, with 1 whole examples. Without `generator` the
    default one draws. Shapes: x and y (n, channels, …).

    Errors: `OptionError` for a rate outside 0 ≤ rate < 1; `ShapeError` where x has fewer axes.

    >>> feature_dropout([[1.0, 2.0]], rate=0.0)
    Tensor([[1., 2.]], float32)
    """
    (given,) = floating(x)
    kept = 1.0 - checked_rate(rate)
    if given.ndim < axes:
        raise ShapeError(
            f"feature_dropout needs at least {axes} axes, got shape {given.shape} (at {caller()})"
        )
    if rate == 0.0:
        return given
    shape = (*given.shape[:axes], *(1,) * (given.ndim - axes))
    chosen = (generator or default_generator()).bernoulli(kept, shape)
    return where(chosen, given * (1.0 / kept), 0.0)


class FeatureDropout(Passing):
    """What the layers of this kind have in common: a rate, a generator, the number of axes."""

    ranks: ClassVar[tuple[int, ...]] = ()
    axes: ClassVar[int] = 2

    def __init__(self, rate: float = 0.5) -> None:
        self.rate = checked_rate(rate)
        self.generator = default_generator().split()
        self.counter = self.generator.state

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        (given,) = floating(x)
        if self.ranks and given.ndim not in self.ranks:
            raise ShapeError(
                f"{self.title()} takes an input of {self.ranks[0]} axes, examples and channels "
                f"first, and got shape {given.shape} (at {caller()})"
            )
        rate = self.rate if self.is_training() else 0.0
        return feature_dropout(given, rate, self.generator, axes=self.axes)

    def arguments(self) -> str:
        """Return the rate."""
        return str(self.rate)


class Dropout1d(FeatureDropout):
    """A layer that leaves out whole channels of series while training; see `feature_dropout`.

    Neighbors in a channel are alike: what one of them lost the others would tell. Tompson,
    Goroshin, Jain, LeCun & Bregler, Efficient object localization using convolutional networks
    (CVPR 2015).

    Shapes: x and y (n, channels, length).

    Errors: `OptionError` for a rate outside 0 ≤ rate < 1; called, `ShapeError` for other axes.

    >>> from chainrule import nn
    >>> nn.Dropout1d(0.5).evaluate()([[[1.0, 2.0]]])
    Tensor([[[1., 2.]]], float32)
    """

    ranks = (3,)


class Dropout2d(FeatureDropout):
    """A layer that leaves out whole channels of images while training; see `Dropout1d`.

    Shapes: x and y (n, channels, height, width).

    >>> from chainrule import nn
    >>> nn.Dropout2d(0.5)([[[[1.0, 2.0]]]]).shape
    (1, 1, 1, 2)
    """

    ranks = (4,)


class Dropout3d(FeatureDropout):
    """A layer that leaves out whole channels of volumes while training; see `Dropout1d`.

    Shapes: x and y (n, channels, depth, height, width).

    >>> from chainrule import nn
    >>> nn.Dropout3d(0.5)([[[[[1.0, 2.0]]]]]).shape
    (1, 1, 1, 1, 2)
    """

    ranks = (5,)


class DropPath(FeatureDropout):
    """A layer that leaves out whole examples while training: stochastic depth.

    As the last layer inside `Residual` it takes the block away from that share of the examples.
    Huang, Sun, Liu, Sedra & Weinberger, Deep networks with stochastic depth (ECCV 2016), in the
    form that scales while training.

    Shapes: x and y (n, …).

    Errors: `OptionError` for a rate outside 0 ≤ rate < 1; called, `ShapeError` for a number.

    >>> from chainrule import nn
    >>> block = nn.Residual(nn.Linear(4, 4), nn.DropPath(0.1))
    >>> block([[1.0, 2.0, 3.0, 4.0]]).shape
    (1, 4)
    """

    axes = 1
