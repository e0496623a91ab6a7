"""What the reference calls its operations on shapes and places, and how they are called here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import chainrule as cr
from tests.golden.reference import Call


def rank(x: Any) -> int:
    return cr.asarray(x).ndim


def parts_of(x: Any, size: int, dim: int) -> list[int]:
    """Where to cut pieces of `size`, the last of which may be shorter."""
    return list(range(size, x.shape[dim], size))


def joined(arrays: Sequence[Any], dim: int = 0) -> Any:
    """An array of shape (0,) is left out, whatever the others' axes."""
    return cr.concat([x for x in arrays if tuple(x.shape) != (0,)] or arrays, axis=dim)


def chunk(x: Any, chunks: int, dim: int = 0) -> Any:
    return cr.split(x, parts_of(x, -(-x.shape[dim] // chunks), dim), axis=dim)


def split(x: Any, size: Any, dim: int = 0) -> Any:
    cuts = parts_of(x, size, dim) if isinstance(size, int) else np.cumsum(size)[:-1].tolist()
    return cr.split(x, cuts, axis=dim)


def expand(x: Any, shape: Sequence[int]) -> Any:
    """A length of −1 keeps the axis as it is."""
    given = (1,) * (len(shape) - rank(x)) + tuple(x.shape)
    return cr.broadcast_to(x, [k if n == -1 else n for n, k in zip(shape, given, strict=True)])


def flattened(x: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    if not rank(x):
        return cr.reshape(x, (1,))
    return cr.flatten(x, start_axis=start_dim, end_axis=end_dim)


def squeezed(x: Any, dim: Any = None) -> Any:
    """Only axes of length 1 go; the others may be named all the same."""
    axes = range(rank(x)) if dim is None else [dim] if isinstance(dim, int) else dim
    return cr.squeeze(x, [axis for axis in axes if rank(x) and x.shape[axis] == 1])


def transposed(x: Any, first: int, second: int) -> Any:
    axes = list(range(rank(x)))
    if axes:
        axes[first], axes[second] = axes[second], axes[first]
    return cr.permute_dims(x, axes)


def windows(x: Any, dim: int, size: int, step: int) -> Any:
    """`x` in windows of `size` along `dim`, `step` apart, their elements along a new last axis."""
    if not rank(x):
        return cr.reshape(x, (1,))[:size]
    return cr.unfold(x, size, axis=dim, step=step)


def padded(
    x: Any, widths: Sequence[int], mode: str = "constant", value: float | None = None
) -> Any:
    """The widths begin with the last axis."""
    pairs = [(widths[i], widths[i + 1]) for i in range(0, len(widths), 2)][::-1]
    whole = [(0, 0)] * (rank(x) - len(pairs)) + pairs
    cut = tuple(
        slice(max(-low, 0), length - max(-high, 0))
        for (low, high), length in zip(whole, x.shape, strict=True)
    )
    grown = [(max(low, 0), max(high, 0)) for low, high in whole]
    return cr.pad(cr.asarray(x)[cut], grown, mode=mode, value=value or 0.0)


def replicated_negative(x: Any, widths: Sequence[int], *_: str) -> Any:
    """The border is that of the whole array; it is cut off afterwards."""
    pairs = [(widths[i], widths[i + 1]) for i in range(0, len(widths), 2)][::-1]
    whole = [(0, 0)] * (rank(x) - len(pairs)) + pairs
    for axis, (low, high) in enumerate(whole):
        places = np.arange(-low, x.shape[axis] + high).clip(0, x.shape[axis] - 1)
        x = cr.take(x, places, axis=axis)
    return x


def rolled(x: Any, shifts: Any, dims: Any = None) -> Any:
    return cr.roll(x, shifts, axis=None if dims in (None, ()) else dims)


def diagonal(x: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    return cr.diagonal(cr.moveaxis(x, (dim1, dim2), (-2, -1)), offset=offset)


def diagonal_matrix(x: Any, k: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix of a diagonal."""
    if rank(x) == 2:
        return cr.diagonal(x, offset=k)
    size = x.shape[0] + abs(k)
    rows = np.arange(x.shape[0]) + max(-k, 0)
    places = cr.eye(size, k=k, dtype=cr.float64)[rows]
    left = cr.eye(size, dtype=cr.float64)[:, rows]
    return cr.matmul(left, cr.expand_dims(x, axis=1) * places)


CALLS: dict[str, Call] = {
    "broadcast_to": cr.broadcast_to,
    "cat": joined,
    "chunk": chunk,
    "diag": diagonal_matrix,
    "diagonal": diagonal,
    "expand": expand,
    "flatten": flattened,
    "flip": lambda x, dims: cr.flip(x, axis=dims),
    "nn.functional.pad@circular": padded,
    "nn.functional.pad@constant": padded,
    "nn.functional.pad@reflect": padded,
    "nn.functional.pad@replicate": padded,
    "nn.functional.pad@replicate_negative": replicated_negative,
    "permute": cr.permute_dims,
    "repeat_interleave": lambda x, repeats, dim=None, output_size=None: cr.repeat(
        x, repeats, axis=dim
    ),
    "reshape": cr.reshape,
    "roll": rolled,
    "split": split,
    "split@list_args": split,
    "squeeze": squeezed,
    "squeeze@multiple": squeezed,
    "stack": lambda arrays, dim=0: cr.stack(arrays, axis=dim),
    "tile": cr.tile,
    "transpose": transposed,
    "tril": lambda x, k=0: cr.tril(x, k=k),
    "triu": lambda x, k=0: cr.triu(x, k=k),
    "unfold": windows,
    "unsqueeze": lambda x, dim: cr.expand_dims(x, axis=dim),
}
