"""Dropout for self-normalizing networks: it keeps mean 0 and variance 1."""

from __future__ import annotations

import math

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import add
from chainrule.build.functions.comparison import where
from chainrule.build.random import Generator, default_generator
from chainrule.build.tensor import Tensor
from chainrule.nn.dropout import checked_rate
from chainrule.nn.identity import Passing

# What SELU gives for −∞: −λα.
SATURATED = -1.0507009873554805 * 1.6732632423543772


def alpha_dropout(
    x: ArrayLike, rate: float, generator: Generator | None = None, *, features: bool = False
) -> Tensor:
    """Return y_i = a·x_i + b with probability q = 1 − rate, else a·s + b, s = −λα of SELU.

    a = (q + rate·q·s²)^(−1/2) and b = −a·rate·s keep mean 0 and variance 1. With `features` one
    choice is made for a whole channel. Shapes: x and y (…), or (n, channels, …). Klambauer,
    Unterthiner, Mayr & Hochreiter, Self-normalizing neural networks (NeurIPS 2017), section 3.

    Errors: `OptionError` for a rate outside 0 ≤ rate < 1.

    >>> alpha_dropout([1.0, 2.0], rate=0.0)
    Tensor([1., 2.], float32)
    """
    (given,) = floating(x)
    kept = 1.0 - checked_rate(rate)
    if rate == 0.0:
        return given
    scale = 1.0 / math.sqrt(kept + rate * kept * SATURATED**2)
    shape = given.shape
    if features:
        shape = (*given.shape[:2], *(1,) * (given.ndim - 2))
    chosen = (generator or default_generator()).bernoulli(kept, shape)
    return add(where(chosen, given, SATURATED) * scale, -scale * rate * SATURATED)


class AlphaDropout(Passing):
    """A layer of `alpha_dropout`, to stand behind SELU; in evaluation y = x.

    Klambauer et al., Self-normalizing neural networks (NeurIPS 2017). Shapes: x and y (…).

    Errors: `OptionError` for a rate outside 0 ≤ rate < 1.

    >>> from chainrule import nn
    >>> nn.AlphaDropout(0.1).evaluate()([1.0, 2.0])
    Tensor([1., 2.], float32)
    """

    def __init__(self, rate: float = 0.5) -> None:
        self.rate = checked_rate(rate)
        self.generator = default_generator().split()
        self.counter = self.generator.state

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        return alpha_dropout(x, self.rate if self.is_training() else 0.0, self.generator)

    def arguments(self) -> str:
        """Return the rate."""
        return str(self.rate)


class FeatureAlphaDropout(AlphaDropout):
    """A layer of `alpha_dropout` that chooses whole channels; see `AlphaDropout`.

    Shapes: x and y (n, channels, …).

    >>> from chainrule import nn
    >>> nn.FeatureAlphaDropout(0.1)([[[1.0, 2.0]]]).shape
    (1, 1, 2)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        rate = self.rate if self.is_training() else 0.0
        return alpha_dropout(x, rate, self.generator, features=True)
