"""Losses that have one number for each row, with the formula of a row written in NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import chainrule as cr
from chainrule import nn
from chainrule.build.tensor import Array

ROWS, WIDTH = 6, 4
RANDOM = np.random.default_rng(0)
X, Y, Z = RANDOM.standard_normal((3, ROWS, WIDTH)) * 2
SHARES, OTHERS = RANDOM.dirichlet(np.ones(WIDTH), (2, ROWS))
P, T = RANDOM.uniform(0.05, 0.95, (2, ROWS, WIDTH))
LABELS = np.array([0, 3, 1, 1, 2, 0])
GRADES = np.array([0, 4, 1, 3, 2, 0])
LISTS = np.array(
    [[3, 0, -1, 1], [-1, 2, 2, 2], [0, 1, 2, 3], [2, 2, -1, 0], [1, -5, 0, 0], [0, 3, 1, -1]]
)
SIGNS = np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0])
MEANS = RANDOM.standard_normal((ROWS, WIDTH, 2))
SPREAD = RANDOM.uniform(0.5, 2.0, (ROWS, WIDTH, 2))
POINTS = RANDOM.standard_normal((ROWS, 2))
CLASS_WEIGHTS = np.array([0.5, 1.0, 2.0, 0.25])
WEIGHTS = np.array([1.0, 2.0, 0.0, 0.5, 1.0, 3.0])


class Case(NamedTuple):
    """A loss of some arrays that it can be differentiated by, and its formula for one row.

    The formula gets the row's number and its part of each array.
    """

    loss: Callable[..., Any]
    formula: Callable[..., Any]
    inputs: tuple[Array, ...]


def softmax(x: Array) -> Any:
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


def sigmoid(x: Array) -> Any:
    return 1 / (1 + np.exp(-x))


def cosine(x: Array, y: Array) -> Any:
    return (x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum())


def length(x: Array) -> Any:
    return np.sqrt((x * x).sum())


def ahead(i: int, x: Array) -> list[Any]:
    """How much each wrong class lacks to a margin of 1."""
    return [max(0.0, 1 - x[LABELS[i]] + x[k]) for k in range(WIDTH) if k != LABELS[i]]


def listed(i: int) -> list[int]:
    row = list(LISTS[i])
    return row[: next((k for k, label in enumerate(row) if label < 0), WIDTH)]


def behind(i: int, x: Array) -> Any:
    own = listed(i)
    others = [k for k in range(WIDTH) if k not in own]
    return sum(max(0.0, 1 - x[c] + x[k]) for c in own for k in others) / WIDTH


def contrasted(i: int, x: Array, y: Array) -> Any:
    d = length(x - y)
    return d**2 / 2 if SIGNS[i] > 0 else max(0.0, 5.0 - d) ** 2 / 2


def turned(i: int, x: Array, y: Array) -> Any:
    return 1 - cosine(x, y) if SIGNS[i] > 0 else max(0.0, cosine(x, y) + 0.5)


def triplet(a: Array, p: Array, n: Array) -> Any:
    return max(0.0, length(a - p + 1e-6) - length(a - n + 1e-6) + 1)


def swapped(a: Array, p: Array, n: Array) -> Any:
    far = min(length(a - n + 1e-6), length(p - n + 1e-6))
    return max(0.0, length(a - p + 1e-6) - far + 1)


def told_apart(i: int, x: Array, _: Array) -> Any:
    scores = np.array([cosine(x, y) for y in Y]) / 0.5
    return -np.log(softmax(scores)[i])


def mixture(x: Array, means: Array, spread: Array, t: Array) -> Any:
    densities = np.exp(-((t - means) ** 2) / spread / 2) / np.sqrt(2 * np.pi * spread)
    return -np.log((softmax(x) * densities.prod(-1)).sum())


def js(q: Array, t: Array) -> Any:
    m = (q + t) / 2
    return (t * np.log(t / m) + q * np.log(q / m)).sum() / 2


def soft_labels(i: int, x: Array) -> Any:
    q = softmax(x)
    return -(SHARES[i] * (1 - q) ** 1.5 * np.log(q)).sum()


def above(i: int, x: Array) -> Any:
    q = sigmoid(x)
    return -np.log(np.where(np.arange(WIDTH) < GRADES[i], q, 1 - q)).sum()


def overlap(alpha: float, beta: float, smooth: float) -> Callable[..., Any]:
    def formula(_: int, p: Array, t: Array) -> Any:
        shared = (p * t).sum()
        union = shared + alpha * (p * (1 - t)).sum() + beta * ((1 - p) * t).sum()
        return 1 - (shared + smooth) / (union + smooth)

    return formula


def far_apart(x: Any, y: Any) -> Any:
    return cr.sum(cr.square(x - y), axis=-1)


CASES = {
    "focal": Case(
        lambda x, **o: nn.focal(x, LABELS, **o),
        lambda i, x: -((1 - softmax(x)[LABELS[i]]) ** 2) * np.log(softmax(x)[LABELS[i]]),
        (X,),
    ),
    "focal of shares": Case(lambda x, **o: nn.focal(x, SHARES, gamma=1.5, **o), soft_labels, (X,)),
    "ordinal": Case(lambda x, **o: nn.ordinal(x, GRADES, **o), above, (X,)),
    "multi_margin": Case(
        lambda x, **o: nn.multi_margin(x, LABELS, **o), lambda i, x: sum(ahead(i, x)) / WIDTH, (X,)
    ),
    "multi_margin squared": Case(
        lambda x, **o: nn.multi_margin(x, LABELS, p=2, **o),
        lambda i, x: sum(gap**2 for gap in ahead(i, x)) / WIDTH,
        (X,),
    ),
    "categorical_hinge": Case(
        lambda x, **o: nn.categorical_hinge(x, LABELS, **o), lambda i, x: max(ahead(i, x)), (X,)
    ),
    "multilabel_margin": Case(lambda x, **o: nn.multilabel_margin(x, LISTS, **o), behind, (X,)),
    "multilabel_soft_margin": Case(
        nn.multilabel_soft_margin,
        lambda _, x, t: -(t * np.log(sigmoid(x)) + (1 - t) * np.log(1 - sigmoid(x))).mean(),
        (X, T),
    ),
    "margin_ranking": Case(
        lambda x, y, **o: nn.margin_ranking(x, y, SIGNS, margin=0.5, **o),
        lambda i, x, y: max(0.0, 0.5 - SIGNS[i] * (x - y)),
        (X[:, 0], Y[:, 0]),
    ),
    "contrastive": Case(
        lambda x, y, **o: nn.contrastive(x, y, (SIGNS + 1) / 2, margin=5.0, **o),
        contrasted,
        (X, Y),
    ),
    "cosine_embedding": Case(
        lambda x, y, **o: nn.cosine_embedding(x, y, SIGNS, margin=-0.5, **o), turned, (X, Y)
    ),
    "cosine_distance": Case(nn.cosine_distance, lambda _, x, y: 1 - cosine(x, y), (X, Y)),
    "triplet_margin": Case(nn.triplet_margin, lambda _, *xyz: triplet(*xyz), (X, Y, Z)),
    "triplet_margin swapped": Case(
        lambda *xyz, **o: nn.triplet_margin(*xyz, swap=True, **o),
        lambda _, *xyz: swapped(*xyz),
        (X, Y, Z),
    ),
    "triplet_margin of squares": Case(
        lambda *xyz, **o: nn.triplet_margin(*xyz, distance=far_apart, margin=9.0, **o),
        lambda _, a, p, n: max(0.0, length(a - p) ** 2 - length(a - n) ** 2 + 9),
        (X, Y, Z),
    ),
    "info_nce": Case(lambda x, y, **o: nn.info_nce(x, y, temperature=0.5, **o), told_apart, (X, Y)),
    "kl_divergence": Case(
        lambda q, t, **o: nn.kl_divergence(cr.log(q), t, **o),
        lambda _, q, t: (t * np.log(t / q)).sum(),
        (SHARES, OTHERS),
    ),
    "jensen_shannon": Case(
        lambda q, t, **o: nn.jensen_shannon(cr.log(q), t, **o),
        lambda _, q, t: js(q, t),
        (SHARES, OTHERS),
    ),
    "jensen_shannon of logs": Case(
        lambda q, t, **o: nn.jensen_shannon(cr.log(q), cr.log(t), log_target=True, **o),
        lambda _, q, t: js(q, t),
        (SHARES, OTHERS),
    ),
    "earth_mover": Case(
        nn.earth_mover, lambda _, q, t: abs(np.cumsum(q - t)).sum(), (SHARES, OTHERS)
    ),
    "earth_mover squared": Case(
        lambda q, t, **o: nn.earth_mover(q, t, power=2, **o),
        lambda _, q, t: (np.cumsum(q - t) ** 2).sum(),
        (SHARES, OTHERS),
    ),
    "wasserstein": Case(
        nn.wasserstein, lambda _, x, y: abs(np.sort(x) - np.sort(y)).mean(), (X, Y)
    ),
    "wasserstein squared": Case(
        lambda x, y, **o: nn.wasserstein(x, y, power=2, **o),
        lambda _, x, y: ((np.sort(x) - np.sort(y)) ** 2).mean(),
        (X, Y),
    ),
    "mixture_nll": Case(
        lambda *given, **o: nn.mixture_nll(*given, full=True, **o),
        lambda _, *given: mixture(*given),
        (X, MEANS, SPREAD, POINTS),
    ),
    "dice": Case(nn.dice, overlap(0.5, 0.5, 0.5), (P, T)),
    "jaccard": Case(nn.jaccard, overlap(1.0, 1.0, 1.0), (P, T)),
    "tversky": Case(
        lambda p, t, **o: nn.tversky(p, t, alpha=0.25, beta=0.5, smooth=0.1, **o),
        overlap(0.25, 0.5, 0.1),
        (P, T),
    ),
}
