"""In float32, also after a million steps, a step is what the formula says."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp, mpf

from chainrule.build.convert import asarray
from chainrule.build.variable import Variable
from chainrule.optim import Adam, AdamW, RMSprop


def adam_step(steps: int, beta2: float, mean: float, square: float, gradient: float) -> float:
    """The move of one Adam step from a given state, with fifty digits."""
    with mp.workdps(50):
        beta1 = mpf(0.9)
        m = beta1 * mpf(mean) + (1 - beta1) * mpf(gradient)
        v = mpf(beta2) * mpf(square) + (1 - mpf(beta2)) * mpf(gradient) ** 2
        m_hat, v_hat = m / (1 - beta1**steps), v / (1 - mpf(beta2) ** steps)
        return float(-mpf(1e-3) * m_hat / (mp.sqrt(v_hat) + mpf(1e-8)))


@pytest.mark.parametrize("done", [0, 1, 999, 10**6, 10**9])
@pytest.mark.parametrize("beta2", [0.999, 0.9999999])
def test_the_bias_correction_after_many_steps(done: int, beta2: float) -> None:
    x = Variable(np.float32(0.0), trainable=True, name="x")
    optimizer = Adam([x], 1e-3, beta2=beta2)
    mean, square = float(np.float32(0.2)), float(np.float32(0.01))
    optimizer.load_state(
        {
            "step": np.int64(done),
            "learning_rate": np.float64(1e-3),
            "x.mean": np.float32(mean),
            "x.square": np.float32(square),
        }
    )
    optimizer.step({x: asarray(np.float32(0.5))})
    # Six operations in float32, each right to half a unit in the last place.
    assert float(x) == pytest.approx(adam_step(done + 1, beta2, mean, square, 0.5), rel=6 * 2**-24)


def test_a_small_decoupled_decay_is_not_lost() -> None:
    """1 − 1e-7 is 1 − 1.2e-7 in float32; the mean loss of many weights shows the difference."""
    before = np.linspace(1, 2, 10_000, dtype=np.float32).reshape(100, 100)
    w = Variable(before, trainable=True)
    AdamW([w], 1e-5, weight_decay=1e-2).step({w: w * 0.0})
    lost = (before - np.asarray(w)).astype(np.float64).sum() / before.sum(dtype=np.float64)
    assert lost == pytest.approx(1e-7, rel=0.05)


def test_the_counter_stays_exact_beyond_float32() -> None:
    x = Variable(0.0, trainable=True, name="x")
    optimizer = Adam([x])
    optimizer.load_state({**optimizer.state(), "step": np.int64(2**24 + 1)})
    optimizer.step({x: asarray(1.0)})
    assert int(dict(optimizer.named_variables())["step"]) == 2**24 + 2


def test_the_centered_spread_of_equal_gradients_is_no_nan() -> None:
    x = Variable(0.0, trainable=True)
    optimizer = RMSprop([x], 1e-3, alpha=0.5, centered=True)
    for _ in range(300):
        optimizer.step({x: asarray(0.1)})
    assert np.isfinite(float(x))
