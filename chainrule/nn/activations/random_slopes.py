"""The rectifier whose slope below zero is drawn while training."""

from __future__ import annotations

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.comparison import where
from chainrule.build.random import Generator, default_generator
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.activations.activation import Activation
from chainrule.nn.activations.rectifiers import leaky_relu
from chainrule.nn.initializers.scaled import he_normal


def rrelu(
    x: ArrayLike,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    *,
    training: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """Return y = x where x > 0, else a·x; in training each a is uniform in [lower, upper).

    Otherwise a is the mean of the two. Shapes: x and y (…). Xu, Wang, Chen & Li, Empirical
    evaluation of rectified activations in convolutional network (2015), section 2.4.

    Errors: `OptionError` where lower is above upper.

    >>> rrelu([-2.0, 2.0], lower=0.25, upper=0.75)
    Tensor([-1.,  2.], float32)
    """
    if not lower <= upper:
        raise OptionError(f"rrelu needs lower ≤ upper, got {lower} and {upper}")
    (given,) = floating(x)
    if not training:
        return leaky_relu(given, (lower + upper) / 2)
    draws = (generator or default_generator()).uniform(given.shape, lower, upper, given.dtype)
    return where(given > 0, given, given * draws)


class RReLU(Activation):
    """The layer of `rrelu`, y = x where x > 0, else a·x with random a while training.

    >>> RReLU(0.25, 0.75).evaluate()([-2.0, 2.0])
    Tensor([-1.,  2.], float32)
    """

    def __init__(self, lower: float = 1 / 8, upper: float = 1 / 3) -> None:
        if not lower <= upper:
            raise OptionError(f"RReLU needs lower ≤ upper, got {lower} and {upper}")
        self.lower, self.upper = lower, upper
        self.initializer = he_normal((lower + upper) / 2)
        self.generator = default_generator().split()
        self.counter = self.generator.state

    def forward(self, x: ArrayLike) -> Tensor:
        """Return rrelu(x)."""
        training = self.is_training()
        return rrelu(x, self.lower, self.upper, training=training, generator=self.generator)

    def arguments(self) -> str:
        """Return the bounds of the slope."""
        return f"{self.lower:.4g}, {self.upper:.4g}"
