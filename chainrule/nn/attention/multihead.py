"""Attention with several heads, as a layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from chainrule.array.dtype import bool_, float32
from chainrule.build.convert import ArrayLike, as_type, asarray
from chainrule.build.functions.comparison import logical_and, where
from chainrule.build.functions.creation import zeros_like
from chainrule.build.functions.manipulation import concat, moveaxis, reshape
from chainrule.build.functions.reduction import mean
from chainrule.build.random import default_generator
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.derive.custom import custom_vjp
from chainrule.errors import DTypeError, OptionError, ShapeError
from chainrule.nn.attention.positions import RotaryEmbedding
from chainrule.nn.attention.product import attended
from chainrule.nn.dropout import checked_rate
from chainrule.nn.linear import Linear, linear
from chainrule.nn.module import Module
from chainrule.nn.size import checked_size


class MultiheadAttention(Module):
    """Attention with several heads: Y = concat(head_1, …, head_h) W_Oᵀ + b_O.

    head_i = softmax(Q_i K_iᵀ/√d) V_i, where Q, K and V are linear in query, key and value, and each
    head has d = features/heads of their features. Vaswani et al., Attention is all you need
    (NeurIPS 2017), section 3.2.2. With fewer `kv_heads` several heads share keys and values
    (Ainslie et al., GQA, EMNLP 2023). `rotary` turns queries and keys by their places. `dropout`
    leaves out that share of the weights while training.

    The three projections are one, `input`: its weight has the rows of Q, then K, then V.

    Called as layer(query), it attends to itself; layer(query, key) takes the values from the keys.
    A `mask` says which keys a query may see: bools, True for seen, or floating numbers that are
    added; `key_mask` says which keys there are; with `is_causal` a query sees none behind its own
    place. A query that sees no key gets the output's bias alone. With `need_weights` the result is
    (Y, weights), averaged over the heads unless `average_weights=False`.

    Shapes: query and Y (n, m, features), key and value (n, k, features), or without n; mask
    broadcasts to (n, heads, m, k), key_mask (n, k); weights (n, m, k) or (n, heads, m, k). With
    `batch_first=False` n is the second axis.

    Errors: `OptionError` for sizes that are not positive integers or do not divide; called,
    `ShapeError` and `DTypeError` for what does not fit.

    >>> import chainrule as cr
    >>> from chainrule import nn
    >>> layer = nn.MultiheadAttention(8, heads=2)
    >>> y, weights = layer(cr.ones((3, 5, 8)), is_causal=True, need_weights=True)
    >>> y.shape, weights.shape
    ((3, 5, 8), (3, 5, 5))
    >>> weights[0, 1]
    Tensor([0.5, 0.5, 0. , 0. , 0. ], float32)
    """

    def __init__(
        self,
        features: int,
        heads: int,
        *,
        dropout: float = 0.0,
        bias: bool = True,
        kv_heads: int | None = None,
        rotary: RotaryEmbedding | None = None,
        batch_first: bool = True,
        dtype: Any = float32,
    ) -> None:
        self.features = checked_size("MultiheadAttention", "features", features)
        self.heads = checked_size("MultiheadAttention", "heads", heads)
        self.kv_heads = checked_size("MultiheadAttention", "kv_heads", kv_heads or heads)
        self.depth = self._depth(rotary)
        self.dropout, self.rotary = checked_rate(dropout), rotary
        self.batch_first = batch_first
        self.generator = default_generator().split()
        self.counter = self.generator.state
        shared = self.kv_heads * self.depth
        self.sizes = (features, shared, shared)
        self.input = Linear(features, sum(self.sizes), bias=bias, dtype=dtype)
        self.output = Linear(features, features, bias=bias, dtype=dtype)

    def _depth(self, rotary: RotaryEmbedding | None) -> int:
        """The features of a head."""
        if self.features % self.heads or self.heads % self.kv_heads:
            raise OptionError(
                f"MultiheadAttention: {self.features} features are divided among {self.heads} "
                f"heads, and these among {self.kv_heads} of keys and values: both must come out "
                "even"
            )
        depth = self.features // self.heads
        if rotary is not None and rotary.features != depth:
            raise OptionError(
                f"MultiheadAttention: a head has {depth} features, {rotary.title()} turns "
                f"{rotary.features}: write nn.RotaryEmbedding({depth})"
            )
        return depth

    def forward(
        self,
        query: ArrayLike,
        key: ArrayLike | None = None,
        value: ArrayLike | None = None,
        *,
        mask: ArrayLike | None = None,
        key_mask: ArrayLike | None = None,
        is_causal: bool = False,
        need_weights: bool = False,
        average_weights: bool = True,
    ) -> Any:
        """Return Y, or (Y, weights) where `need_weights`."""
        q, k, v = map(self._split, self._projected(query, key, value))
        if self.rotary is not None:
            q, k = self.rotary(q), self.rotary(k)
        y, weights = attended(
            q,
            k,
            v,
            mask=combined(mask, key_mask, (*q.shape[:-3], k.shape[-2])),
            dropout=self.dropout if self.is_training() else 0.0,
            is_causal=is_causal,
            enable_gqa=self.kv_heads != self.heads,
            generator=self.generator,
        )
        joined = reshape(moveaxis(y, -3, -2), (*y.shape[:-3], y.shape[-2], self.features))
        result = self._turned(self.output(joined))
        if not need_weights:
            return result
        return result, mean(weights, axis=-3) if average_weights else weights

    def _projected(
        self, query: ArrayLike, key: ArrayLike | None, value: ArrayLike | None
    ) -> list[Tensor]:
        """Q, K and V; of one input they are one product."""
        key = query if key is None else key
        value = key if value is None else value
        given = [self._given(x) for x in (query, key, value)]
        edges = [(sum(self.sizes[:at]), sum(self.sizes[: at + 1])) for at in range(3)]
        if query is key is value:
            return list(_divided(edges)(linear(given[0], self.input.weight, self.input.bias)))
        weight, bias = asarray(self.input.weight), self.input.bias
        return [
            linear(x, weight[low:high], None if bias is None else asarray(bias)[low:high])
            for x, (low, high) in zip(given, edges, strict=True)
        ]

    def _given(self, x: ArrayLike) -> Tensor:
        held = as_type(asarray(x), self.input.weight.dtype)
        if held.ndim not in (2, 3) or held.shape[-1] != self.features:
            raise ShapeError(
                f"{self.title()} takes sequences of {self.features} features, (n, length, "
                f"{self.features}) or without n, and got shape {held.shape} (at {caller()})"
            )
        return self._turned(held)

    def _turned(self, x: Tensor) -> Tensor:
        """Examples in front, or back again."""
        return x if self.batch_first or x.ndim == 2 else moveaxis(x, 0, 1)

    def _split(self, x: Tensor) -> Tensor:
        """(…, length, heads·d) as (…, heads, length, d)."""
        heads = x.shape[-1] // self.depth
        return moveaxis(reshape(x, (*x.shape[:-1], heads, self.depth)), -2, -3)

    def features_after(self, features: int | None) -> int:
        """Return the number of features."""
        del features
        return self.features

    def arguments(self) -> str:
        """Return features and heads."""
        return f"{self.features}, heads={self.heads}"


def _divided(edges: Sequence[tuple[int, int]]) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """The parts of the last axis; their cotangents are joined, not each padded and all added."""

    def joined(g: Sequence[Tensor | None], y: Sequence[Tensor], x: Tensor) -> list[Tensor]:
        del x
        parts = [zeros_like(b) if a is None else a for a, b in zip(g, y, strict=True)]
        return [concat(parts, axis=-1)]

    return custom_vjp(lambda x: tuple(x[..., low:high] for low, high in edges), joined)


def combined(
    mask: ArrayLike | None, key_mask: ArrayLike | None, shape: tuple[int, ...]
) -> Tensor | None:
    """Return the mask and the keys that there are as one mask; `shape` is that of the keys."""
    if key_mask is None:
        return None if mask is None else asarray(mask)
    present = asarray(key_mask)
    if present.dtype != bool_:
        raise DTypeError(
            f"MultiheadAttention: key_mask is bools, True where there is a key; got {present.spec} "
            f"(at {caller()})"
        )
    if present.shape != shape:
        raise ShapeError(
            f"MultiheadAttention: key_mask has shape {present.shape}, the keys {shape} "
            f"(at {caller()})"
        )
    keys = reshape(present, (*shape[:-1], 1, 1, shape[-1]))
    if mask is None:
        return keys
    given = asarray(mask)
    return logical_and(given, keys) if given.dtype == bool_ else where(keys, given, float("-inf"))
