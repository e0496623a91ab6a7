"""The optimizers once more, as the papers write them: NumPy, float64, one array at a time.

Each takes the gradient as a function, so that nothing of chainrule takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tests.optim.problems import Array

Gradient = Callable[[Array], Array]
Points = Iterator[Array]


def sgd(
    p: Array,
    gradient: Gradient,
    rate: float,
    momentum: float = 0.0,
    nesterov: bool = False,
    decay: float = 0.0,
) -> Points:
    v = np.zeros_like(p)
    while True:
        g = gradient(p) + decay * p
        v = momentum * v + g
        p = p - rate * (g + momentum * v if nesterov else v)
        yield p


def rmsprop(
    p: Array,
    gradient: Gradient,
    rate: float,
    alpha: float = 0.99,
    epsilon: float = 1e-8,
    momentum: float = 0.0,
    centered: bool = False,
    decay: float = 0.0,
) -> Points:
    s, m, v = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p)
    while True:
        g = gradient(p) + decay * p
        s = alpha * s + (1 - alpha) * g**2
        m = alpha * m + (1 - alpha) * g
        spread = s - m**2 if centered else s
        v = momentum * v + g / (np.sqrt(spread) + epsilon)
        p = p - rate * v
        yield p


def adagrad(
    p: Array,
    gradient: Gradient,
    rate: float,
    start: float = 0.0,
    epsilon: float = 1e-10,
    decay: float = 0.0,
) -> Points:
    s = np.full_like(p, start)
    while True:
        g = gradient(p) + decay * p
        s = s + g**2
        p = p - rate * g / (np.sqrt(s) + epsilon)
        yield p


def adam(
    p: Array,
    gradient: Gradient,
    rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    amsgrad: bool = False,
    decay: float = 0.0,
    decoupled: bool = False,
) -> Points:
    m, v, u = np.zeros_like(p), np.zeros_like(p), np.zeros_like(p)
    for t in range(1, 10**9):
        g = gradient(p)
        if decoupled:
            p = p - rate * decay * p
        else:
            g = g + decay * p
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        u = np.maximum(u, v)
        p = p - rate * (m / (1 - beta1**t)) / (
            np.sqrt((u if amsgrad else v) / (1 - beta2**t)) + epsilon
        )
        yield p


def adamw(p: Array, gradient: Gradient, rate: float, decay: float = 1e-2, **options: Any) -> Points:
    return adam(p, gradient, rate, decay=decay, decoupled=True, **options)
