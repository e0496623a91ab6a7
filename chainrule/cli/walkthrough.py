"""`chainrule walkthrough`: the four steps on the smallest network, and what 10,000 of them reach.

The network has 2 inputs, 2 hidden and 2 output units, all sigmoid; its biases are held fixed.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.text import Text

from chainrule.build.tensor import Tensor
from chainrule.cli.screen import HEAD, errors, output
from chainrule.nn.activations.squashing import Sigmoid
from chainrule.nn.linear import Linear
from chainrule.nn.losses.regression import mse
from chainrule.nn.sequential import Sequential
from chainrule.optim.sgd import SGD
from chainrule.run.compile import compile
from chainrule.view.prose import heading
from chainrule.view.walkthrough import walkthrough

Numbers = NDArray[np.float64]

INPUT = np.array([0.05, 0.10])
TARGET = np.array([0.01, 0.99])
WEIGHTS = ([[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]])
BIASES = (0.35, 0.60)
RATE = 0.5
UPDATES = 10_000


def run() -> None:
    """Print the four steps with every number, then the error after 10,000 updates."""
    model, console = network(), output()
    # The mean over two outputs is the squared error with the factor ½ before it.
    steps = walkthrough(model, INPUT, TARGET, loss=mse, learning_rate=RATE)
    _show(console, str(steps))
    reached = trained(model, UPDATES)
    given = "  ".join(f"out o{unit + 1} = {value:.10g}" for unit, value in enumerate(reached))
    error = float(mse(reached, TARGET))
    _show(
        console, "\n".join(["", heading(f"After {UPDATES:,} updates"), given, f"E = {error:.10g}"])
    )


def _show(console: Console, text: str) -> None:
    for line in text.split("\n"):
        style = HEAD if line.startswith("── ") else ""
        console.print(Text(line, style=style), soft_wrap=True)


def network() -> Sequential:
    """Return the network 2-2-2 in float64."""
    layers = [_layer(np.array(weight), bias) for weight, bias in zip(WEIGHTS, BIASES, strict=True)]
    return Sequential(layers[0], Sigmoid(), layers[1], Sigmoid())


def _layer(weight: Numbers, bias: float) -> Linear:
    layer = Linear(2, 2, dtype=np.float64)
    layer.weight.assign(weight)
    if layer.bias is not None:
        layer.bias.assign(np.full(2, bias))
        layer.bias.trainable = False
    return layer


def trained(model: Sequential, updates: int) -> Numbers:
    """Update the weights so many times, and return the outputs that they then give."""
    optimizer = SGD(model, learning_rate=RATE)

    @compile
    def step(x: Tensor, y: Tensor) -> Tensor:
        loss = mse(model(x), y)
        optimizer.step(loss.backward())
        return loss

    for _ in counted(updates):
        step(INPUT, TARGET)
    return np.asarray(model(INPUT))


def counted(updates: int) -> Iterable[int]:
    """Return the numbers of the updates, with a bar on a terminal that goes when they are done."""
    console, numbers = errors(), range(updates)
    if not console.is_terminal:
        return numbers
    return track(numbers, f"{updates:,} updates", console=console, transient=True)
