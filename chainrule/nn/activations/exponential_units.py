"""Exponential linear units: the identity above zero, an exponential that levels off below.

The exponential is only taken below zero, so that it overflows nowhere, in value or derivative.
"""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import multiply
from chainrule.build.functions.comparison import where
from chainrule.build.functions.exponential import expm1
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.activations.activation import Activation
from chainrule.nn.initializers.scaled import he_normal, lecun_normal

# Klambauer et al. 2017, equation 14: with these, mean 0 and variance 1 are a fixed point.
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


def elu(x: ArrayLike, alpha: float = 1.0) -> Tensor:
    """Return y = x where x > 0, else α(eˣ − 1); the derivative at 0 is α. Shapes: x and y (…).

    Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by exponential linear
    units (ICLR 2016), equation 15.

    >>> elu([-1.0, 100.0])
    Tensor([ -0.63212055, 100.        ], float32)
    """
    (x,) = floating(x)
    return where(x > 0, x, alpha * expm1(_below_zero(x)))


def celu(x: ArrayLike, alpha: float = 1.0) -> Tensor:
    """Return y = x where x > 0, else α(exp(x/α) − 1), smooth for every α. Shapes: x and y (…).

    Barron, Continuously differentiable exponential linear units (2017), equation 2.

    Errors: `OptionError` for α = 0.

    >>> celu([-1.0, 100.0], alpha=2.0)
    Tensor([ -0.78693867, 100.        ], float32)
    """
    if alpha == 0:
        raise OptionError("celu divides by alpha, which must not be 0")
    (x,) = floating(x)
    return where(x > 0, x, alpha * expm1(_below_zero(x) * (1.0 / alpha)))


def selu(x: ArrayLike) -> Tensor:
    """Return y = λx where x > 0, else λα(eˣ − 1), λ ≈ 1.0507 and α ≈ 1.6733. Shapes: x and y (…).

    Keeps mean 0 and variance 1 from layer to layer, with weights drawn by `lecun_normal`; its
    derivative at 0 is λα. Klambauer, Unterthiner, Mayr & Hochreiter, Self-normalizing neural
    networks (NeurIPS 2017), equation 2.

    >>> selu([-1.0, 100.0])
    Tensor([ -1.1113307, 105.0701   ], float32)
    """
    return multiply(SELU_SCALE, elu(x, SELU_ALPHA))


def _below_zero(x: Tensor) -> Tensor:
    return where(x > 0, 0.0, x)


@dataclass(eq=False, repr=False)
class ELU(Activation):
    """The layer of `elu`, y = x where x > 0, else α(eˣ − 1).

    >>> ELU()([-1.0, 100.0])
    Tensor([ -0.63212055, 100.        ], float32)
    """

    alpha: float = 1.0
    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return elu(x)."""
        return elu(x, self.alpha)


@dataclass(eq=False, repr=False)
class CELU(Activation):
    """The layer of `celu`, y = x where x > 0, else α(exp(x/α) − 1).

    >>> CELU(2.0)([-1.0, 100.0])
    Tensor([ -0.78693867, 100.        ], float32)
    """

    alpha: float = 1.0
    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return celu(x)."""
        return celu(x, self.alpha)


class SELU(Activation):
    """The layer of `selu`, y = λx where x > 0, else λα(eˣ − 1).

    >>> SELU()([-1.0, 100.0])
    Tensor([ -1.1113307, 105.0701   ], float32)
    """

    initializer = lecun_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return selu(x)."""
        return selu(x)
