"""Scaled dot-product attention."""

from __future__ import annotations

import math

import numpy as np

from chainrule.array.dtype import bool_, is_floating
from chainrule.array.shape import broadcast
from chainrule.build.convert import ArrayLike, as_type, asarray, floating
from chainrule.build.functions.comparison import logical_and, where
from chainrule.build.functions.linear_algebra import matmul, matrix_transpose
from chainrule.build.functions.manipulation import expand_dims, reshape
from chainrule.build.functions.reduction import sum as total
from chainrule.build.functions.softmax import softmax
from chainrule.build.primitives.elementwise import chain
from chainrule.build.random import Generator
from chainrule.build.source import caller
from chainrule.build.tensor import Tensor
from chainrule.derive.custom import custom_vjp
from chainrule.errors import DTypeError, ShapeError
from chainrule.nn.dropout import dropout as drop

NAME = "scaled_dot_product_attention"


def scaled_dot_product_attention(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    mask: ArrayLike | None = None,
    *,
    dropout: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """Return Y = softmax(s·Q Kᵀ + M) V, s = 1/√d unless `scale` says otherwise.

    A bool `mask` says which keys a query may see; a floating one is the M that is added. Causal,
    query i sees keys 0 … i. A query that sees no key gets 0, and sends no gradient back. `dropout`
    leaves out that share of the weights. With `enable_gqa` several heads of Q, side by side, share
    one of K and V. Vaswani et al., Attention is all you need (NeurIPS 2017), equation 1; Ainslie et
    al., GQA: training generalized multi-query transformer models (EMNLP 2023).

    Shapes: Q (…, heads, m, d), K (…, heads, n, d), V (…, heads, n, k), Y (…, heads, m, k); the mask
    broadcasts to (…, heads, m, n).

    Errors: `ShapeError` where shapes do not fit; `DTypeError` for a mask of integers; `OptionError`
    for a dropout rate outside 0 ≤ rate < 1.

    >>> values = [[1.0, 0.0], [0.0, 1.0]]
    >>> scaled_dot_product_attention([[0.0], [0.0]], [[5.0], [7.0]], values, is_causal=True)
    Tensor([[1. , 0. ],
            [0.5, 0.5]], float32)
    """
    q, k, v = floating(query, key, value)
    _check(q, k, v)
    y, _ = attended(
        q,
        k,
        v,
        mask=mask,
        dropout=dropout,
        is_causal=is_causal,
        scale=scale,
        enable_gqa=enable_gqa,
        generator=generator,
    )
    return y


def attended(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    mask: ArrayLike | None,
    dropout: float,
    is_causal: bool,
    enable_gqa: bool,
    generator: Generator | None,
    scale: float | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the result and the weights (…, heads, m, n) that the values were mixed with."""
    if enable_gqa:
        q, k, v = _grouped(q, k, v)
    factor = 1.0 / math.sqrt(q.shape[-1]) if scale is None else scale
    scores = matmul(q, matrix_transpose(k)) * factor
    shape = (*scores.shape[:-4], -1, *scores.shape[-2:]) if enable_gqa else scores.shape
    scores = _masked(reshape(scores, shape), mask, is_causal)
    weights = drop(_shares(scores), dropout, generator)
    y = matmul(reshape(weights, (*q.shape[:-1], k.shape[-2])) if enable_gqa else weights, v)
    return reshape(y, (*shape[:-1], v.shape[-1])), weights


def _through_shares(g: Tensor, y: Tensor, x: Tensor) -> list[Tensor]:
    """y·(g − Σ g·y), from the result alone: the powers need not be kept."""
    del x
    return [chain(g - total(chain(g, y), axis=-1, keepdims=True), y)]


_shares = custom_vjp(softmax, _through_shares)


def _grouped(q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Q with one more axis for the heads that share one of K and V, which get a 1 there."""
    *front, heads, rows, features = q.shape
    shared = k.shape[-3]
    if heads % shared:
        raise ShapeError(
            f"{NAME}: {heads} heads of the query cannot share {shared} heads of the key "
            f"(at {caller()})"
        )
    apart = reshape(q, (*front, shared, heads // shared, rows, features))
    return apart, expand_dims(k, axis=-3), expand_dims(v, axis=-3)


def _masked(scores: Tensor, mask: ArrayLike | None, is_causal: bool) -> Tensor:
    """The scores, −∞ where a query may not look."""
    seen = asarray(np.tri(*scores.shape[-2:], dtype=np.bool_)) if is_causal else None
    if mask is not None:
        given = _fitting(asarray(mask), scores)
        if given.dtype != bool_:
            scores = scores + as_type(given, scores.dtype)
        else:
            seen = given if seen is None else logical_and(seen, given)
    return scores if seen is None else where(seen, scores, -math.inf)


def _fitting(mask: Tensor, scores: Tensor) -> Tensor:
    if mask.dtype != bool_ and not is_floating(mask.dtype):
        raise DTypeError(
            f"{NAME}: a mask is bools, True where a key may be seen, or floating numbers to be "
            f"added; got {mask.spec} (at {caller()})"
        )
    if broadcast(mask.shape, scores.shape) != scores.shape:
        raise ShapeError(
            f"{NAME}: a mask of shape {mask.shape} does not broadcast to the {scores.shape} of "
            f"queries and keys (at {caller()})"
        )
    return mask


def _check(q: Tensor, k: Tensor, v: Tensor) -> None:
    """Raise unless there is a value for each key, and keys are as long as queries."""
    fits = min(q.ndim, k.ndim, v.ndim) >= 2
    if fits and q.shape[-1] == k.shape[-1] and k.shape[-2] == v.shape[-2]:
        return
    raise ShapeError(
        f"{NAME}: a query of shape {q.shape}, key {k.shape} and value {v.shape} do not fit: they "
        f"need (…, m, d), (…, n, d) and (…, n, k) (at {caller()})"
    )
