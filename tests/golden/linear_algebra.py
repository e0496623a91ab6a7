"""What the reference calls its linear algebra and distances, and how they are called here."""

from __future__ import annotations

from typing import Any

import numpy as np

import chainrule as cr
from chainrule import nn
from tests.golden.reference import Call, numbers_too


def cross(x: Any, y: Any, dim: int = -1) -> Any:
    return cr.linalg.cross(x, y, axis=dim)


def solve(a: Any, b: Any) -> Any:
    """Right sides of the shape of A without its last axis are vectors."""
    if b.shape != a.shape[:-1]:
        return cr.linalg.solve(a, b)
    return cr.linalg.solve(a, b[..., None])[..., 0]


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
    """Of vectors and of matrices."""
    axes = tuple(range(cr.asarray(x).ndim)) if dim is None else dim
    count = 1 if isinstance(axes, int) else len(axes)
    if ord is None or count != 2:
        return vector_norm(x, 2 if ord is None else ord, dim, keepdim)
    matrices = cr.moveaxis(x, axes, (-2, -1))
    result = cr.linalg.matrix_norm(matrices, ord=ord, keepdims=keepdim)
    return cr.moveaxis(result, (-2, -1), axes) if keepdim else result


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
    "kron": cr.kron,
    "linalg.cholesky": cr.linalg.cholesky,
    "linalg.det": cr.linalg.det,
    "linalg.inv": cr.linalg.inv,
    "linalg.norm": norm,
    "linalg.norm@subgradients_at_zero": norm,
    "linalg.slogdet": cr.linalg.slogdet,
    "linalg.solve": solve,
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
