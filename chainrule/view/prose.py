"""A walkthrough in words and numbers, for a terminal 80 columns wide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

if TYPE_CHECKING:
    from chainrule.view.walkthrough import Layer, Walkthrough

Array = NDArray[Any]

WIDTH = 80
SIGNS = {"sigmoid": "σ", "tanh": "tanh", "relu": "relu"}


def written(steps: Walkthrough) -> str:
    """Return the walkthrough as text: network, forward pass, loss, backward pass, update."""
    return "\n".join(
        line
        for part in (_network, _forward, _loss, _backward, _update)
        for line in (*part(steps), "")
    ).rstrip()


def number(value: float) -> str:
    """Return `value` with nine significant digits, without idle zeros."""
    return f"{value:.9g}".replace("-", "−")


def units(steps: Walkthrough, index: int) -> list[str]:
    """Return the names of the units of layer `index`; the inputs are layer −1.

    Inputs are i1, i2, …, outputs o1, o2, …; hidden units h1, h2, … with the layer's number in front
    where there are several hidden layers.
    """
    if index == -1:
        letter, count = "i", len(steps.layers[0].given)
    else:
        last = index == len(steps.layers) - 1
        several = len(steps.layers) > 2
        letter = "o" if last else f"h{index + 1}." if several else "h"
        count = len(steps.layers[index].out)
    return [f"{letter}{unit + 1}" for unit in range(count)]


def weights(steps: Walkthrough, index: int) -> list[list[str]]:
    """Return the names of the weights of layer `index`, by unit and input, numbered throughout."""
    start = 1 + sum(layer.weight.size for layer in steps.layers[:index])
    rows, columns = steps.layers[index].weight.shape
    return [[f"w{start + row * columns + column}" for column in range(columns)] for row in range(rows)]


def biases(steps: Walkthrough, index: int) -> list[str]:
    """Return the names of the biases of layer `index`."""
    start = 1 + sum(len(layer.out) for layer in steps.layers[:index] if layer.bias is not None)
    return [f"b{start + unit}" for unit in range(len(steps.layers[index].out))]


def _heading(text: str) -> str:
    return f"── {text} ".ljust(WIDTH, "─")


def _sum(terms: list[str], head: str) -> Iterator[str]:
    """Yield `head` and the terms joined by +, broken before the terminal's edge."""
    line = head
    for index, term in enumerate(terms):
        piece = f" {term}" if index == 0 else f" + {term}"
        if len(line) + len(piece) > WIDTH and index:
            yield line
            line = " " * (len(head) - 1)
        line += piece
    yield line


def _network(steps: Walkthrough) -> Iterator[str]:
    sizes = [len(steps.layers[0].given), *(len(layer.out) for layer in steps.layers)]
    yield _heading(f"The network {'-'.join(map(str, sizes))}")
    given = zip(units(steps, -1), steps.layers[0].given, strict=True)
    yield "inputs   " + "  ".join(f"{name} = {number(value)}" for name, value in given)
    for index, layer in enumerate(steps.layers):
        yield from _parameters(steps, index, layer)
    target = "  ".join(number(float(value)) for value in steps.target.ravel())
    yield f"target   {target}     learning rate {number(steps.learning_rate)}"


def _parameters(steps: Walkthrough, index: int, layer: Layer) -> Iterator[str]:
    for row, unit in enumerate(units(steps, index)):
        named = zip(weights(steps, index)[row], layer.weight[row], strict=True)
        entries = [f"{name} = {number(value)}" for name, value in named]
        if layer.bias is not None:
            fixed = " (held fixed)" if "bias" in layer.fixed else ""
            entries.append(f"{biases(steps, index)[row]} = {number(layer.bias[row])}{fixed}")
        yield from _wrapped(f"into {unit:<4}", entries)


def _wrapped(head: str, entries: list[str]) -> Iterator[str]:
    line = head
    for entry in entries:
        if len(line) + 2 + len(entry) > WIDTH and line.strip() != head.strip():
            yield line
            line = " " * len(head)
        line += f"{'' if line == head or not line.strip() else ' '} {entry}"
    yield line


def _forward(steps: Walkthrough) -> Iterator[str]:
    yield _heading("1. Forward pass")
    for index, layer in enumerate(steps.layers):
        inputs = units(steps, index - 1)
        prefix = "" if index == 0 else "out "
        for row, unit in enumerate(units(steps, index)):
            names = weights(steps, index)[row]
            symbols = [f"{w}·{prefix}{i}" for w, i in zip(names, inputs, strict=True)]
            terms = [
                f"{number(w)}·{number(i)}" for w, i in zip(layer.weight[row], layer.given, strict=True)
            ]
            if layer.bias is not None:
                symbols.append(biases(steps, index)[row])
                terms.append(number(layer.bias[row]))
            yield from _sum(symbols, f"net {unit} =")
            yield from _sum(terms, f"    {' ' * len(unit)} =")
            yield f"    {' ' * len(unit)} = {number(layer.net[row])}"
            yield _activated(layer, unit, row)


