"""Local response normalization: each element by its neighbors in other channels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from chainrule.build.convert import ArrayLike
from chainrule.build.functions.arithmetic import add, divide, pow, square
from chainrule.build.functions.extension import pad
from chainrule.build.primitives.movement import part
from chainrule.build.tensor import Tensor
from chainrule.nn.identity import Passing
from chainrule.nn.normalization.channels import with_channels
from chainrule.nn.size import checked_size


def local_response_norm(
    x: ArrayLike, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Return y_c = x_c / (k + α/s · Σ_d x_d²)^β, d running over the s = `size` channels around c.

    Channels before the first and behind the last count as 0; of an even number of channels one more
    lies before c. Shapes: x and y (n, channels, …). Krizhevsky, Sutskever & Hinton, ImageNet
    classification with deep convolutional neural networks (NeurIPS 2012), section 3.3, with α/s in
    the place of α.

    Errors: `ShapeError` for an input without channels; `OptionError` for a size that is no positive
    integer.

    >>> local_response_norm([[1.0, 2.0]], size=1, alpha=1.0, beta=1.0)
    Tensor([[0.5, 0.4]], float32)
    """
    given = with_channels("local_response_norm", x)
    width = checked_size("local_response_norm", "size", size)
    around = [(0, 0), (width // 2, (width - 1) // 2), *[(0, 0)] * (given.ndim - 2)]
    padded = pad(square(given), around)
    channels = given.shape[1]
    shifted = [part(padded, 1, range(at, at + channels)) for at in range(width)]
    return divide(given, pow(k + reduce(add, shifted) * (alpha / width), beta))


@dataclass(eq=False, repr=False)
class LocalResponseNorm(Passing):
    """The layer of `local_response_norm`, y_c = x_c / (k + α/s · Σ_d x_d²)^β.

    Krizhevsky, Sutskever & Hinton (NeurIPS 2012), section 3.3. Shapes: x and y (n, channels, …).

    Errors: `OptionError` for a size that is no positive integer.

    >>> LocalResponseNorm(1, alpha=1.0, beta=1.0)([[1.0, 2.0]])
    Tensor([[0.5, 0.4]], float32)
    """

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 1.0

    def __post_init__(self) -> None:
        checked_size("LocalResponseNorm", "size", self.size)

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x (n, channels, …)."""
        return local_response_norm(x, self.size, self.alpha, self.beta, self.k)

    def arguments(self) -> str:
        """Return the numbers."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"
