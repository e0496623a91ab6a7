"""JAX: a step as one compiled function, and many steps as one through lax.scan.

Adam is written out, as JAX has no optimizers of its own (Kingma and Ba 2015, algorithm 1), with
decoupled weight decay where the workload has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.contestants.contestant import Contestant, Epochwise, Make, Stepwise, split
from benchmarks.contestants.jax_models import Model, made
from benchmarks.workload import LEARNING_RATE, Workload

VERSION = str(jax.__version__)

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-8


def _stepping(model: Model) -> Callable[..., Any]:
    """One step of (weights, first moments, second moments, count)."""

    def loss_of(weights: Any, x: Any, y: Any) -> Any:
        logits = model.logits(weights, x)
        chosen = jnp.take_along_axis(logits, y[..., None], axis=-1)[..., 0]
        return jnp.mean(jax.nn.logsumexp(logits, axis=-1) - chosen)

    def step(state: Any, x: Any, y: Any) -> tuple[Any, Any]:
        weights, first, second, count = state
        loss, gradients = jax.value_and_grad(loss_of)(weights, x, y)
        count = count + 1
        first = jax.tree.map(lambda m, g: FIRST_DECAY * m + (1 - FIRST_DECAY) * g, first, gradients)
        second = jax.tree.map(
            lambda v, g: SECOND_DECAY * v + (1 - SECOND_DECAY) * g * g, second, gradients
        )
        rate = LEARNING_RATE / (1 - FIRST_DECAY**count)
        correction = 1 / (1 - SECOND_DECAY**count)

        def updated(w: Any, m: Any, v: Any) -> Any:
            kept = w * (1 - LEARNING_RATE * model.decay) if model.decay else w
            return kept - rate * m / (jnp.sqrt(v * correction) + EPSILON)

        return (jax.tree.map(updated, weights, first, second), first, second, count), loss

    return step


def _state(model: Model) -> Any:
    zeros = [jax.tree.map(jnp.zeros_like, model.weights) for _ in range(2)]
    return (model.weights, *zeros, jnp.zeros((), jnp.float32))


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
    model = made(workload)
    return Stepwise(_driven(_stepping(model), _state(model)), batches, _last)


def by_scan(workload: Workload) -> Contestant:
    """One call an epoch: lax.scan over the batches."""
    model = made(workload)
    step = _stepping(model)
    x, y = (
        jnp.array(part).reshape(workload.batches, workload.batch, *part.shape[1:])
        for part in workload.data()
    )

    def many(state: Any, x: Any, y: Any) -> Any:
        return jax.lax.scan(lambda state, batch: step(state, *batch), state, (x, y))

    call = _driven(many, _state(model))
    return Epochwise(lambda: _last(call(x, y)), workload.batches)


def _last(result: Any) -> float:
    losses, _ = jax.block_until_ready(result)
    return float(losses.ravel()[-1])


WAYS: dict[str, Make] = {"jit": by_step, "scan": by_scan}
