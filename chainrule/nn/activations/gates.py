"""Gated activations: the input times a gate between 0 and 1 that it opens itself, and GLU."""

from __future__ import annotations

import math
from dataclasses import dataclass

from chainrule.array.shape import normalize_axis
from chainrule.build.convert import ArrayLike, floating
from chainrule.build.functions.arithmetic import multiply
from chainrule.build.functions.exponential import exp, sigmoid
from chainrule.build.functions.manipulation import split
from chainrule.build.functions.special import erfc
from chainrule.build.functions.trigonometry import tanh
from chainrule.build.primitives.elementwise import chain
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.derive.custom import custom_vjp
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.activations.activation import Activation
from chainrule.nn.activations.squashing import softplus
from chainrule.nn.initializers.scaled import he_normal

APPROXIMATIONS = ("none", "tanh")


def gelu(x: ArrayLike, approximate: str = "none") -> Tensor:
    """Return y = x·Φ(x), Φ the normal distribution function. Shapes: x and y (…).

    With `approximate="tanh"` Φ is ½(1 + tanh(√(2/π)(x + 0.044715 x³))). Hendrycks & Gimpel,
    Gaussian error linear units (2016), section 2.

    Errors: `OptionError` for another approximation.

    >>> gelu([-1.0, 0.0, 1.0])
    Tensor([-0.15865526,  0.        ,  0.8413447 ], float32)
    """
    _check(approximate)
    (x,) = floating(x)
    if approximate == "none":
        exact: Tensor = _exact_gelu(x)
        return exact
    # ½(1 + tanh u) = sigmoid(2u), without the loss of digits where tanh is near −1.
    return multiply(x, sigmoid(math.sqrt(8.0 / math.pi) * (x + 0.044715 * (x * x * x))))


def _below(x: Tensor) -> Tensor:
    """Φ(x), the share of the normal distribution below x."""
    return multiply(0.5, erfc(x * -math.sqrt(0.5)))


def _slope(g: Tensor, y: Tensor, x: Tensor) -> list[Tensor]:
    """Φ(x) + x·φ(x), times g: one product with it where the formula's own derivative has five."""
    del y
    density = exp(x * x * -0.5) * (1.0 / math.sqrt(2.0 * math.pi))
    return [chain(g, _below(x) + chain(x, density))]


_exact_gelu = custom_vjp(lambda x: multiply(x, _below(x)), _slope)


def _check(approximate: str) -> None:
    if approximate not in APPROXIMATIONS:
        listed = " or ".join(map(repr, APPROXIMATIONS))
        raise OptionError(f"gelu: approximate must be {listed}, got {approximate!r}")


def silu(x: ArrayLike) -> Tensor:
    """Return y = x·σ(x), also called swish. Shapes: x and y (…).

    Elfwing, Uchibe & Doya, Sigmoid-weighted linear units for neural network function approximation
    in reinforcement learning (2017), equation 5.

    >>> silu([-1.0, 0.0, 1.0])
    Tensor([-0.2689414,  0.       ,  0.7310586], float32)
    """
    (x,) = floating(x)
    return multiply(x, sigmoid(x))


def mish(x: ArrayLike) -> Tensor:
    """Return y = x·tanh(log(1 + eˣ)). Shapes: x and y (…).

    Misra, Mish: a self regularized non-monotonic activation function (BMVC 2020), equation 1.

    >>> mish([-1.0, 0.0, 1.0])
    Tensor([-0.3034014,  0.       ,  0.8650984], float32)
    """
    (x,) = floating(x)
    return multiply(x, tanh(softplus(x)))


def glu(x: ArrayLike, axis: int = -1) -> Tensor:
    """Return y = a·σ(b), a and b the first and second half of x along `axis`.

    Shapes: x (…, 2k, …), y (…, k, …). Dauphin, Fan, Auli & Grangier, Language modeling with gated
    convolutional networks (ICML 2017), equation 1.

    Errors: `ShapeError` where the axis has an odd length.

    >>> glu([1.0, 2.0, 0.0, 0.0])
    Tensor([0.5, 1. ], float32)
    """
    (x,) = floating(x)
    along = normalize_axis(axis, x.ndim)
    if x.shape[along] % 2:
        raise ShapeError(
            f"glu halves axis {along} of shape {x.shape}, whose length must be even (at {caller()})"
        )
    value, gate = split(x, 2, axis=along)
    return multiply(value, sigmoid(gate))


@dataclass(eq=False, repr=False)
class GELU(Activation):
    """The layer of `gelu`, y = x·Φ(x).

    >>> GELU()([-1.0, 0.0, 1.0])
    Tensor([-0.15865526,  0.        ,  0.8413447 ], float32)
    """

    approximate: str = "none"
    initializer = he_normal()

    def __post_init__(self) -> None:
        _check(self.approximate)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return gelu(x)."""
        return gelu(x, self.approximate)


class SiLU(Activation):
    """The layer of `silu`, y = x·σ(x).

    >>> SiLU()([-1.0, 0.0, 1.0])
    Tensor([-0.2689414,  0.       ,  0.7310586], float32)
    """

    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return silu(x)."""
        return silu(x)


class Mish(Activation):
    """The layer of `mish`, y = x·tanh(log(1 + eˣ)).

    >>> Mish()([-1.0, 0.0, 1.0])
    Tensor([-0.3034014,  0.       ,  0.8650984], float32)
    """

    initializer = he_normal()

    def forward(self, x: ArrayLike) -> Tensor:
        """Return mish(x)."""
        return mish(x)


@dataclass(eq=False, repr=False)
class GLU(Activation):
    """The layer of `glu`, y = a·σ(b) for the halves a and b of x: it halves the features.

    >>> GLU()([1.0, 2.0, 0.0, 0.0])
    Tensor([0.5, 1. ], float32)
    """

    axis: int = -1

    def features_after(self, features: int | None) -> int | None:
        """Return half of `features`, where it is the last axis that is halved."""
        if features is None or self.axis != -1:
            return None
        if features % 2:
            raise ShapeError(
                f"GLU() halves the features and got {features} of them: make them an even number "
                f"(at {caller()})"
            )
        return features // 2

    def forward(self, x: ArrayLike) -> Tensor:
        """Return glu(x)."""
        return glu(x, self.axis)
