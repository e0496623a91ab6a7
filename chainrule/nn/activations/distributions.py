"""Activations that make each row a probability distribution: softmax, its logarithm, softmin."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.softmax import log_softmax, softmax
from chainrule.build.tensor import Tensor
from chainrule.nn.activations.activation import Activation


def softmin(x: ArrayLike, axis: int = -1) -> Tensor:
    """Return y_i = exp(−x_i) / Σ_j exp(−x_j), the sum over `axis`. Shapes: x and y (…).

    Errors: `ShapeError` for an axis that is not there.

    >>> softmin([0.0, 0.0])
    Tensor([0.5, 0.5], float32)
    """
    (x,) = floating(x)
    return softmax(-x, axis=axis)


@dataclass(eq=False, repr=False)
class Softmax(Activation):
    """The layer of `softmax`, y_i = exp x_i / Σ_j exp x_j along `axis`.

    A classifier needs none: `nn.cross_entropy` takes what comes before.

    >>> Softmax()([0.0, 0.0])
    Tensor([0.5, 0.5], float32)
    """

    axis: int = -1

    def forward(self, x: ArrayLike) -> Tensor:
        """Return softmax(x)."""
        return softmax(x, axis=self.axis)


@dataclass(eq=False, repr=False)
class LogSoftmax(Activation):
    """The layer of `log_softmax`, y_i = x_i − log Σ_j exp x_j along `axis`.

    >>> LogSoftmax()([0.0, 0.0])
    Tensor([-0.6931472, -0.6931472], float32)
    """

    axis: int = -1

    def forward(self, x: ArrayLike) -> Tensor:
        """Return log_softmax(x)."""
        return log_softmax(x, axis=self.axis)


@dataclass(eq=False, repr=False)
class Softmin(Activation):
    """The layer of `softmin`, y_i = exp(−x_i) / Σ_j exp(−x_j) along `axis`.

    >>> Softmin()([0.0, 0.0])
    Tensor([0.5, 0.5], float32)
    """

    axis: int = -1

    def forward(self, x: ArrayLike) -> Tensor:
        """Return softmin(x)."""
        return softmin(x, axis=self.axis)
