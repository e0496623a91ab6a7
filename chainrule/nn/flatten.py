"""The layers between images and rows of features."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.array.shape import normalize_axis, size_of
from chainrule.build.convert import ArrayLike, asarray
from chainrule.build.functions.manipulation import reshape
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.module import Module


class Flatten(Module):
    """A layer that makes one row of features of each example.

    Shapes: x (n, …), y (n, product of the other lengths).

    Errors: called, `ShapeError` for an input without axes.

    >>> from chainrule import nn
    >>> nn.Flatten()([[[1.0, 2.0], [3.0, 4.0]]])
    Tensor([[1., 2., 3., 4.]], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        given = asarray(x)
        if given.ndim == 0:
            raise ShapeError(
                f"Flatten() takes a batch of examples and got a single number (at {caller()}): "
                "give it an axis"
            )
        return reshape(given, (given.shape[0], size_of(given.shape[1:])))

    def initializer_before(self, following: Initializer | None) -> Initializer | None:
        """Return `following`."""
        return following


class Unflatten(Module):
    """A layer that divides one axis into several: the opposite of `Flatten`.

    Shapes: x (…, k, …), y (…, *shape, …), where the lengths of `shape` multiply to k; one of them
    may be −1. `axis` counts the axes of the input.

    Errors: `OptionError` for an empty shape; called, `ShapeError` where it does not fit.

    >>> from chainrule import nn
    >>> nn.Unflatten(1, (2, 2))([[1.0, 2.0, 3.0, 4.0]])
    Tensor([[[1., 2.],
             [3., 4.]]], float32)
    """

    def __init__(self, axis: int, shape: Sequence[int]) -> None:
        self.axis, self.shape = axis, tuple(shape)
        if not self.shape:
            raise OptionError("Unflatten: shape must name at least one axis, got ()")

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        given = asarray(x)
        along = normalize_axis(self.axis, given.ndim)
        return reshape(given, (*given.shape[:along], *self.shape, *given.shape[along + 1 :]))

    def arguments(self) -> str:
        """Return axis and shape."""
        return f"{self.axis}, {self.shape}"
