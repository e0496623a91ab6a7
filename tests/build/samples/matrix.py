"""Matrices for the samplers: well-conditioned ones, their singular values apart."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from chainrule.array.shape import Shape
from chainrule.build.tensor import Array
from tests.build.samples.draw import seeds

fronts = st.sampled_from(((), (), (2,), (1, 3), (0,)))
sizes = st.sampled_from((3, 2, 1, 4, 0))


def conditioned(shape: Shape) -> SearchStrategy[Array]:
    """Matrices of singular values near 1, 2, 3, …"""
    return seeds.map(lambda seed: _conditioned(np.random.default_rng(seed), shape))


def _conditioned(generator: np.random.Generator, shape: Shape) -> Array:
    u, _, vt = np.linalg.svd(generator.standard_normal(shape), full_matrices=False)
    made: Array = u * _apart(generator, u.shape[-1])[::-1] @ vt
    return made


def definite(shape: Shape) -> SearchStrategy[Array]:
    """Matrices of which the symmetric part has eigenvalues near 1, 2, 3, …"""
    return seeds.map(lambda seed: _definite(np.random.default_rng(seed), shape))


def _definite(generator: np.random.Generator, shape: Shape) -> Array:
    q, _ = np.linalg.qr(generator.standard_normal(shape))
    crooked = np.triu(generator.standard_normal(shape), 1)
    transposed = np.swapaxes(q, -1, -2)
    made: Array = q * _apart(generator, shape[-1]) @ transposed
    return made + crooked - np.swapaxes(crooked, -1, -2)


def _apart(generator: np.random.Generator, count: int) -> Array:
    return 1 + np.arange(count) + generator.uniform(0.0, 0.2, count)
