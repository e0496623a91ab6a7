"""The published example: a network 2-2-2 of sigmoid units, worked out by hand in many textbooks."""

from __future__ import annotations

import numpy as np

from chainrule import nn
from chainrule.view.walkthrough import Walkthrough, walkthrough

INPUT = np.array([0.05, 0.10])
TARGET = np.array([0.01, 0.99])
WEIGHTS = ([[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]])
BIASES = (0.35, 0.60)


def network(*, biases_fixed: bool = True) -> nn.Sequential:
    layers = [nn.Linear(2, 2, dtype=np.float64) for _ in range(2)]
    for layer, weight, bias in zip(layers, WEIGHTS, BIASES, strict=True):
        layer.weight.assign(np.array(weight))
        assert layer.bias is not None
        layer.bias.assign(np.full(2, bias))
        layer.bias.trainable = not biases_fixed
    return nn.Sequential(layers[0], nn.Sigmoid(), layers[1], nn.Sigmoid())


def steps() -> Walkthrough:
    return walkthrough(network(), INPUT, TARGET, loss=nn.mse, learning_rate=0.5)
