"""Positions: how attention, which knows of no order, is told which place is where."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.array.dtype import as_dtype, float32
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.manipulation import concat, expand_dims, reshape, stack
from chainrule.build.functions.trigonometry import cos, sin
from chainrule.build.leaf import constant
from chainrule.build.source import caller
from chainrule.build.tensor import Array, Tensor
from chainrule.errors import OptionError, ShapeError
from chainrule.nn.identity import Passing
from chainrule.nn.size import checked_size


def sinusoidal_positions(
    length: int, features: int, *, base: float = 10_000.0, dtype: Any = float32
) -> Tensor:
    """Return p_(t,2i) = sin(t·base^(−2i/d)), p_(t,2i+1) = cos(t·base^(−2i/d)), d = `features`.

    Shape: (length, features). Vaswani et al., Attention is all you need (NeurIPS 2017), section
    3.5.

    Errors: `OptionError` for sizes that are not positive integers, or an odd number of features.

    >>> sinusoidal_positions(2, 2)
    Tensor([[0.        , 1.        ],
            [0.84147096, 0.5403023 ]], float32)
    """
    checked_size("sinusoidal_positions", "length", length)
    angles = np.arange(length)[:, None] * frequencies("sinusoidal_positions", features, base)
    pairs = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    return constant(pairs.reshape(length, features).astype(as_dtype(dtype)))


def frequencies(name: str, features: int, base: float) -> Array:
    """Return base^(−2i/d) for each pair i of the d features."""
    if checked_size(name, "features", features) % 2:
        raise OptionError(f"{name}: features come in pairs, got an odd number of them, {features}")
    return base ** (-np.arange(0, features, 2) / features)


class SinusoidalPositions(Passing):
    """A layer that adds `sinusoidal_positions` to a sequence of vectors: y_t = x_t + p_t.

    Vaswani et al., Attention is all you need (NeurIPS 2017), section 3.5.

    Shapes: x and y (…, length, features).

    Errors: `OptionError` for features that are no positive even number; called, `ShapeError` for an
    input of other features.

    >>> from chainrule import nn
    >>> nn.SinusoidalPositions(2)([[[1.0, 1.0], [1.0, 1.0]]])
    Tensor([[[1.       , 2.       ],
             [1.841471 , 1.5403023]]], float32)
    """

    def __init__(self, features: int, base: float = 10_000.0) -> None:
        frequencies("SinusoidalPositions", features, base)
        self.features, self.base = features, base

    def forward(self, x: ArrayLike) -> Tensor:
        """Return y for the input x (…, length, features)."""
        (given,) = floating(x)
        if given.ndim < 2 or given.shape[-1] != self.features:
            raise ShapeError(
                f"{self.title()} takes vectors of {self.features} features along an axis of "
                f"places, and got shape {given.shape} (at {caller()})"
            )
        length, dtype = given.shape[-2], given.dtype
        total: Tensor = given + sinusoidal_positions(
            length, self.features, base=self.base, dtype=dtype
        )
        return total

    def arguments(self) -> str:
        """Return the number of features."""
        return str(self.features)


class RotaryEmbedding(Passing):
    """A layer that turns each pair of features by an angle that grows with the place t.

    (y_a, y_b) = (x_a cos tω − x_b sin tω, x_a sin tω + x_b cos tω) with ω = base^(−2i/d) for the
    pair i of d features. The product of a query at s and a key at t then depends on s − t alone.
    Pairs are neighbors, (a, b) = (2i, 2i + 1), or with `interleaved=False` (i, i + d/2). Su, Lu,
    Pan, Murtadha, Wen & Liu, RoFormer: enhanced transformer with rotary position embedding (2021),
    equation 34.

    Shapes: x and y (…, length, features); positions (length,), 0 … length − 1 unless given.

    Errors: `OptionError` for features that are no positive even number; called, `ShapeError` for an
    input of other features or another number of positions.

    >>> from chainrule import nn
    >>> nn.RotaryEmbedding(2)([[1.0, 0.0], [1.0, 0.0]])
    Tensor([[1.        , 0.        ],
            [0.5403023 , 0.84147096]], float32)
    """

    def __init__(self, features: int, base: float = 10_000.0, interleaved: bool = True) -> None:
        self.frequencies = frequencies("RotaryEmbedding", features, base)
        self.features, self.interleaved = features, interleaved

    def forward(self, x: ArrayLike, positions: ArrayLike | None = None) -> Tensor:
        """Return y for the input x (…, length, features)."""
        (given,) = floating(x)
        if given.ndim < 2 or given.shape[-1] != self.features:
            raise ShapeError(
                f"{self.title()} takes vectors of {self.features} features along an axis of "
                f"places, and got shape {given.shape} (at {caller()})"
            )
        cosine, sine = self._turns(given, positions)
        first, second = self._halves(given)
        turned = (first * cosine - second * sine, first * sine + second * cosine)
        if not self.interleaved:
            return concat(turned, axis=-1)
        return reshape(stack(turned, axis=-1), given.shape)

    def _halves(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The first of each pair, and the second."""
        if self.interleaved:
            return x[..., 0::2], x[..., 1::2]
        return x[..., : self.features // 2], x[..., self.features // 2 :]

    def _turns(self, x: Tensor, positions: ArrayLike | None) -> tuple[Tensor, Tensor]:
        """Cosine and sine of each place's angles; constants where the places are known."""
        length = x.shape[-2]
        places = asarray(np.arange(length) if positions is None else positions)
        if places.shape != (length,):
            raise ShapeError(
                f"{self.title()}: positions of shape {places.shape} for {length} places "
                f"(at {caller()})"
            )
        if places.value is not None:
            angles = places.value[:, None] * self.frequencies
            return constant(np.cos(angles).astype(x.dtype)), constant(
                np.sin(angles).astype(x.dtype)
            )
        turning = expand_dims(as_type(places, x.dtype), axis=-1) * self.frequencies.astype(x.dtype)
        return cos(turning), sin(turning)

    def arguments(self) -> str:
        """Return the number of features."""
        return str(self.features)


def alibi(heads: int, queries: int, keys: int, *, dtype: Any = float32) -> Tensor:
    """Return the mask M_(h i j) = −|i − j|·2^(−8(h + 1)/H) that prefers near keys, H = `heads`.

    It is added to the scores of attention, as its `mask`. Shape: (heads, queries, keys). Press,
    Smith & Lewis, Train short, test long: attention with linear biases enables input length
    extrapolation (ICLR 2022), section 3.

    Errors: `OptionError` for sizes that are not positive integers.

    >>> alibi(1, 2, 2)
    Tensor([[[-0.        , -0.00390625],
             [-0.00390625, -0.        ]]], float32)
    """
    for name, size in (("heads", heads), ("queries", queries), ("keys", keys)):
        checked_size("alibi", name, size)
    slopes = 2.0 ** (-8.0 * np.arange(1, heads + 1) / heads)
    distance = np.abs(np.arange(queries)[:, None] - np.arange(keys))
    return constant((-slopes[:, None, None] * distance).astype(as_dtype(dtype)))