def _activated(layer: Layer, unit: str, row: int) -> str:
    if not layer.activation:
        return f"out {unit} = net {unit} = {number(layer.out[row])}"
    sign = SIGNS.get(layer.activation, layer.activation)
    return f"out {unit} = {sign}(net {unit}) = {number(layer.out[row])}"


def _loss(steps: Walkthrough) -> Iterator[str]:
    yield _heading("2. Loss")
    if steps.parts is not None:
        for unit, part in zip(units(steps, len(steps.layers) - 1), steps.parts, strict=True):
            yield f"error of {unit} = {number(part)}"
    yield f"total error E = {number(steps.loss)}"


def _backward(steps: Walkthrough) -> Iterator[str]:
    yield _heading("3. Backward pass")
    yield "∂E/∂w = ∂E/∂out · ∂out/∂net · ∂net/∂w, from the last layer to the first"
    for index in reversed(range(len(steps.layers))):
        for row, unit in enumerate(units(steps, index)):
            yield ""
            yield from _unit_errors(steps, index, row, unit)
            yield from _weight_gradients(steps, index, row, unit)


def _unit_errors(steps: Walkthrough, index: int, row: int, unit: str) -> Iterator[str]:
    layer = steps.layers[index]
    if index < len(steps.layers) - 1:
        above = steps.layers[index + 1]
        names = units(steps, index + 1)
        symbols = [
            f"∂E/∂net {name}·{weights(steps, index + 1)[j][row]}" for j, name in enumerate(names)
        ]
        terms = [f"{number(d)}·{number(w)}" for d, w in zip(above.delta, above.weight[:, row], strict=True)]
        yield from _sum(symbols, f"∂E/∂out {unit}   =")
        yield from _sum(terms, f"{' ' * len(unit)}           =")
        yield f"{' ' * len(unit)}           = {number(layer.error[row])}"
    else:
        yield f"∂E/∂out {unit}   = {number(layer.error[row])}"
    yield f"∂out/∂net {unit} = {number(layer.slope[row])}"
    yield f"∂E/∂net {unit}   = {number(layer.error[row])} · {number(layer.slope[row])}" + (
        f" = {number(layer.delta[row])}"
    )


def _weight_gradients(steps: Walkthrough, index: int, row: int, unit: str) -> Iterator[str]:
    layer = steps.layers[index]
    for column, name in enumerate(weights(steps, index)[row]):
        factors = (layer.error[row], layer.slope[row], layer.given[column])
        product = " · ".join(map(number, factors))
        yield from _equation(f"∂E/∂{name}", product, number(layer.weight_gradient[row, column]))
    if layer.bias is not None and "bias" not in layer.fixed:
        product = f"{number(layer.error[row])} · {number(layer.slope[row])} · 1"
        yield from _equation(f"∂E/∂{biases(steps, index)[row]}", product, number(layer.delta[row]))


def _equation(name: str, product: str, result: str) -> Iterator[str]:
    line = f"{name} = {product} = {result}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield f"{name} = {product}"
        yield f"{' ' * len(name)} = {result}"


def _update(steps: Walkthrough) -> Iterator[str]:
    rate = number(steps.learning_rate)
    yield _heading("4. Update")
    yield f"new w = w − rate · ∂E/∂w, with rate = {rate}"
    for index, layer in enumerate(steps.layers):
        if "weight" not in layer.fixed:
            new = steps.new_weight(layer)
            for row, names in enumerate(weights(steps, index)):
                for column, name in enumerate(names):
                    old, gradient = layer.weight[row, column], layer.weight_gradient[row, column]
                    change = f"{number(old)} − {rate} · {number(gradient)}"
                    yield from _equation(name, change, number(new[row, column]))
        if layer.bias is not None and "bias" not in layer.fixed:
            moved = steps.new_bias(layer)
            for row, name in enumerate(biases(steps, index)):
                change = f"{number(layer.bias[row])} − {rate} · {number(layer.delta[row])}"
                yield from _equation(name, change, number(moved[row]) if moved is not None else "")
    yield f"total error E: {number(steps.loss)} → {number(steps.loss_after)}"
