"""JAX: a step as one compiled function, and many steps as one through lax.scan.

Adam is written out, as JAX has no optimizers of its own (Kingma and Ba 2015, algorithm 1).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.contestants.contestant import Contestant, Epochwise, Make, Stepwise, split
from benchmarks.workloads import LEARNING_RATE, Workload

VERSION = str(jax.__version__)

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-8


def _loss(weights: Any, x: Any, y: Any) -> Any:
    filters = [pair for pair in weights if pair[0].ndim == 4]
    *hidden, last = weights[len(filters) :]
    x = _features(filters, x) if filters else x
    for weight, bias in hidden:
        x = jax.nn.relu(x @ weight + bias)
    logits = x @ last[0] + last[1]
    chosen = jnp.take_along_axis(logits, y[:, None], axis=1)[:, 0]
    return jnp.mean(jax.nn.logsumexp(logits, axis=1) - chosen)


def _features(filters: Any, x: Any) -> Any:
    """The convolutions, and the largest of 2 × 2, as rows of features."""
    for weight, bias in filters:
        x = jax.lax.conv_general_dilated(x, weight, (1, 1), "VALID") + bias[:, None, None]
        x = jax.nn.relu(x)
    sizes = (1, 1, 2, 2)
    pooled = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, sizes, sizes, "VALID")
    return pooled.reshape(len(x), -1)


def _step(state: Any, x: Any, y: Any) -> tuple[Any, Any]:
    """One step of (weights, first moments, second moments, count)."""
    weights, first, second, count = state
    loss, gradients = jax.value_and_grad(_loss)(weights, x, y)
    count = count + 1
    first = jax.tree.map(lambda m, g: FIRST_DECAY * m + (1 - FIRST_DECAY) * g, first, gradients)
    second = jax.tree.map(
        lambda v, g: SECOND_DECAY * v + (1 - SECOND_DECAY) * g * g, second, gradients
    )
    rate = LEARNING_RATE / (1 - FIRST_DECAY**count)
    correction = 1 / (1 - SECOND_DECAY**count)

    def updated(w: Any, m: Any, v: Any) -> Any:
        return w - rate * m / (jnp.sqrt(v * correction) + EPSILON)

    return (jax.tree.map(updated, weights, first, second), first, second, count), loss


def _state(workload: Workload) -> Any:
    given = workload.weights()
    weights = [(jnp.array(w.T if w.ndim == 2 else w), jnp.array(b)) for w, b in given]
    zeros = [jax.tree.map(jnp.zeros_like, weights) for _ in range(2)]
    return (weights, *zeros, jnp.zeros((), jnp.float32))


def _driven(function: Any, state: Any) -> Callable[..., Any]:
    """`function` with its state kept between calls, in place where JAX can."""
    fast = jax.jit(function, donate_argnums=(0,))

    def call(*arguments: Any) -> Any:
        nonlocal state
        state, losses = fast(state, *arguments)
        return losses, state

    return call


def by_step(workload: Workload) -> Contestant:
    """One Python call a step."""
    batches = [(jnp.array(x), jnp.array(y)) for x, y in split(workload)]
    return Stepwise(_driven(_step, _state(workload)), batches, _last)


def by_scan(workload: Workload) -> Contestant:
    """One call an epoch: lax.scan over the batches."""
    x, y = (
        jnp.array(part).reshape(workload.batches, workload.batch, *part.shape[1:])
        for part in workload.data()
    )

    def many(state: Any, x: Any, y: Any) -> Any:
        return jax.lax.scan(lambda state, batch: _step(state, *batch), state, (x, y))

    call = _driven(many, _state(workload))
    return Epochwise(lambda: _last(call(x, y)), workload.batches)


def _last(result: Any) -> float:
    losses, _ = jax.block_until_ready(result)
    return float(losses.ravel()[-1])


WAYS: dict[str, Make] = {"jit": by_step, "scan": by_scan}
