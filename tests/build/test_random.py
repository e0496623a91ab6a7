"""Generators: their streams, and the distributions against their moments and quantiles."""

from __future__ import annotations

import math

import numpy as np
import pytest

import chainrule as cr
from chainrule.build.random import Generator, default_generator
from chainrule.errors import DTypeError, OptionError

COUNT = 100_000


def test_one_seed_fixes_everything() -> None:
    def draw(generator: Generator) -> list[bytes]:
        return [np.asarray(generator.normal((5,))).tobytes() for _ in range(3)]

    assert draw(Generator(3)) == draw(Generator(3))
    assert draw(Generator(3)) != draw(Generator(4))
    generator = Generator(3)
    first = draw(generator)
    generator.seed(3)
    assert draw(generator) == first


def test_seed_restarts_the_default_generator() -> None:
    cr.seed(11)
    first = np.asarray(default_generator().uniform((4,)))
    cr.seed(11)
    np.testing.assert_array_equal(default_generator().uniform((4,)), first)


def test_split_streams_differ_from_each_other_and_from_their_parent() -> None:
    parent = Generator(0)
    streams = [parent.split(), parent.split(), parent]
    drawn = {np.asarray(stream.bits((8,))).tobytes() for stream in streams}
    assert len(drawn) == 3


def test_a_compiled_function_draws_what_the_plain_one_draws() -> None:
    plain, compiled = Generator(5), Generator(5)
    draw = cr.compile(lambda: (compiled.uniform((7,)), compiled.normal((7,))))
    for _ in range(3):
        uniform, normal = draw()
        np.testing.assert_array_equal(uniform, plain.uniform((7,)))
        # The words are the same; logarithm and cosine are rounded a little differently.
        np.testing.assert_allclose(normal, plain.normal((7,)), rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_uniform_lies_in_the_half_open_interval(dtype: type) -> None:
    numbers = np.asarray(Generator(1).uniform((COUNT,), -2.0, 3.0, dtype))
    assert numbers.dtype == dtype
    assert numbers.min() >= -2.0
    assert numbers.max() < 3.0
    sorted_numbers = np.sort((numbers + 2.0) / 5.0)
    # Kolmogorov's distance; 2.2/√n is passed once in 10,000 seeds.
    assert np.abs(sorted_numbers - (np.arange(COUNT) + 0.5) / COUNT).max() < 2.2 / math.sqrt(COUNT)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_normal_has_the_quantiles_of_the_normal_distribution(dtype: type) -> None:
    numbers = np.sort(np.asarray(Generator(2).normal((COUNT,), dtype=dtype)).astype(float))
    expected = np.array([0.5 * (1.0 + math.erf(x / math.sqrt(2.0))) for x in numbers[::100]])
    places = (np.arange(COUNT)[::100] + 0.5) / COUNT
    assert np.abs(expected - places).max() < 2.2 / math.sqrt(COUNT)
    assert np.isfinite(numbers).all()


def test_truncated_normal_stays_within_its_bounds() -> None:
    numbers = np.asarray(Generator(3).truncated_normal((COUNT,), mean=1.0, std=0.5, bound=1.5))
    assert np.abs(numbers - 1.0).max() <= 0.5 * 1.5 + 1e-6
    # The variance of a standard normal cut off at ±b is 1 − 2bφ(b)/(2Φ(b) − 1).
    b = 1.5
    density = math.exp(-b * b / 2) / math.sqrt(2 * math.pi)
    variance = 1 - 2 * b * density / math.erf(b / math.sqrt(2))
    assert np.var(numbers) == pytest.approx(0.25 * variance, rel=0.02)


def test_bernoulli_and_integers_have_their_frequencies() -> None:
    generator = Generator(4)
    assert np.mean(np.asarray(generator.bernoulli(0.3, (COUNT,)))) == pytest.approx(0.3, abs=0.01)
    counts = np.bincount(np.asarray(generator.integers(0, 7, (COUNT,))), minlength=7)
    assert np.abs(counts / COUNT - 1 / 7).max() < 0.006


def test_permutation_holds_every_number_once_and_moves_them() -> None:
    order = np.asarray(Generator(5).permutation(1000))
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    assert np.mean(order == np.arange(1000)) < 0.02


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "one"])
def test_a_bad_seed_is_refused(seed: object) -> None:
    with pytest.raises(OptionError, match="a seed is an integer"):
        Generator(seed)  # type: ignore[arg-type]


def test_bad_arguments_are_refused() -> None:
    generator = Generator(0)
    with pytest.raises(OptionError, match="a probability lies between 0 and 1"):
        generator.bernoulli(1.5)
    with pytest.raises(OptionError, match="low < high"):
        generator.integers(3, 3)
    with pytest.raises(OptionError, match="bound must be positive"):
        generator.truncated_normal((2,), bound=0.0)
    with pytest.raises(DTypeError, match="float32 or float64"):
        generator.normal((2,), dtype=np.int64)
