"""The encoder of a transformer, and its layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chainrule.array.dtype import float32
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.tensor import Tensor
from chainrule.errors import OptionError
from chainrule.nn.attention.blocks import Activation, Around, FeedForward
from chainrule.nn.attention.multihead import MultiheadAttention
from chainrule.nn.attention.positions import RotaryEmbedding
from chainrule.nn.module import Module


class TransformerEncoderLayer(Module):
    """Self-attention and a feed-forward part, each with a way around it.

    y = norm(x + attention(x)), z = norm(y + feed-forward(y)), each norm before its part with
    `norm_first`. Vaswani et al., Attention is all you need (NeurIPS 2017), section 3.1; `kv_heads`
    and `rotary` as in `MultiheadAttention`. Made causal when called, it is the layer of a decoder
    without memory, such as a GPT.

    Shapes: x and z (n, length, features), or without n; with `batch_first=False` n is the second
    axis. Masks as in `MultiheadAttention`.

    Errors: as `MultiheadAttention`; `OptionError` for an unknown activation.

    >>> import chainrule as cr
    >>> from chainrule import nn
    >>> layer = nn.TransformerEncoderLayer(8, heads=2, hidden=16)
    >>> layer(cr.ones((3, 5, 8)), is_causal=True).shape
    (3, 5, 8)
    """

    def __init__(
        self,
        features: int,
        heads: int,
        hidden: int = 2048,
        dropout: float = 0.1,
        activation: str | Activation = "relu",
        *,
        norm_first: bool = False,
        bias: bool = True,
        epsilon: float = 1e-5,
        kv_heads: int | None = None,
        rotary: RotaryEmbedding | None = None,
        batch_first: bool = True,
        dtype: Any = float32,
    ) -> None:
        self.attention = MultiheadAttention(
            features,
            heads,
            dropout=dropout,
            bias=bias,
            kv_heads=kv_heads,
            rotary=rotary,
            batch_first=batch_first,
            dtype=dtype,
        )
        self.feed_forward = FeedForward(features, hidden, dropout, activation, bias, dtype)
        self.first = Around(features, dropout, norm_first, epsilon, dtype)
        self.second = Around(features, dropout, norm_first, epsilon, dtype)

    def forward(
        self,
        x: ArrayLike,
        mask: ArrayLike | None = None,
        key_mask: ArrayLike | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return z for the input x (n, length, features)."""
        given = as_type(asarray(x), self.attention.input.weight.dtype)
        attended = self.first(
            given,
            lambda h: self.attention(h, mask=mask, key_mask=key_mask, is_causal=is_causal),
        )
        result: Tensor = self.second(attended, self.feed_forward)
        return result

    def features_after(self, features: int | None) -> int:
        """Return the number of features."""
        return self.feed_forward.features_after(features)

    def arguments(self) -> str:
        """Return features and heads."""
        return self.attention.arguments()


class TransformerEncoder(Module):
    """Layers one after the other, all with the same masks, and a last normalization.

    Shapes: x and y (n, length, features).

    Errors: `OptionError` for a layer that is no module.

    >>> import chainrule as cr
    >>> from chainrule import nn
    >>> layers = [nn.TransformerEncoderLayer(8, heads=2, hidden=16) for _ in range(2)]
    >>> nn.TransformerEncoder(layers)(cr.ones((3, 5, 8))).shape
    (3, 5, 8)
    """

    def __init__(
        self, layers: Sequence[TransformerEncoderLayer], norm: Module | None = None
    ) -> None:
        self.layers = checked_layers("TransformerEncoder", layers)
        self.norm = norm

    def forward(
        self,
        x: ArrayLike,
        mask: ArrayLike | None = None,
        key_mask: ArrayLike | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return y for the input x (n, length, features)."""
        y = asarray(x)
        for layer in self.layers:
            y = layer(y, mask=mask, key_mask=key_mask, is_causal=is_causal)
        return y if self.norm is None else self.norm(y)


def checked_layers(name: str, layers: Iterable[Any]) -> list[Any]:
    """Return the layers as a list; raise `OptionError` for what is none."""
    listed = list(layers)
    if not listed or not all(isinstance(layer, Module) for layer in listed):
        raise OptionError(
            f"{name} takes a list of layers, each made for itself: write "
            f"[nn.{name}Layer(512, heads=8) for _ in range(6)]"
        )
    return listed
