"""Strategies for shapes and for arrays: what the samplers of all families are made of.

Shapes hold lengths of 0, 1 and primes. Numbers come from a seeded generator, which is far quicker
than drawing each by itself; special values stand at random places among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from chainrule.array.shape import Shape, size_of
from chainrule.build.tensor import Array, Primitive
from tests.build.samples.sampler import Call, Sampler

LENGTHS = (2, 3, 1, 5, 7, 0)
MARGIN = 0.05  # how far from a kink numbers stay: far more than a step of a finite difference

lengths = st.sampled_from(LENGTHS)
seeds = st.integers(0, 2**32 - 1)


@dataclass(frozen=True)
class Domain:
    """The numbers that an input may hold: an interval, values in it that must occur, and kinks.

    Numbers stay `MARGIN` away from the `kinks`, where the two one-sided derivatives differ.
    """

    low: float = -3.0
    high: float = 3.0
    special: Sequence[float] = ()
    kinks: Sequence[float] = ()


REAL = Domain(special=(0.0, 1.0, -1.0))
POSITIVE = Domain(0.1, 4.0, special=(1.0,))


def shapes(least: int = 0, most: int = 3) -> SearchStrategy[Shape]:
    """Shapes of `least` to `most` axes."""
    return st.lists(lengths, min_size=least, max_size=most).map(tuple)


@st.composite
def broadcastable(draw: st.DrawFn, count: int) -> tuple[Shape, ...]:
    """`count` shapes that broadcast: axes left out in front, axes of length 1."""
    shape = draw(shapes())
    return tuple(draw(_shrunk(shape)) for _ in range(count))


@st.composite
def _shrunk(draw: st.DrawFn, shape: Shape) -> Shape:
    start = draw(st.sampled_from((0, 0, *range(len(shape) + 1))))
    ones = draw(st.lists(st.sampled_from((False, False, True)), min_size=3, max_size=3))
    return tuple(1 if one else length for one, length in zip(ones, shape, strict=False))[start:]


def reals(shape: Shape, domain: Domain = REAL) -> SearchStrategy[Array]:
    """float64 arrays of `shape` with numbers in `domain`."""
    return seeds.map(lambda seed: _reals(np.random.default_rng(seed), shape, domain))


def _reals(generator: np.random.Generator, shape: Shape, domain: Domain) -> Array:
    x = generator.uniform(domain.low, domain.high, shape)
    for value in domain.special:
        x[generator.random(shape) < 0.1] = value
    for kink in domain.kinks:
        side = np.where(x < kink, -MARGIN, MARGIN)
        x = np.where(abs(x - kink) < MARGIN, kink + side, x)
    return x


def distinct(shape: Shape, low: float = -3.0, high: float = 3.0) -> SearchStrategy[Array]:
    """float64 arrays without ties, all numbers well apart: for maxima, sorting, ranks."""
    return seeds.map(lambda seed: _distinct(np.random.default_rng(seed), shape, low, high))


def _distinct(generator: np.random.Generator, shape: Shape, low: float, high: float) -> Array:
    count = size_of(shape)
    gap = (high - low) / max(count, 1)
    spaced = low + gap * (np.arange(count) + generator.uniform(0.3, 0.7, count))
    return generator.permutation(spaced).reshape(shape)


def integers(shape: Shape, low: int, high: int, dtype: str = "int64") -> SearchStrategy[Array]:
    """Arrays of integers from `low` up to and without `high`."""
    return seeds.map(
        lambda seed: np.random.default_rng(seed).integers(low, high, shape).astype(dtype)
    )


def bools(shape: Shape) -> SearchStrategy[Array]:
    """Arrays of bool."""
    return seeds.map(lambda seed: np.random.default_rng(seed).random(shape) < 0.5)


def axes_of(rank: int) -> SearchStrategy[tuple[int, ...]]:
    """Sorted tuples of some of `rank` axes, none and all included."""
    flags = st.lists(st.booleans(), min_size=rank, max_size=rank)
    return flags.map(lambda drawn: tuple(axis for axis, flag in enumerate(drawn) if flag))


def elementwise(
    primitive: type[Primitive],
    *domains: Domain,
    constants: tuple[int, ...] = (),
    orders: int = 2,
    tolerance: float = 1e-6,
) -> Sampler:
    """The sampler of an elementwise primitive without attributes: one domain an input.

    Shapes broadcast against each other.
    """
    return Sampler(
        primitive, elementwise_calls(primitive(), *domains), constants, orders, tolerance
    )


@st.composite
def elementwise_calls(draw: st.DrawFn, primitive: Primitive, *domains: Domain) -> Call:
    """Calls of an elementwise primitive, one domain an input."""
    drawn = draw(broadcastable(len(domains)))
    pairs = zip(drawn, domains, strict=True)
    return Call(primitive, tuple(draw(reals(shape, domain)) for shape, domain in pairs))
