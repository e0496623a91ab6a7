"""Squashing activations: smooth, and level on one side or both."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import abs as magnitude, add, divide, negative
from chainrule.build.functions.comparison import where
from chainrule.build.functions.exponential import exp, log1p, sigmoid
from chainrule.build.functions.trigonometry import tanh
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.activations.activation import Activation
from chainrule.nn.initializers.scaled import he_normal


def softplus(x: ArrayLike, beta: float = 1.0, threshold: float | None = None) -> Tensor:
    """Return y = log(1 + exp(βx)) / β, a smooth max(x, 0). Shapes: x and y (…).

    Where βx is above `threshold` (nowhere, if that is `None`), y = x. Dugas, Bengio, Bélisle,
    Nadeau & Garcia, Incorporating second-order functional knowledge for better option pricing
    (NeurIPS 2000).

    Errors: `OptionError` for β that is not positive.

    >>> softplus([-1000.0, 0.0, 1000.0])
    Tensor([0.000000e+00, 6.931472e-01, 1.000000e+03], float32)
    """
    if beta <= 0:
        raise OptionError(f"softplus: beta must be positive, got {beta}")
    (x,) = floating(x)
    smooth = divide(_softplus(x * beta), beta)
    return smooth if threshold is None else where(x * beta > threshold, x, smooth)


def _softplus(x: Tensor) -> Tensor:
    """max(x, 0) + log(1 + exp(−|x|)): no digit is lost on either side; at 0 the derivative is ½."""
    is_positive = x > 0
    return add(where(is_positive, x, 0.0), log1p(exp(where(is_positive, -x, x))))


def logsigmoid(x: ArrayLike) -> Tensor:
    """Return y = log σ(x) = −log(1 + exp(−x)). Shapes: x and y (…).

    >>> logsigmoid([-1000.0, 0.0])
    Tensor([-1.000000e+03, -6.931472e-01], float32)
    """
    (x,) = floating(x)
    return negative(softplus(-x))


def softsign(x: ArrayLike) -> Tensor:
    """Return y = x / (1 + |x|). Shapes: x and y (…).

    Turian, Bergstra & Bengio, Quadratic features and deep architectures for chunking (NAACL 2009).

    >>> softsign([-1.0, 0.0, 3.0])
    Tensor([-0.5 ,  0.  ,  0.75], float32)
    """
    (x,) = floating(x)
    return divide(x, 1.0 + magnitude(x))


class Sigmoid(Activation):
    """The layer of `sigmoid`, y = σ(x) = 1 / (1 + exp(−x)).

    >>> Sigmoid()([0.0])
    Tensor([0.5], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return sigmoid(x)."""
        return sigmoid(x)


class Tanh(Activation):
    """The layer of `tanh`, y = tanh x.

    >>> Tanh()([0.0])
    Tensor([0.], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return tanh(x)."""
        return tanh(x)


class LogSigmoid(Activation):
    """The layer of `logsigmoid`, y = log σ(x).

    >>> LogSigmoid()([0.0])
    Tensor([-0.6931472], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return logsigmoid(x)."""
        return logsigmoid(x)


@dataclass(eq=False, repr=False)
class Softplus(Activation):
    """The layer of `softplus`, y = log(1 + exp(βx)) / β.

    >>> Softplus()([0.0])
    Tensor([0.6931472], float32)
    """

    beta: float = 1.0
    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return softplus(x)."""
        return softplus(x, self.beta)


class Softsign(Activation):
    """The layer of `softsign`, y = x / (1 + |x|).

    >>> Softsign()([-1.0, 0.0, 3.0])
    Tensor([-0.5 ,  0.  ,  0.75], float32)
    """

    def forward(self, x: ArrayLike) -> Tensor:
        """Return softsign(x)."""
        return softsign(x)
