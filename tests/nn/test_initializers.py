"""Initializers draw what they promise: seen in large samples of a fixed seed."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

from chainrule.array.dtype import float32, float64
from chainrule.build.random import Generator
from chainrule.build.tensor import Array
from chainrule.errors import OptionError, ShapeError
from chainrule.nn import initializers
from chainrule.nn.initializers import Initializer

SHAPE = (300, 500)
COUNT = 300 * 500


def draw(initializer: Initializer, shape: tuple[int, ...] = SHAPE, seed: int = 5) -> Array:
    return np.asarray(initializer(Generator(seed), shape, float64))


class Case(NamedTuple):
    """An initializer, and the mean, deviation, and bounds of its draws for a weight (300, 500)."""

    initializer: Initializer
    std: float
    bound: float = math.inf
    mean: float = 0.0
    kurtosis: float = 3.0  # 9/5 of a uniform distribution


def uniform(initializer: Initializer, bound: float) -> Case:
    return Case(initializer, bound / math.sqrt(3), bound, 0.0, 1.8)


# The deviation and kurtosis of a normal distribution cut off at two deviations.
CUT = Case(initializers.truncated_normal(0.3, 0.1), 0.1 * 0.8796257, 0.2, 0.3, 2.3655)

CASES = {
    "glorot_uniform": uniform(initializers.glorot_uniform(), math.sqrt(6 / 800)),
    "glorot_uniform_gain": uniform(initializers.glorot_uniform(4.0), 4 * math.sqrt(6 / 800)),
    "glorot_normal": Case(initializers.glorot_normal(), math.sqrt(2 / 800)),
    "he_uniform": uniform(initializers.he_uniform(), math.sqrt(6 / 500)),
    "he_normal": Case(initializers.he_normal(), math.sqrt(2 / 500)),
    "he_normal_leaky": Case(initializers.he_normal(0.5), math.sqrt(2 / 1.25 / 500)),
    "lecun_uniform": uniform(initializers.lecun_uniform(), math.sqrt(3 / 500)),
    "lecun_normal": Case(initializers.lecun_normal(), math.sqrt(1 / 500)),
    "normal": Case(initializers.normal(2.0, 0.5), 0.5, mean=2.0),
    "uniform": Case(initializers.uniform(1.0, 4.0), 3 / math.sqrt(12), 1.5, 2.5, 1.8),
    "truncated_normal": CUT,
}
ALL = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@ALL
def test_moments_and_bounds(case: Case) -> None:
    drawn = draw(case.initializer)
    # Five standard errors: of the mean, and of a variance whose kurtosis is given.
    assert abs(drawn.mean() - case.mean) < 5 * case.std / math.sqrt(COUNT)
    error = math.sqrt((case.kurtosis - 1) / COUNT)
    assert abs(drawn.var() / case.std**2 - 1) < 5 * error
    assert np.abs(drawn - case.mean).max() <= case.bound
    kurtosis = ((drawn - case.mean) ** 4).mean() / case.std**4
    assert abs(kurtosis - case.kurtosis) < 0.1


@ALL
def test_draws_are_independent_of_their_neighbors(case: Case) -> None:
    drawn = (draw(case.initializer) - case.mean) / case.std
    for shifted in (drawn[:, 1:] * drawn[:, :-1], drawn[1:] * drawn[:-1]):
        assert abs(shifted.mean()) < 5 / math.sqrt(COUNT)


@ALL
def test_a_seed_fixes_the_draws(case: Case) -> None:
    assert np.array_equal(draw(case.initializer), draw(case.initializer))
    assert not np.array_equal(draw(case.initializer), draw(case.initializer, seed=6))


@ALL
@pytest.mark.parametrize("dtype", [float32, float64])
def test_shape_and_data_type_are_those_asked_for(case: Case, dtype: Any) -> None:
    drawn = case.initializer(Generator(seed=0), (3, 2, 4), dtype)
    assert (drawn.shape, drawn.dtype) == ((3, 2, 4), dtype)


def test_fans_count_the_taps() -> None:
    assert initializers.fans((10, 3)) == (3, 10)
    assert initializers.fans((10, 3, 5, 5)) == (75, 250)
    expected = math.sqrt(2 / (50 * 25))
    drawn = draw(initializers.he_normal(), (40, 50, 5, 5))
    assert drawn.std() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("shape", [(), (5,)])
@pytest.mark.parametrize("name", ["he_normal", "glorot_uniform", "orthogonal"])
def test_what_has_no_fans_is_refused(name: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"has no fan-in: that needs .* such as normal"):
        getattr(initializers, name)()(Generator(seed=0), shape, float32)


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (6, 2, 3), (2, 3, 2)])
def test_orthogonal_matrices(shape: tuple[int, ...]) -> None:
    q = draw(initializers.orthogonal(2.0), shape).reshape(shape[0], -1)
    small = q @ q.T if len(q) <= q.shape[1] else q.T @ q
    np.testing.assert_allclose(small, 4.0 * np.eye(len(small)), atol=1e-12)


def test_orthogonal_matrices_are_uniform() -> None:
    """No sign or direction is preferred: each entry has mean 0 and variance 1/n over many draws."""
    n, draws, generator = 3, 400, Generator(seed=2)
    initializer = initializers.orthogonal()
    sample = np.stack([initializer(generator, (n, n), float64) for _ in range(draws)])
    assert np.abs(sample.mean(0)).max() < 5 * math.sqrt(1 / n / draws)
    # The fourth moment of an entry is 3 / (n (n + 2)).
    error = math.sqrt((3 / (n * (n + 2)) - 1 / n**2) / draws)
    assert np.abs((sample**2).mean(0) - 1 / n).max() < 5 * error


def test_orthogonal_layers_pass_signals_through() -> None:
    x = np.random.default_rng(0).standard_normal(64)
    y = x
    for seed in range(50):
        y = draw(initializers.orthogonal(), (64, 64), seed) @ y
    assert np.linalg.norm(y) == pytest.approx(np.linalg.norm(x))


@pytest.mark.parametrize(
    ("initializer", "value"),
    [
        (initializers.zeros(), 0.0),
        (initializers.ones(), 1.0),
        (initializers.constant(0.5), 0.5),
    ],
)
def test_constants(initializer: Initializer, value: float) -> None:
    np.testing.assert_array_equal(draw(initializer, (2, 3)), np.full((2, 3), value))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: initializers.normal(std=0.0), "std must be positive and finite, got 0.0"),
        (lambda: initializers.truncated_normal(std=-1.0), "std must be positive and finite"),
        (lambda: initializers.truncated_normal(bound=0.0), "bound must be positive and finite"),
        (lambda: initializers.glorot_uniform(math.nan), "gain must be positive and finite"),
        (lambda: initializers.orthogonal(math.inf), "gain must be positive and finite, got inf"),
        (lambda: initializers.uniform(1.0, 1.0), "needs low < high, got 1.0 and 1.0"),
    ],
)
def test_arguments_are_checked(call: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        call()


def test_equal_initializers_are_equal() -> None:
    assert initializers.he_normal() == initializers.he_normal()
    assert initializers.he_normal() != initializers.he_normal(0.1)
