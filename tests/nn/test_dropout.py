"""Dropout leaves out what it should, scales what stays, and remembers where it was."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import nn
from chainrule.build.interpret import Interpreter
from chainrule.build.random import Generator, seed
from chainrule.build.record import record
from chainrule.build.tensor import Spec
from chainrule.derive.grad import grad
from chainrule.errors import OptionError

COUNT = 100_000


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_share_and_the_scale(rate: float) -> None:
    y = np.asarray(nn.dropout(np.full(COUNT, 3.0), rate, Generator(seed=1)))
    kept = y != 0
    np.testing.assert_allclose(y[kept], 3.0 / (1.0 - rate))
    # Five standard deviations of a binomial count.
    assert abs(kept.mean() - (1.0 - rate)) < 5.0 * np.sqrt(rate * (1.0 - rate) / COUNT)


def test_each_call_draws_anew() -> None:
    layer = nn.Dropout(0.5)
    x = np.ones(100)
    assert not np.array_equal(layer(x), layer(x))


def test_in_evaluation_it_does_nothing() -> None:
    x = np.linspace(-1.0, 1.0, 5)
    np.testing.assert_array_equal(nn.Dropout(0.9).evaluate()(x), x)


def test_at_rate_zero_it_does_nothing() -> None:
    x = np.linspace(-1.0, 1.0, 5)
    np.testing.assert_array_equal(nn.Dropout(0.0)(x), x)


def test_a_model_that_is_loaded_goes_on_where_it_was() -> None:
    first, second = nn.Dropout(0.5), nn.Dropout(0.5)
    x = np.ones(100)
    first(x)
    second.load_state(first.state())
    np.testing.assert_array_equal(first(x), second(x))


def test_one_seed_fixes_what_is_dropped() -> None:
    def drawn() -> object:
        seed(7)
        return nn.Dropout(0.5)(np.ones(100)).tolist()

    assert drawn() == drawn()


def test_the_gradient_is_the_mask() -> None:
    x = np.ones(100)
    y = nn.dropout(x, 0.5, Generator(seed=1))
    slope = grad(lambda x: nn.dropout(x, 0.5, Generator(seed=1)).sum())(x)
    np.testing.assert_array_equal(slope, y)


def test_what_is_dropped_leaves_no_trace() -> None:
    x = np.full(100, np.nan)
    y = np.asarray(nn.dropout(x, 0.5, Generator(seed=1)))
    slope = np.asarray(grad(lambda x: nn.dropout(x * x, 0.5, Generator(seed=1)).sum())(x))
    dropped = ~np.isnan(y)
    assert 0 < dropped.sum() < 100
    assert (slope[dropped] == 0).all()


def test_a_recording_draws_what_is_drawn_at_once_and_writes_the_counter() -> None:
    seed(7)
    expected = [nn.Dropout(0.5)(np.ones(20, np.float32)).tolist()]
    seed(7)
    layer = nn.Dropout(0.5)
    recording = record(layer, [Spec((20,), np.dtype(np.float32))])
    assert recording.reads == recording.writes == (layer.counter,)
    inputs = [np.ones(20, np.float32), np.asarray(layer.counter)]
    y, counter = Interpreter(recording.graph)(inputs)
    assert y.tolist() == expected[0]
    assert counter[1] == inputs[1][1] + 1


@pytest.mark.parametrize("rate", [-0.1, 1.0, 1.5, float("nan")])
def test_the_rate_is_a_share_below_one(rate: float) -> None:
    message = f"a dropout rate is the share left out, at least 0 and below 1; got {rate}"
    with pytest.raises(OptionError, match=message):
        nn.Dropout(rate)
    with pytest.raises(OptionError, match=message):
        nn.dropout([1.0], rate)
