"""Matrices to try linear algebra on."""

from __future__ import annotations

import numpy as np

from chainrule.build.tensor import Array


def drawn(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


def transposed(a: Array) -> Array:
    return np.swapaxes(a, -1, -2)


def definite(*shape: int, seed: int = 0) -> Array:
    """Symmetric positive definite matrices of condition below ten or so."""
    a = drawn(*shape, seed=seed)
    made: Array = a @ transposed(a) / shape[-1] + np.eye(shape[-1])
    return made


def regular(*shape: int, seed: int = 0) -> Array:
    """Square matrices that are far from singular."""
    made: Array = drawn(*shape, seed=seed) / np.sqrt(shape[-1]) + 2 * np.eye(shape[-1])
    return made


def distance(found: object, expected: object) -> float:
    """The largest difference, in units of rounding of the largest number expected."""
    a, b = np.asarray(found), np.asarray(expected)
    assert a.shape == b.shape, f"{a.shape}, not {b.shape}"
    scale = max(float(np.abs(b).max(initial=0.0)), 1e-300)
    return float(np.abs(a - b).max(initial=0.0)) / scale / float(np.finfo(a.dtype).eps)
