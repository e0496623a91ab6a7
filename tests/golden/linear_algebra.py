"""What the reference calls its linear algebra and distances, and how they are called here."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn
from tests.golden.reference import Call, numbers_too


def cross(x: Any, y: Any, dim: int = -1) -> Any:
    a, b = (cr.unstack(z, axis=dim) for z in (x, y))
    parts = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
    return cr.stack(parts, axis=dim)


def kron(x: Any, y: Any) -> Any:
    shape = [m * n for m, n in zip(x.shape, y.shape, strict=True)]
    apart = [
        cr.reshape(z, [k for n in z.shape for k in pair(n)])
        for z, pair in ((x, lambda n: (n, 1)), (y, lambda n: (1, n)))
    ]
    return cr.reshape(apart[0] * apart[1], shape)


def tensordot(x: Any, y: Any, dims: Any = 2) -> Any:
    """An axis of length 1 stretches to the one that it is paired with."""
    shapes = [list(x.shape), list(y.shape)]
    for i, j in zip(*dims, strict=True) if not isinstance(dims, int) else ():
        shapes[0][i] = shapes[1][j] = max(x.shape[i], y.shape[j])
    a, b = (cr.broadcast_to(z, shape) for z, shape in zip((x, y), shapes, strict=True))
    return cr.tensordot(a, b, axes=dims)


@numbers_too
def vector_norm(
    x: Any,
    ord: float = 2,  # noqa: A002 - the reference's name
    dim: Any = None,
    keepdim: bool = False,
) -> Any:
    return cr.vector_norm(x, ord=ord, axis=dim, keepdims=keepdim)


@numbers_too
def norm(
    x: Any,
    ord: Any = None,  # noqa: A002 - the reference's name
    dim: Any = None,
    keepdim: bool = False,
) -> Any:
    """Of vectors; of matrices the Frobenius norm and the largest and smallest sums."""
    axes = tuple(range(cr.asarray(x).ndim)) if dim is None else dim
    count = 1 if isinstance(axes, int) else len(axes)
    if ord is None or ord == "fro" or count != 2:
        return vector_norm(x, 2 if ord in (None, "fro") else ord, dim, keepdim)
    if ord in (2, -2, "nuc"):
        raise NotImplementedError("a norm by singular values")
    added, found = (axes[0], axes[1]) if abs(ord) == 1 else (axes[1], axes[0])
    sums = cr.sum(cr.abs(x), axis=added, keepdims=True)
    extreme = cr.max if ord > 0 else cr.min
    result = extreme(sums, axis=found, keepdims=True)
    return result if keepdim else cr.squeeze(result, axes)


def distance(x: Any, y: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    return cr.vector_norm(cr.subtract(x, y) + eps, ord=p, axis=-1, keepdims=keepdim)


def distances(x: Any, y: Any, p: float = 2.0, *_: str) -> Any:
    gaps = cr.expand_dims(x, axis=-2) - cr.expand_dims(y, axis=-3)
    return cr.vector_norm(gaps, ord=p, axis=-1)


def distances_within(x: Any, p: float = 2.0) -> Any:
    first, second = np.triu_indices(x.shape[0], 1)
    return cr.vector_norm(cr.take(x, first, axis=0) - cr.take(x, second, axis=0), ord=p, axis=-1)


def cosine(first: Any, second: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    if not cr.asarray(first).ndim:
        first, second = cr.reshape(first, (1,)), cr.reshape(second, (1,))
    x, y = cr.broadcast_arrays(first, second)
    lengths = [cr.maximum(cr.norm(z, axis=dim, keepdims=True), eps) for z in (x, y)]
    return cr.sum((x / lengths[0]) * (y / lengths[1]), axis=dim)


@numbers_too
def normalized(x: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Any:
    return nn.normalize(x, order=p, axis=dim, epsilon=eps)


CALLS: dict[str, Call] = {
    "bmm": cr.matmul,
    "cdist": distances,
    "cross": cross,
    "dot": cr.vecdot,
    "einsum": lambda arrays, equation: cr.einsum(equation, *arrays),
    "kron": kron,
    "linalg.norm": norm,
    "linalg.norm@subgradients_at_zero": norm,
    "linalg.vector_norm": vector_norm,
    "matmul": cr.matmul,
    "mm": cr.matmul,
    "mv": cr.matmul,
    "nn.functional.bilinear": nn.bilinear,
    "nn.functional.cosine_similarity": cosine,
    "nn.functional.linear": cr.nn.linear,
    "nn.functional.normalize": normalized,
    "nn.functional.pairwise_distance": distance,
    "nn.functional.pdist": distances_within,
    "outer": cr.outer,
    "tensordot": tensordot,
    "trace": cr.trace,
}
