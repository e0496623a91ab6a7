"""What the layers of transformers are made of: the way around each part, and the feed-forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chainrule.array.dtype import float32
from chainrule.build.convert import asarray
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.activations.gates import gelu, silu
from chainrule.nn.activations.rectifiers import relu
from chainrule.nn.dropout import Dropout
from chainrule.nn.linear import Linear
from chainrule.nn.module import Module
from chainrule.nn.normalization.layer import LayerNorm
from chainrule.nn.rows import rows_of, shaped_like
from chainrule.nn.size import checked_size

Activation = Callable[[Any], Tensor]
ACTIVATIONS: dict[str, Activation] = {"relu": relu, "gelu": gelu, "silu": silu}


def activation_of(layer: str, activation: str | Activation) -> Activation:
    """Return the function; one of `ACTIVATIONS` may be given by its name."""
    if callable(activation):
        return activation
    if activation in ACTIVATIONS:
        return ACTIVATIONS[activation]
    raise OptionError(
        f"{layer}: activation is a function such as nn.gelu, or one of "
        f"{', '.join(map(repr, ACTIVATIONS))}; got {activation!r}"
    )


class FeedForward(Module):
    """Two linear layers with an activation between them, for each place alike.

    y = f(x W₁ᵀ + b₁) W₂ᵀ + b₂. Vaswani et al., Attention is all you need (NeurIPS 2017), equation
    2. While training, `dropout` leaves out that share between the two.

    Shapes: x and y (…, features).

    Errors: `OptionError` for sizes that are not positive integers, or an unknown activation.

    >>> from chainrule import nn
    >>> import chainrule as cr
    >>> nn.FeedForward(4, hidden=16, activation="gelu")(cr.ones((2, 3, 4))).shape
    (2, 3, 4)
    """

    def __init__(
        self,
        features: int,
        hidden: int,
        dropout: float = 0.0,
        activation: str | Activation = "relu",
        bias: bool = True,
        dtype: Any = float32,
    ) -> None:
        checked_size("FeedForward", "hidden", hidden)
        self.activation = activation_of("FeedForward", activation)
        self.inner = Linear(features, hidden, bias=bias, dtype=dtype)
        self.dropout = Dropout(dropout)
        self.outer = Linear(hidden, features, bias=bias, dtype=dtype)

    def forward(self, x: Any) -> Tensor:
        """Return y for the input x (…, features)."""
        given = asarray(x)
        inner = self.activation(self.inner(rows_of(given)))
        return shaped_like(self.outer(self.dropout(inner)), given)

    def features_after(self, features: int | None) -> int:
        """Return the number of features."""
        self.inner.features_after(features)
        return self.outer.outputs

    def arguments(self) -> str:
        """Return features and hidden units."""
        return f"{self.inner.inputs}, hidden={self.inner.outputs}"


class Around(Module):
    """The way around a part of a block: dropout, the sum with the input, and normalization.

    After the sum, y = norm(x + drop(f(x))), as in Vaswani et al. 2017; or, with `norm_first`,
    before the part, y = x + drop(f(norm(x))), which trains without warm-up. Xiong et al., On layer
    normalization in the transformer architecture (ICML 2020).
    """

    def __init__(
        self, features: int, dropout: float, norm_first: bool, epsilon: float, dtype: Any
    ) -> None:
        self.norm = LayerNorm(features, epsilon, dtype=dtype)
        self.dropout = Dropout(dropout)
        self.norm_first = norm_first

    def forward(self, x: Tensor, part: Callable[[Tensor], Tensor]) -> Tensor:
        """Return y for the input x and the part f."""
        rows = rows_of(x)
        given = shaped_like(self.norm(rows), x) if self.norm_first else x
        total = rows + rows_of(self.dropout(part(given)))
        return shaped_like(total if self.norm_first else self.norm(total), x)
