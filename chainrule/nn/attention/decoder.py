"""The decoder of a transformer, its layer, and the whole: encoder and decoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.array.dtype import float32
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.tensor import Tensor
from chainrule.nn.attention.blocks import Activation, Around, FeedForward
from chainrule.nn.attention.encoder import (
    TransformerEncoder,
    TransformerEncoderLayer,
    checked_layers,
)
from chainrule.nn.attention.multihead import MultiheadAttention
from chainrule.nn.module import Module
from chainrule.nn.normalization.layer import LayerNorm
from chainrule.nn.size import checked_size


class TransformerDecoderLayer(Module):
    """Self-attention, attention to a memory, and a feed-forward part, each with a way around it.

    Vaswani et al., Attention is all you need (NeurIPS 2017), section 3.1; options as in
    `TransformerEncoderLayer`.

    Shapes: x and y (n, m, features), memory (n, k, features); masks as in `MultiheadAttention`,
    those of the memory for its own keys.

    Errors: as `MultiheadAttention`; `OptionError` for an unknown activation.

    >>> import chainrule as cr
    >>> from chainrule import nn
    >>> layer = nn.TransformerDecoderLayer(8, heads=2, hidden=16)
    >>> layer(cr.ones((3, 5, 8)), cr.ones((3, 7, 8)), is_causal=True).shape
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
        batch_first: bool = True,
        dtype: Any = float32,
    ) -> None:
        def attention() -> MultiheadAttention:
            return MultiheadAttention(
                features, heads, dropout=dropout, bias=bias, batch_first=batch_first, dtype=dtype
            )

        self.attention, self.memory_attention = attention(), attention()
        self.feed_forward = FeedForward(features, hidden, dropout, activation, bias, dtype)
        self.ways = [Around(features, dropout, norm_first, epsilon, dtype) for _ in range(3)]

    def forward(
        self,
        x: ArrayLike,
        memory: ArrayLike,
        *,
        mask: ArrayLike | None = None,
        memory_mask: ArrayLike | None = None,
        key_mask: ArrayLike | None = None,
        memory_key_mask: ArrayLike | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """Return y for the input x (n, m, features) and the memory (n, k, features)."""
        first, second, third = self.ways
        y = first(
            as_type(asarray(x), self.attention.input.weight.dtype),
            lambda h: self.attention(h, mask=mask, key_mask=key_mask, is_causal=is_causal),
        )
        y = second(
            y,
            lambda h: self.memory_attention(h, memory, mask=memory_mask, key_mask=memory_key_mask),
        )
        result: Tensor = third(y, self.feed_forward)
        return result

    def features_after(self, features: int | None) -> int:
        """Return the number of features."""
        return self.feed_forward.features_after(features)

    def arguments(self) -> str:
        """Return features and heads."""
        return self.attention.arguments()


class TransformerDecoder(Module):
    """Decoder layers one after the other, all with the same memory and masks, and a last norm.

    Shapes: x and y (n, m, features), memory (n, k, features).

    Errors: `OptionError` for a layer that is no module.

    >>> import chainrule as cr
    >>> from chainrule import nn
    >>> layers = [nn.TransformerDecoderLayer(8, heads=2, hidden=16) for _ in range(2)]
    >>> nn.TransformerDecoder(layers)(cr.ones((3, 5, 8)), cr.ones((3, 7, 8))).shape
    (3, 5, 8)
    """

    def __init__(
        self, layers: Sequence[TransformerDecoderLayer], norm: Module | None = None
    ) -> None:
        self.layers = checked_layers("TransformerDecoder", layers)
        self.norm = norm

    def forward(self, x: ArrayLike, memory: ArrayLike, **masks: Any) -> Tensor:
        """Return y; `masks` are those of `TransformerDecoderLayer`."""
        y = asarray(x)
        for layer in self.layers:
            y = layer(y, memory, **masks)
        return y if self.norm is None else self.norm(y)


class Transformer(Module):
    """An encoder and a decoder that attends to what it makes of the source.

    Vaswani et al., Attention is all you need (NeurIPS 2017), figure 1, without embeddings and the
    last linear layer; each half ends with a normalization. Options as in
    `TransformerEncoderLayer`.

    Shapes: source (n, k, features), target and y (n, m, features); masks as in
    `MultiheadAttention`. `is_causal` is that of the target.

    Errors: as `TransformerEncoderLayer`.

    >>> import chainrule as cr
    >>> from chainrule import nn
    >>> model = nn.Transformer(8, heads=2, encoder_layers=1, decoder_layers=1, hidden=16)
    >>> model(cr.ones((3, 7, 8)), cr.ones((3, 5, 8)), is_causal=True).shape
    (3, 5, 8)
    """

    def __init__(
        self,
        features: int = 512,
        heads: int = 8,
        encoder_layers: int = 6,
        decoder_layers: int = 6,
        hidden: int = 2048,
        *,
        dropout: float = 0.1,
        activation: str | Activation = "relu",
        **options: Any,
    ) -> None:
        checked_size("Transformer", "encoder_layers", encoder_layers)
        checked_size("Transformer", "decoder_layers", decoder_layers)
        sizes = features, heads, hidden, dropout, activation
        epsilon, dtype = options.get("epsilon", 1e-5), options.get("dtype", float32)
        self.encoder = TransformerEncoder(
            [TransformerEncoderLayer(*sizes, **options) for _ in range(encoder_layers)],
            LayerNorm(features, epsilon, dtype=dtype),
        )
        self.decoder = TransformerDecoder(
            [TransformerDecoderLayer(*sizes, **options) for _ in range(decoder_layers)],
            LayerNorm(features, epsilon, dtype=dtype),
        )

    def forward(
        self,
        source: ArrayLike,
        target: ArrayLike,
        source_mask: ArrayLike | None = None,
        source_key_mask: ArrayLike | None = None,
        **masks: Any,
    ) -> Tensor:
        """Return y; the other `masks` are those of `TransformerDecoderLayer`.

        The decoder sees no more of the source than the encoder, unless `memory_key_mask` says so.
        """
        memory = self.encoder(source, mask=source_mask, key_mask=source_key_mask)
        masks.setdefault("memory_key_mask", source_key_mask)
        result: Tensor = self.decoder(target, memory, **masks)
        return result
