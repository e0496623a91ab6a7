"""PyTorch's models of the workloads, with their optimizers."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from benchmarks.convnet import POOL, TAPS, Convnet
from benchmarks.language import WEIGHT_DECAY, Language
from benchmarks.perceptron import Perceptron
from benchmarks.workload import LEARNING_RATE, Array, Workload


def made(workload: Workload) -> tuple[Any, Any]:
    """Return the model with the workload's first weights, and what trains it."""
    if isinstance(workload, Language):
        model: Any = GPT(workload)
        rules = {"lr": LEARNING_RATE, "weight_decay": WEIGHT_DECAY}
        return model, torch.optim.AdamW(model.parameters(), **rules)
    assert isinstance(workload, Perceptron | Convnet)
    model = _perceptron(workload) if isinstance(workload, Perceptron) else _convnet(workload)
    return model, torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)


def _linear(weight: Array) -> Any:
    """A layer with this weight and the bias 0."""
    layer = nn.Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
        layer.bias.zero_()
    return layer


def _perceptron(workload: Perceptron) -> Any:
    layers: list[Any] = []
    for weight, _ in workload.weights():
        layers += [_linear(weight), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _convnet(workload: Convnet) -> Any:
    layers: list[Any] = []
    for weight, _ in workload.weights():
        if weight.ndim == 2 and not any(isinstance(layer, nn.Flatten) for layer in layers):
            layers += [nn.MaxPool2d(POOL), nn.Flatten()]
        layers += [_linear(weight) if weight.ndim == 2 else _convolution(weight), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def _convolution(weight: Array) -> Any:
    """A convolution with this weight and the bias 0."""
    layer = nn.Conv2d(weight.shape[1], weight.shape[0], TAPS)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight))
        layer.bias.zero_()
    return layer


class Block(nn.Module):  # type: ignore[misc]
    """Attention and feed-forward part, each behind its norm."""

    def __init__(self, workload: Language, weights: dict[str, Array], number: int) -> None:
        super().__init__()
        self.heads = workload.heads
        self.first, self.second = (nn.LayerNorm(workload.features) for _ in range(2))
        for name in ("input", "output", "inner", "outer"):
            setattr(self, name, _linear(weights[f"{number}.{name}"]))

    def forward(self, x: Any) -> Any:
        """Return what comes after this block."""
        n, length, features = x.shape
        apart = self.input(self.first(x)).view(n, length, 3, self.heads, features // self.heads)
        q, k, v = apart.permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.output(mixed.transpose(1, 2).reshape(n, length, features))
        return x + self.outer(nn.functional.gelu(self.inner(self.second(x))))


class GPT(nn.Module):  # type: ignore[misc]
    """The whole, its head tied to the embedding."""

    def __init__(self, workload: Language) -> None:
        super().__init__()
        weights = workload.weights()
        self.tokens = nn.Parameter(torch.from_numpy(weights["tokens"]))
        self.places = nn.Parameter(torch.from_numpy(weights["places"]))
        blocks = [Block(workload, weights, number) for number in range(workload.layers)]
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(workload.features)

    def forward(self, x: Any) -> Any:
        """Return the logits of the next tokens."""
        embedded = nn.functional.embedding(x, self.tokens) + self.places
        return nn.functional.linear(self.norm(self.blocks(embedded)), self.tokens)
