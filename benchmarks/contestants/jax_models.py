"""JAX's models of the workloads: their weights, and the logits as a function of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from benchmarks.convnet import POOL, Convnet
from benchmarks.language import WEIGHT_DECAY, Language
from benchmarks.perceptron import Perceptron
from benchmarks.workload import Workload

EPSILON = 1e-5


class Model(NamedTuple):
    """The first weights, the function of weights and rows, and the weight decay."""

    weights: Any
    logits: Callable[[Any, Any], Any]
    decay: float = 0.0


def made(workload: Workload) -> Model:
    """Return the model with the workload's first weights."""
    if isinstance(workload, Language):
        return Model(_blocks(workload), partial(_gpt, workload.heads), WEIGHT_DECAY)
    assert isinstance(workload, Perceptron | Convnet)
    weights = [(jnp.array(w.T if w.ndim == 2 else w), jnp.array(b)) for w, b in workload.weights()]
    return Model(weights, _perceptron if isinstance(workload, Perceptron) else _convnet)


def _perceptron(weights: Any, x: Any) -> Any:
    *hidden, last = weights
    for weight, bias in hidden:
        x = jax.nn.relu(x @ weight + bias)
    return x @ last[0] + last[1]


def _convnet(weights: Any, x: Any) -> Any:
    filters = [pair for pair in weights if pair[0].ndim == 4]
    for weight, bias in filters:
        x = jax.lax.conv_general_dilated(x, weight, (1, 1), "VALID") + bias[:, None, None]
        x = jax.nn.relu(x)
    sizes = (1, 1, POOL, POOL)
    pooled = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, sizes, sizes, "VALID")
    return _perceptron(weights[len(filters) :], pooled.reshape(len(x), -1))


def _blocks(workload: Language) -> Any:
    weights = {name: jnp.array(value) for name, value in workload.weights().items()}

    def norm() -> Any:
        # Arrays of its own for each: what is donated twice would be lost.
        return jnp.ones(workload.features), jnp.zeros(workload.features)

    def block(number: int) -> Any:
        parts = {
            name: (weights[f"{number}.{name}"].T, jnp.zeros(len(weights[f"{number}.{name}"])))
            for name in ("input", "output", "inner", "outer")
        }
        return {**parts, "first": norm(), "second": norm()}

    return {
        "tokens": weights["tokens"],
        "places": weights["places"],
        "norm": norm(),
        "blocks": [block(number) for number in range(workload.layers)],
    }


def _linear(x: Any, layer: Any) -> Any:
    return x @ layer[0] + layer[1]


def _normed(x: Any, norm: Any) -> Any:
    centered = x - x.mean(-1, keepdims=True)
    variance = (centered * centered).mean(-1, keepdims=True)
    return centered * jax.lax.rsqrt(variance + EPSILON) * norm[0] + norm[1]


def _attention(heads: int, x: Any, block: Any) -> Any:
    n, length, features = x.shape
    apart = _linear(x, block["input"]).reshape(n, length, 3, heads, features // heads)
    q, k, v = apart.transpose(2, 0, 3, 1, 4)
    scores = q @ k.swapaxes(-1, -2) / (features // heads) ** 0.5
    seen = jnp.tril(jnp.ones((length, length), bool))
    mixed = jax.nn.softmax(jnp.where(seen, scores, -jnp.inf), -1) @ v
    return _linear(mixed.transpose(0, 2, 1, 3).reshape(n, length, features), block["output"])


def _gpt(heads: int, weights: Any, x: Any) -> Any:
    h = weights["tokens"][x] + weights["places"]
    for block in weights["blocks"]:
        h = h + _attention(heads, _normed(h, block["first"]), block)
        inner = _linear(_normed(h, block["second"]), block["inner"])
        h = h + _linear(jax.nn.gelu(inner, approximate=False), block["outer"])
    return _normed(h, weights["norm"]) @ weights["tokens"].T
