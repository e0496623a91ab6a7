"""The residual connection."""

from __future__ import annotations

from typing import Any

from chainrule.build.convert import asarray
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.errors import ShapeError
from chainrule.nn.initializers.initializer import Initializer
from chainrule.nn.sequential import Layers


class Residual(Layers):
    """Layers whose input is added to their result, y = x + f_n(… f_0(x)).

    The derivative of y with respect to x is 1 + ∂f/∂x: a gradient gets past any number of them. He,
    Zhang, Ren & Sun, Deep residual learning for image recognition (CVPR 2016), equation 1.

    Shapes: x and y (…), and the layers must give the shape that they get.

    Errors: `ShapeError` where they give another; nothing is broadcast.

    >>> from chainrule import nn
    >>> block = nn.Residual(nn.Linear(4, 4), nn.ReLU())
    >>> block([1.0, 2.0, 3.0, 4.0]).shape
    (4,)
    """

    def features_after(self, features: int | None) -> int | None:
        """Return `features`, which the layers must give back."""
        after = super().features_after(features)
        if None not in (features, after) and features != after:
            raise ShapeError(
                f"Residual adds its input of {features} features to a result of {after}: let its "
                f"last layer give {features} features (at {caller()})"
            )
        return features if after is None else after

    def initializer_before(self, following: Initializer | None) -> None:
        """Tell the layers inside what follows; what comes before has no single thing behind it."""
        super().initializer_before(following)

    def forward(self, x: Any) -> Tensor:
        """Return x plus the layers' result."""
        given = asarray(x)
        result = asarray(self.run(given))
        if result.shape != given.shape:
            raise ShapeError(
                f"Residual adds its input of shape {given.shape} to a result of shape "
                f"{result.shape}: let its last layer give the shape of its input (at {caller()})"
            )
        total: Tensor = given + result
        return total
