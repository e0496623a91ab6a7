"""Dropout."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.comparison import where
from chainrule.build.random import Generator, default_generator
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.identity import Passing


def dropout(x: ArrayLike, rate: float, generator: Generator | None = None) -> Tensor:
    """Return y_i = x_i / (1 − rate) with probability 1 − rate, else 0, so that E y = x.

    What is dropped leaves no trace in the gradient, not even a NaN. Without `generator` the default
    one draws. Shapes: x and y (…).

    Errors: `OptionError` for a rate outside 0 ≤ rate < 1.

    >>> dropout([1.0, 2.0], rate=0.0)
    Tensor([1., 2.], float32)
    """
    (given,) = floating(x)
    kept = 1.0 - checked_rate(rate)
    if rate == 0.0:
        return given
    chosen = (generator or default_generator()).bernoulli(kept, given.shape)
    return where(chosen, given * (1.0 / kept), 0.0)


class Dropout(Passing):
    """A layer that leaves out each element with probability `rate` while training; see `dropout`.

    In evaluation y = x. It draws from a generator of its own, whose counter belongs to the model's
    state: training that goes on from a saved state draws what it would have drawn.

    Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, Dropout: a simple way to prevent
    neural networks from overfitting (JMLR 2014), in the form that scales while training.

    Shapes: x and y (…).

    Errors: `OptionError` for a rate outside 0 ≤ rate < 1.

    >>> from chainrule import nn
    >>> layer = nn.Dropout(0.5)
    >>> layer.evaluate()([1.0, 2.0])
    Tensor([1., 2.], float32)
    """

    def __init__(self, rate: float = 0.5) -> None:
        self.rate = checked_rate(rate)
        self.generator = default_generator().split()
        self.counter = self.generator.state

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x."""
        return dropout(x, self.rate if self.is_training() else 0.0, self.generator)

    def arguments(self) -> str:
        """Return the rate."""
        return str(self.rate)


def checked_rate(rate: float) -> float:
    """Return the rate; raise `OptionError` outside 0 ≤ rate < 1."""
    if not 0.0 <= rate < 1.0:
        raise OptionError(
            f"a dropout rate is the share left out, at least 0 and below 1; got {rate}"
        )
    return rate
