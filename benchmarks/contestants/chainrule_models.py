"""chainrule's models of the workloads, with their optimizers."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.convnet import POOL, TAPS, Convnet
from benchmarks.language import WEIGHT_DECAY, Language
from benchmarks.perceptron import Perceptron
from benchmarks.workload import LEARNING_RATE, Workload
from chainrule import nn, optim
from chainrule.optim.decay import everything
from chainrule.optim.optimizer import Optimizer
from examples.shakespeare import GPT


def made(workload: Workload) -> tuple[nn.Module, Optimizer]:
    """Return the model with the workload's first weights, and what trains it."""
    if isinstance(workload, Language):
        return _language(workload)
    if isinstance(workload, Convnet):
        return _convnet(workload)
    assert isinstance(workload, Perceptron)
    return _perceptron(workload)


def _perceptron(workload: Perceptron) -> tuple[nn.Module, Optimizer]:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(workload.sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return _trained(nn.Sequential(*layers[:-1]), workload)


def _convnet(workload: Convnet) -> tuple[nn.Module, Optimizer]:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(workload.channels):
        layers += [nn.Conv2d(inputs, outputs, TAPS), nn.ReLU()]
    layers += [nn.MaxPool2d(POOL), nn.Flatten()]
    for inputs, outputs in pairwise(workload.features):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return _trained(nn.Sequential(*layers[:-1]), workload)


def _trained(model: nn.Module, workload: Perceptron | Convnet) -> tuple[nn.Module, Optimizer]:
    """The model with the workload's first weights, and Adam."""
    values = [value for pair in workload.weights() for value in pair]
    for parameter, value in zip(model.parameters(), values, strict=True):
        parameter.assign(value)
    return model, optim.Adam(model, learning_rate=LEARNING_RATE)


def _language(workload: Language) -> tuple[nn.Module, Optimizer]:
    model = GPT(
        workload.tokens, workload.context, workload.layers, workload.heads, workload.features
    )
    weights = workload.weights()
    model.embedding.weight.assign(weights["tokens"])
    model.places.weight.assign(weights["places"])
    for number, block in enumerate(model.blocks.layers):
        for name, layer in (
            ("input", block.attention.input),
            ("output", block.attention.output),
            ("inner", block.feed_forward.inner),
            ("outer", block.feed_forward.outer),
        ):
            layer.weight.assign(weights[f"{number}.{name}"])
    decaying = optim.AdamW(
        model, learning_rate=LEARNING_RATE, weight_decay=WEIGHT_DECAY, decay_on=everything
    )
    return model, decaying
